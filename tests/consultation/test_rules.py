"""The engine, scene by scene: each test names the failing case it must catch."""

from dataclasses import replace

import pytest

from app.consultation.engine import clock, floor, rules
from app.consultation.engine.cast import Cast, Seat, with_role
from app.consultation.engine.part import Stance, part
from app.consultation.engine.room import Room
from app.consultation.engine.sight import Card, check_writes, is_open, may_release, may_see, may_write
from app.consultation.engine.state import State, Status
from app.core.errors import Invalid, Refused

from .rooms import NOON, at, began, later, lead, one, room_of

CC = "cc_peer_consultation"


def test_a_second_press_on_next_does_not_skip_a_phase():
    room = began()
    moved = rules.advance(room, by=lead(room), leaving=0, now=NOON)
    assert rules.advance(moved, by=lead(moved), leaving=0, now=later(1)) == moved


def test_only_whoever_leads_moves_the_room():
    room = began()
    with pytest.raises(Refused, match="Only whoever leads"):
        rules.advance(room, by=one(room, "adviser"), leaving=0, now=NOON)


def test_a_room_without_a_case_giver_does_not_begin():
    room = room_of()
    empty = replace(room, cast=Cast(tuple(seat for seat in room.cast.seats if seat.role != "case_giver")))
    with pytest.raises(Refused, match="Nobody has the part"):
        rules.start(empty, by=lead(room), now=NOON)


def test_a_late_joiner_sits_down_at_the_end():
    room = began()
    cast = with_role(room.method, room.cast, person=99, role="adviser")
    assert cast.seats[-1] == Seat(99, "adviser")
    with pytest.raises(Refused, match="no such part"):
        with_role(room.method, room.cast, person=99, role="mayor")


# the clock


def test_time_left_follows_from_the_clock_alone_and_a_pause_costs_none():
    room = began()
    assert clock.remaining(room.state.clock, now=later(2)) == 3 * 60
    paused = clock.pause(room, by=lead(room), now=later(2))
    assert clock.remaining(paused.state.clock, now=later(60)) == 3 * 60
    assert clock.ends_at(paused.state.clock, now=later(60)) is None
    resumed = clock.resume(paused, by=lead(room), now=later(60))
    assert clock.remaining(resumed.state.clock, now=later(61)) == 2 * 60
    assert clock.ends_at(resumed.state.clock, now=later(61)) == later(63)


def test_a_second_pause_and_a_second_resume_change_nothing():
    room = clock.pause(began(), by=2, now=later(1))
    assert clock.pause(room, by=2, now=later(2)) == room
    room = clock.resume(room, by=2, now=later(3))
    assert clock.resume(room, by=2, now=later(4)) == room


def test_added_minutes_belong_to_the_phase_that_was_seen():
    room = at("narration")
    longer = clock.add_time(room, by=lead(room), minutes=5, leaving=room.state.step)
    assert clock.remaining(longer.state.clock, now=NOON) == 15 * 60
    assert clock.add_time(room, by=lead(room), minutes=5, leaving=0) == room
    with pytest.raises(Refused, match="one, two or five"):
        clock.add_time(room, by=lead(room), minutes=30, leaving=room.state.step)


def test_the_system_moves_a_phase_only_when_its_time_is_up_and_nobody_leads():
    trio = began("troika_consulting")
    assert rules.advance(trio, by=None, leaving=0, now=later(1.9)) == trio
    assert rules.advance(trio, by=None, leaving=0, now=later(2)).state.step == 1
    led = began()
    assert rules.advance(led, by=None, leaving=0, now=later(600)) == led


# listening and speaking


def test_the_case_giver_is_neither_heard_nor_writes_while_the_others_advise():
    room = at("consultation")
    case_giver = one(room, "case_giver")
    assert room.is_backstage(case_giver)
    assert not floor.may_speak(room, case_giver)
    assert not may_write(room, case_giver, "contributions")
    for act in (
        lambda: floor.raise_hand(room, person=case_giver, now=NOON),
        lambda: floor.check_speaks(room, case_giver),
        lambda: check_writes(room, case_giver, deck="contributions", text="But …", already=0),
    ):
        with pytest.raises(Refused, match="You are listening now"):
            act()


def test_the_lead_can_let_a_backstage_listener_speak_and_end_it():
    room = at("consultation")
    case_giver = one(room, "case_giver")
    heard = floor.let_speak(room, by=lead(room), person=case_giver, now=NOON)
    assert floor.may_speak(heard, case_giver)
    assert not floor.may_speak(floor.let_speak(heard, by=lead(room), person=None, now=NOON), case_giver)


