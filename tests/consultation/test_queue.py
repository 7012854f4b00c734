"""The order in which raised hands are called, and the reason next to each name."""

from dataclasses import replace

import pytest

from app.consultation.engine import floor, queue, rules
from app.consultation.engine.cast import Cast
from app.consultation.engine.room import Room
from app.core.errors import Refused

from .rooms import NOON, at, later, lead, one

COUNTRIES = {1: "GE", 4: "DE", 5: "DE", 6: "NI"}


def asking(*people: int, order: str) -> Room:
    """A phase with a queue in which these have raised their hands, in this order; 1 and 6 are new."""
    room = at("clarify", "cc_peer_consultation")
    seats = (
        replace(seat, country=COUNTRIES.get(seat.person, ""), new=seat.person in (1, 6)) for seat in room.cast.seats
    )
    room = queue.choose_order(replace(room, cast=Cast(tuple(seats))), by=lead(room), order=order)
    for person in people:
        room = floor.raise_hand(room, person=person, now=NOON)
    return room


def called(room: Room) -> list[int]:
    return [waiting.person for waiting in queue.queue(room)]


def reasons(room: Room) -> dict[int, str]:
    return {waiting.person: waiting.why.format(**waiting.values) for waiting in queue.queue(room)}


def speaks(room: Room, person: int) -> Room:
    room = floor.give_floor(room, by=lead(room), to=person, instead_of=room.state.turns.speaker, now=NOON)
    return floor.finish_turn(room, by=person, speaker=person, now=later(1))


def test_first_come_first_called():
    room = asking(5, 4, 6, order="came")
    assert called(room) == [5, 4, 6]
    assert reasons(room)[4] == "hand is up, number 2"


def test_who_has_not_spoken_in_this_phase_is_called_before_who_has():
    room = speaks(asking(5, 4, order="unheard"), 5)
    room = floor.raise_hand(floor.raise_hand(room, person=5, now=NOON), person=6, now=NOON)
    assert called(room) == [4, 6, 5]
    assert "has not spoken in this phase" in reasons(room)[6]
    assert "has spoken in this phase" in reasons(room)[5]
    following = rules.advance(room, by=lead(room), leaving=room.state.step, now=NOON)
    assert following.state.queue == "unheard"
    assert following.state.turns.done == ()


def test_who_is_here_for_the_first_time_is_called_first():
    room = asking(5, 4, 6, order="new")
    assert called(room) == [6, 5, 4]
    assert reasons(room)[6] == "hand is up, here for the first time"


def test_countries_that_were_not_heard_are_called_first():
    room = speaks(asking(4, order="countries"), 4)
    for person in (5, 6):
        room = floor.raise_hand(room, person=person, now=NOON)
    assert called(room) == [6, 5]
    assert reasons(room) == {6: "hand is up, nobody from NI has spoken yet", 5: "hand is up, DE has been heard"}


def test_only_the_lead_chooses_the_order_and_only_one_there_is():
    room = asking(order="came")
    with pytest.raises(Refused, match="Only whoever leads"):
        queue.choose_order(room, by=one(room, "scribe"), order="new")
    with pytest.raises(Refused, match="no such order"):
        queue.choose_order(room, by=lead(room), order="loudest")
