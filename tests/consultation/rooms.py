"""Rooms to test with: a cast for any method, persons numbered from 1."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.consultation.engine import rules
from app.consultation.engine.cast import Cast, Seat
from app.consultation.engine.library import methods
from app.consultation.engine.method import Method
from app.consultation.engine.room import Room
from app.consultation.engine.state import State

NOON = datetime(2026, 6, 9, 10, 0, tzinfo=UTC)
LIVE = tuple(method.key for method in methods().values() if method.single_room)
SIX_PHASES = "kollegiale_beratung_six_phases"


def later(minutes: float = 0, seconds: float = 0) -> datetime:
    return NOON + timedelta(minutes=minutes, seconds=seconds)


def cast_for(method: Method) -> Cast:
    """Every role taken once at least, the group as large as the method wants, the last adviser a deputy."""
    roles = [role.key for role in method.roles for _ in range(max(1, role.least))]
    rest = next(role.key for role in method.roles if role.most is None)
    roles += [rest] * (method.least - len(roles))
    seats = [Seat(person, role) for person, role in enumerate(roles, start=1)]
    return Cast((*seats[:-1], replace(seats[-1], deputy=True)))


def room_of(key: str = SIX_PHASES) -> Room:
    """In the lobby."""
    method = methods()[key]
    return Room(method, cast_for(method), State())


def began(key: str = SIX_PHASES) -> Room:
    room = room_of(key)
    return rules.start(room, by=room.leads, now=NOON)


def at(phase: str, key: str = SIX_PHASES) -> Room:
    """A running room, moved on until `phase`."""
    room = began(key)
    while room.phase is None or room.phase.key != phase:
        room = rules.advance(room, by=lead(room), leaving=room.state.step, now=NOON)
    return room


def lead(room: Room) -> int:
    """Somebody who may move this room on."""
    return room.leads if room.leads is not None else room.cast.persons[0]


def one(room: Room, role: str) -> int:
    return room.persons((role,))[0]