def test_the_process_owner_is_heard_in_every_phase():
    room = began()
    while True:
        assert floor.may_speak(room, lead(room))
        if room.last_step:
            break
        room = rules.advance(room, by=lead(room), leaving=room.state.step, now=NOON)


def test_where_one_person_speaks_letting_another_speak_moves_the_floor():
    room = at("narration")
    case_giver, adviser = one(room, "case_giver"), one(room, "adviser")
    assert floor.may_speak(room, case_giver)
    asked = floor.let_speak(room, by=lead(room), person=adviser, now=NOON)
    assert floor.may_speak(asked, adviser)
    assert not floor.may_speak(asked, case_giver)
    answered = floor.finish_turn(asked, by=adviser, speaker=adviser, now=NOON)
    assert floor.may_speak(answered, case_giver)
    assert not floor.may_speak(answered, adviser)


def test_a_stale_press_on_finish_does_not_end_the_next_turn():
    room = at("consultation")
    first = room.state.turns.speaker
    passed = floor.finish_turn(room, by=first, speaker=first, now=NOON)
    assert passed.state.turns.speaker != first
    assert floor.finish_turn(passed, by=first, speaker=first, now=NOON) == passed


def test_nobody_ends_the_turn_of_another_adviser():
    room = at("consultation")
    speaker = room.state.turns.speaker
    other = next(person for person in room.persons(("adviser", "scribe")) if person != speaker)
    with pytest.raises(Refused, match="Only whoever leads"):
        floor.finish_turn(room, by=other, speaker=speaker, now=NOON)


def test_after_a_full_circle_there_can_be_another():
    room = at("consultation")
    while room.state.turns.speaker is not None:
        room = floor.finish_turn(room, by=lead(room), speaker=room.state.turns.speaker, now=NOON)
    again = floor.another_round(room, by=lead(room), leaving=room.state.step, now=NOON)
    assert again.state.turns.speaker == room.persons(("adviser", "scribe"))[0]


def test_hands_wait_in_the_order_in_which_they_went_up():
    room = at("method_choice")
    a, b = one(room, "adviser"), one(room, "scribe")
    for person in (a, b, a):
        room = floor.raise_hand(room, person=person, now=NOON)
    assert room.state.turns.hands == (a, b)
    called = floor.give_floor(room, by=lead(room), to=b, instead_of=None, now=NOON)
    assert called.state.turns.hands == (a,)
    assert floor.may_speak(called, b)
    assert floor.give_floor(called, by=lead(room), to=a, instead_of=None, now=NOON) == called
    assert floor.lower_hand(called, person=a, by=a).state.turns.hands == ()


def test_where_nobody_leads_the_first_hand_gets_the_free_floor():
    room = at("clarify", "wise_crowds")
    a, b = room.cast.persons[1:3]
    room = floor.raise_hand(room, person=a, now=NOON)
    room = floor.raise_hand(room, person=b, now=NOON)
    assert room.state.turns.speaker == a
    assert floor.finish_turn(room, by=a, speaker=a, now=NOON).state.turns.speaker == b


def test_whoever_asked_for_time_has_turns_twice_as_long():
    room = at("advice", CC)
    speaker = room.state.turns.speaker
    assert clock.turn_left(room, now=later(0.5)) == 90
    assert clock.turn_left(rules.give_more_time(room, person=speaker), now=later(0.5)) == 210


# cards


def test_a_card_lies_face_down_until_its_writer_has_read_it():
    room = at("silent_ideas", CC)
    writer, reader = room.persons(("peer",))[:2]
    card = Card("ideas", writer, room.state.step)
    assert may_see(room, writer, card, has_own=True)
    assert not any(may_see(room, person, card, has_own=True) for person in room.cast.persons if person != writer)
    room = rules.advance(room, by=lead(room), leaving=room.state.step, now=NOON)
    assert not may_see(room, reader, card, has_own=True)
    while room.state.turns.speaker != writer:
        room = floor.finish_turn(room, by=lead(room), speaker=room.state.turns.speaker, now=NOON)
    room = floor.finish_turn(room, by=writer, speaker=writer, now=NOON)
    assert all(may_see(room, person, card, has_own=False) for person in room.cast.persons)


