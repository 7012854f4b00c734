"""Every method that happens in one room goes from the lobby to the closed door."""

import pytest

from app.consultation.engine import rules
from app.consultation.engine.cast import Cast
from app.consultation.engine.floor import finish_turn, may_speak
from app.consultation.engine.method import Floor, Kind
from app.consultation.engine.part import part
from app.consultation.engine.room import Room
from app.consultation.engine.sight import check_writes
from app.consultation.engine.state import State, Status

from .rooms import LIVE, NOON, at, began, later, lead, one, room_of


@pytest.mark.parametrize("key", LIVE)
def test_a_method_walks_from_its_first_phase_to_its_closing(key: str):
    room, written = began(key), set()
    for minute in range(1, 200):
        written |= everybody_writes(room)
        room = all_take_their_turn(room, minute)
        if room.last_step:
            break
        room = rules.advance(room, by=lead(room), leaving=room.state.step, now=later(minute))
        assert Room(room.method, Cast.from_json(room.cast.to_json()), State.from_json(room.state.to_json())) == room
    for person in room.deciders():
        room = rules.decide_release(room, person=person)
    room = rules.close(room, by=lead(room), now=later(200))
    assert room.state.status is Status.CLOSED
    assert {output.key for phase in room.method.phases for output in phase.outputs} == written
    assert len(room.state.log) == len(room.state.plan)


def everybody_writes(room: Room) -> set[str]:
    decks = set()
    for person in room.cast.persons:
        assert part(room, person).now
        for output in room.outputs_for(person):
            check_writes(room, person, deck=output.key, text="A thought", already=0)
            decks.add(output.key)
            if output.kind is Kind.RELEASE:
                assert person in room.case_givers() or room.method.everybody_releases
    return decks


def all_take_their_turn(room: Room, minute: int) -> Room:
    assert room.phase is not None
    if room.phase.floor is not Floor.ROUND_ROBIN:
        return room
    spoken = []
    while (speaker := room.state.turns.speaker) is not None:
        assert may_speak(room, speaker)
        spoken.append(speaker)
        room = finish_turn(room, by=speaker, speaker=speaker, now=later(minute))
    assert sorted(spoken) == sorted(room.persons(room.phase.speaks))
    return room


@pytest.mark.parametrize("key", ["troika_consulting", "wise_crowds"])
def test_where_roles_rotate_everybody_brings_a_case_once(key: str):
    room = began(key)
    clients = [room.case_givers(round=round) for round in sorted({step.round for step in room.state.plan})]
    assert sorted(person for (person,) in clients) == sorted(room.cast.persons)


def test_where_nobody_brings_a_case_everybody_decides_about_their_own_words():
    own = [key for key in LIVE if not room_of(key).bringers()]
    assert own == ["lean_coffee", "what_so_what_now_what"]
    for key in own:
        room = room_of(key)
        assert set(room.deciders()) == set(room.cast.persons)


def test_a_room_in_which_everybody_decides_does_not_wait_for_the_last_one():
    room = at("close", "lean_coffee")
    peer = one(room, "participant")
    assert set(rules.still_deciding(room)) == set(room.cast.persons) and not rules.undecided(room)
    room = rules.decide_release(room, person=peer)
    assert peer not in rules.still_deciding(room)
    room = rules.close(room, by=lead(room), now=NOON)
    assert rules.decide_release(room, person=lead(room)).state.decided == (peer, lead(room)), "also after the end"


@pytest.mark.parametrize("key", [key for key in LIVE if room_of(key).bringers()])
def test_a_room_does_not_close_before_it_is_decided_what_may_leave_it(key: str):
    room = began(key)
    while not room.last_step:
        room = rules.advance(room, by=lead(room), leaving=room.state.step, now=NOON)
    with pytest.raises(rules.Refused, match="decided what may leave"):
        rules.close(room, by=lead(room), now=NOON)
