"""The clock of a turn: how long somebody has, what a pause, more minutes and more time of one's own do to it."""

import pytest

from app.consultation.engine import clock, floor, rules, still
from app.consultation.engine.room import Room
from app.consultation.engine.state import State

from .rooms import NOON, at, later, lead, one

CC = "cc_peer_consultation"


def left(room: Room, minutes: float = 0) -> float | None:
    return clock.turn_left(room, now=later(minutes))


def test_where_the_method_names_a_time_every_turn_has_it() -> None:
    room = at("advice", CC)
    assert left(room) == 120
    passed = floor.finish_turn(room, by=lead(room), speaker=room.state.turns.speaker, now=later(5))
    assert left(passed, 5) == 120, "whoever is late takes nothing from the next"


def test_without_a_time_of_its_own_the_phase_is_shared_by_those_who_are_here() -> None:
    room = at("consultation")
    speakers = room.persons(room.phase.speaks)
    assert left(room) == 12 * 60 // len(speakers) // 5 * 5
    gone = rules.lose_line(at("method_choice"), person=speakers[-1], now=NOON)
    gone = rules.advance(gone, by=lead(gone), leaving=gone.state.step, now=NOON)
    assert left(gone) == 12 * 60 // (len(speakers) - 1) // 5 * 5


def test_minutes_that_are_added_to_a_shared_phase_lengthen_its_turns_and_no_others() -> None:
    room = at("consultation")
    longer = clock.add_time(room, by=lead(room), minutes=5, leaving=room.state.step)
    assert left(longer) == (12 + 5) * 60 // room.state.turns.shares // 5 * 5
    timed = at("advice", CC)
    assert left(clock.add_time(timed, by=lead(timed), minutes=5, leaving=timed.state.step)) == 120


@pytest.mark.parametrize(("phase", "method"), [("advice", CC), ("consultation", "kollegiale_beratung_six_phases")])
def test_a_turn_is_twice_as_long_for_whoever_asked_and_for_nobody_else(phase: str, method: str) -> None:
    room = at(phase, method)
    speaker, usual = room.state.turns.speaker, left(room)
    slow = rules.give_more_time(room, person=speaker)
    assert left(slow) == 2 * usual, "in the middle of the turn, too"
    following = floor.finish_turn(slow, by=lead(slow), speaker=speaker, now=NOON)
    assert left(following) == usual
    again = floor.give_floor(
        following, by=lead(room), to=speaker, instead_of=following.state.turns.speaker, now=later(1)
    )
    assert left(again, 1) == 2 * usual, "asked once, it holds"


def test_a_pause_costs_nobody_s_turn_and_a_turn_that_begins_in_it_waits_for_its_end() -> None:
    room = clock.pause(at("advice", CC), by=None, now=later(0.5))
    assert left(room, 30) == 90
    assert left(clock.resume(room, by=None, now=later(30)), 30.5) == 60
    passed = floor.finish_turn(room, by=None, speaker=room.state.turns.speaker, now=later(10))
    assert left(passed, 20) == 120
    assert left(clock.resume(passed, by=None, now=later(30)), 31) == 60


def test_the_end_of_a_turn_stays_the_same_number_through_pauses_minutes_and_its_json() -> None:
    """It travels with the order of speaking: what does not move need not be sent again."""
    room = at("advice", CC)
    until = clock.turn_until(room)
    for act in (
        lambda room: clock.pause(room, by=None, now=later(0.5)),
        lambda room: clock.resume(room, by=None, now=later(4)),
        lambda room: clock.add_time(room, by=None, minutes=5, leaving=room.state.step),
        lambda room: room.but(turns=State.from_json(room.state.to_json()).turns),
    ):
        room = act(room)
        assert clock.turn_until(room) == until


def test_a_line_that_comes_back_while_the_clock_waits_begins_its_turn_when_the_clock_goes_on() -> None:
    room = at("consultation")
    case, usual = one(room, "case_giver"), left(room)
    waiting = room.state.turns.order[-1]
    room = rules.lose_line(rules.lose_line(room, person=case, now=later(1)), person=waiting, now=later(1))
    while room.state.turns.speaker is not None:
        room = floor.finish_turn(room, by=lead(room), speaker=room.state.turns.speaker, now=later(2))
    room = rules.find_line(room, person=waiting, now=later(5))
    assert room.state.turns.speaker == waiting
    room = rules.find_line(room, person=case, now=later(9))
    assert left(room, 9) == usual


def test_once_more_round_has_turns_as_long_as_the_first() -> None:
    room = at("consultation")
    usual = left(room)
    while room.state.turns.speaker is not None:
        room = floor.finish_turn(room, by=lead(room), speaker=room.state.turns.speaker, now=later(9))
    room = rules.lose_line(room, person=room.persons(room.phase.speaks)[0], now=later(9))
    assert left(floor.another_round(room, by=lead(room), leaving=room.state.step, now=later(10)), 10) == usual


def test_whoever_has_the_whole_phase_has_its_clock_or_twice_as_much() -> None:
    room = at("narration")
    speaker = room.state.turns.speaker
    assert clock.turn_until(room) is None
    slow = rules.give_more_time(room, person=speaker)
    assert left(slow) == 20 * 60
    asked = floor.let_speak(slow, by=lead(slow), person=one(room, "adviser"), now=later(3))
    assert clock.turn_until(asked) is None, "an exception has no time of its own"
    back = floor.finish_turn(asked, by=lead(slow), speaker=one(room, "adviser"), now=later(4))
    assert left(back, 4) == 16 * 60, "the question was asked in the time of the phase"


def test_a_turn_may_run_over_and_nobody_is_cut_off() -> None:
    room = at("advice", CC)
    assert left(room, 3) == -60
    assert floor.may_speak(room, room.state.turns.speaker)
    assert rules.advance(room, by=None, leaving=room.state.step, now=later(3)) == room


def test_an_open_floor_a_queue_and_a_silence_have_no_turns_to_measure() -> None:
    for phase in ("method_choice",):
        assert clock.turn_until(at(phase)) is None
    assert clock.turn_until(at("silent_ideas", CC)) is None
    room = at("advice", CC)
    quiet = still.begin(room, by=lead(room), minutes=1, leaving=room.state.step, now=later(0.5))
    assert left(still.end(quiet, by=lead(room), now=later(1.5)), 1.5) == 90