def test_a_card_nobody_read_out_is_turned_up_when_its_deck_ends():
    room = at("advice", CC)
    late = Card("ideas", room.persons(("peer",))[-1], room.state.step)
    assert not is_open(room, late)
    room = rules.advance(room, by=lead(room), leaving=room.state.step, now=NOON)
    assert is_open(room, late)


def test_all_cards_can_be_turned_up_together():
    room = at("silent_ideas", CC)
    card = Card("ideas", room.persons(("peer",))[0], room.state.step)
    shown = rules.show_cards(room, by=lead(room), deck="ideas", leaving=room.state.step)
    assert is_open(shown, card)
    assert rules.show_cards(shown, by=lead(room), deck="ideas", leaving=room.state.step) == shown


def test_own_card_first():
    room = at("perspectives", "async_case_consultation")
    writer, reader = room.persons(("adviser",))[:2]
    card = Card("hypotheses", writer, room.state.step)
    assert not is_open(room, card)
    assert not may_see(room, reader, card, has_own=False)
    assert may_see(room, reader, card, has_own=True)
    assert may_see(room, one(room, "case_giver"), card, has_own=False)


def test_a_private_note_is_never_seen_by_anybody_else():
    room = at("reflect", "troika_consulting")
    card = Card("own_question", 1, room.state.step)
    room = rules.advance(room, by=1, leaving=0, now=NOON)
    assert not may_see(room, 2, card, has_own=True)
    assert may_see(room, 1, card, has_own=True)


def test_somebody_without_a_seat_sees_nothing():
    room = at("transfer", CC)
    assert not may_see(room, 999, Card("question", 1, 1), has_own=True)


def test_too_long_too_many_and_empty_are_refused_in_words():
    room = at("consultation")
    adviser = one(room, "adviser")
    with pytest.raises(Invalid):
        check_writes(room, adviser, deck="contributions", text="x" * 281, already=0)
    with pytest.raises(Invalid):
        check_writes(room, adviser, deck="contributions", text="  ", already=0)
    with pytest.raises(Refused, match=r"all you can write here \(12\)"):
        check_writes(room, adviser, deck="contributions", text="One more", already=12)
    with pytest.raises(Refused, match="not yours to write"):
        check_writes(room, adviser, deck="key_question", text="How?", already=0)


# modules and detours


def test_a_module_changes_who_speaks():
    room = rules.choose_module(at("method_choice"), by=2, module="cross_examination")
    room = rules.advance(room, by=2, leaving=room.state.step, now=NOON)
    case_giver = one(room, "case_giver")
    assert not room.is_backstage(case_giver)
    assert room.speaks_now(case_giver)


def test_a_detour_looks_for_the_key_question_and_comes_back():
    room = at("key_question")
    room = rules.take_detour(room, by=2, leaving=room.state.step, module="find_key_question", now=NOON)
    assert room.phase.key == "consultation"
    assert room.module.key == "find_key_question"
    assert rules.take_detour(room, by=2, leaving=2, module="find_key_question", now=NOON) == room
    room = rules.advance(room, by=2, leaving=room.state.step, now=NOON)
    assert room.phase.key == "key_question"
    assert clock.remaining(room.state.clock, now=NOON) == 120
    with pytest.raises(Refused, match="no such detour"):
        rules.take_detour(at("narration"), by=2, leaving=1, module="headstand", now=NOON)


def test_a_module_is_not_changed_while_the_group_works_with_it():
    with pytest.raises(Refused, match="already at work"):
        rules.choose_module(at("consultation"), by=2, module="headstand")


# when lines drop


def test_without_the_case_giver_the_clock_stops_and_goes_on_when_they_return():
    room = at("consultation")
    case_giver = one(room, "case_giver")
    gone = rules.lose_line(room, person=case_giver, now=later(1))
    assert gone.state.clock.paused == later(1)
    back = rules.find_line(gone, person=case_giver, now=later(3))
    assert back.state.clock.paused is None
    assert clock.remaining(back.state.clock, now=later(3)) == 11 * 60


def test_a_pause_by_the_lead_is_not_ended_by_a_returning_case_giver():
    room = clock.pause(at("consultation"), by=2, now=later(1))
    gone = rules.lose_line(room, person=1, now=later(1))
    assert rules.find_line(gone, person=1, now=later(2)).state.clock.paused == later(1)


def test_the_turn_of_a_lost_adviser_comes_again_at_the_end():
    room = at("consultation")
    lost = room.state.turns.speaker
    room = rules.lose_line(room, person=lost, now=later(1))
    assert room.state.turns.speaker not in (None, lost)
    room = rules.find_line(room, person=lost, now=later(2))
    spoken = []
    while (speaker := room.state.turns.speaker) is not None:
        spoken.append(speaker)
        room = floor.finish_turn(room, by=speaker, speaker=speaker, now=later(3))
    assert spoken[-1] == lost


def test_a_lost_adviser_who_returns_after_the_circle_speaks_at_once():
    room = at("consultation")
    waiting = room.state.turns.order[0]
    room = rules.lose_line(room, person=waiting, now=later(1))
    while room.state.turns.speaker is not None:
        room = floor.finish_turn(room, by=2, speaker=room.state.turns.speaker, now=later(2))
    assert rules.find_line(room, person=waiting, now=later(3)).state.turns.speaker == waiting


def test_a_place_in_the_queue_waits_for_its_owner():
    room = at("method_choice")
    adviser, scribe = one(room, "adviser"), one(room, "scribe")
    room = floor.raise_hand(floor.raise_hand(room, person=adviser, now=NOON), person=scribe, now=NOON)
    room = rules.lose_line(room, person=adviser, now=NOON)
    with pytest.raises(Refused, match="lost the line"):
        floor.give_floor(room, by=2, to=adviser, instead_of=None, now=NOON)
    assert rules.find_line(room, person=adviser, now=NOON).state.turns.hands == (adviser, scribe)


# the end


def test_nobody_but_the_case_giver_decides_what_leaves_the_room():
    room = at("closing")
    assert may_release(room, one(room, "case_giver"))
    with pytest.raises(Refused, match="Whoever brought the case"):
        rules.decide_release(room, person=lead(room))


def test_a_room_is_closed_by_its_lead_after_the_decision():
    room = rules.decide_release(at("closing"), person=1)
    closed = rules.close(room, by=lead(room), now=later(50))
    assert closed.state.status is Status.CLOSED
    assert rules.close(closed, by=lead(room), now=later(51)) == closed
    assert not any(floor.may_speak(closed, person) for person in room.cast.persons)
    with pytest.raises(Refused, match="closed"):
        rules.advance(closed, by=lead(room), leaving=5, now=NOON)


def test_a_room_is_not_closed_in_the_middle():
    room = began()
    with pytest.raises(Refused, match="phases left"):
        rules.close(room, by=lead(room), now=NOON)


def test_a_case_giver_who_never_came_back_does_not_keep_the_room_open():
    room = rules.lose_line(at("closing"), person=1, now=NOON)
    assert rules.close(room, by=lead(room), now=NOON).state.status is Status.CLOSED


def test_the_system_closes_a_room_that_nobody_ends_and_the_case_giver_may_still_decide():
    room = rules.close(at("consultation"), by=None, now=later(300))
    assert room.state.status is Status.CLOSED
    assert room.state.decided == ()
    assert rules.decide_release(room, person=1).state.decided == (1,)


# words


def test_everybody_is_told_their_part():
    room = at("consultation")
    assert part(room, one(room, "case_giver")).now == "You are listening now."
    assert part(room, one(room, "case_giver")).values["phase"]["en"] == "Closing"
    assert part(room, lead(room)).stance is Stance.LEAD
    assert part(room, room.state.turns.speaker).now == "It is your turn."
    assert part(room, room.state.turns.order[0]).now == "You are next."


def test_a_state_survives_its_json():
    room = rules.lose_line(clock.pause(at("advice", CC), by=2, now=later(1)), person=4, now=later(2))
    room = rules.show_cards(room, by=2, deck="ideas", leaving=room.state.step)
    assert State.from_json(room.state.to_json()) == room.state
    assert Room(room.method, Cast.from_json(room.cast.to_json()), State()) == Room(room.method, room.cast, State())


def test_where_the_next_in_the_circle_has_lost_the_line_the_one_after_is_next() -> None:
    room = at("consultation")
    first, second = room.state.turns.order[:2]
    assert part(room, first).now == "You are next."
    room = rules.lose_line(room, person=first, now=NOON)
    assert room.next_in_turn == second and part(room, second).now == "You are next."
    speaker = room.state.turns.speaker
    assert speaker is not None
    assert floor.finish_turn(room, by=speaker, speaker=speaker, now=NOON).state.turns.speaker == second
