"""When a group is too small for its method, and which other room could take its people in. Pure.

A room counts from the time at which it was to begin: whoever opens the door early does not wait for latecomers in vain.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from app.consultation.engine.method import Floor, Method
from app.consultation.engine.room import Room, check_led_by
from app.consultation.engine.state import State, Status
from app.core.errors import Refused
from app.core.words import N_

PATIENCE = timedelta(minutes=3)


def due_at(room: Room, *, begins: datetime | None) -> datetime | None:
    """From when on a room that stays as small as it is needs people; None while it has enough, or is in writing or over."""
    since = room.state.short_since
    if since is None or room.written or room.state.status is Status.CLOSED:
        return None
    return max(since, begins or since) + PATIENCE


def needs_people(room: Room, *, begins: datetime | None, now: datetime) -> bool:
    due = due_at(room, begins=begins)
    return due is not None and now >= due


def here(room: Room) -> int:
    """How many are in the room now."""
    return len(room.cast.persons) - len({*room.state.away, *room.cast.out})


def check_repairs(room: Room, person: int | None, *, schedules: bool) -> None:
    """Whoever leads this room, or whoever schedules the event's rooms."""
    if not schedules:
        check_led_by(room, person)


def part_for(method: Method) -> str | None:
    """What somebody is who joins: the part of which there may be any number."""
    free = (role for role in method.roles if role.most is None and not role.owner and not role.case)
    return next((role.key for role in free), None)


def may_take_in(method: Method, state: State, *, seated: int, arriving: int) -> bool:
    """Whether `arriving` people can still join a room with `seated`: before it begins, or in its first phase."""
    if state.pace is not None or part_for(method) is None or seated + arriving > method.most:
        return False
    return state.status is Status.LOBBY or (state.status is Status.RUNNING and state.step == 0 and not method.rotates)


def check_goes(room: Room, *, begins: datetime | None, now: datetime) -> None:
    if room.state.status is Status.CLOSED:
        raise Refused(N_("This room is closed. Nobody has to be moved out of it any more."))
    if not needs_people(room, begins=begins, now=now):
        raise Refused(N_("There are enough people in this room, or they may still come. Nobody has to move."))


def check_takes_in(room: Room, *, arriving: int, locked: bool) -> None:
    seated = len(room.cast.persons) - len(room.cast.out)
    if locked or not may_take_in(room.method, room.state, seated=seated, arriving=arriving):
        raise Refused(N_("The other room cannot take anybody in any more. Look which ones still can."))


def joined(room: Room, *, newcomers: tuple[int, ...]) -> Room:
    """The room after `newcomers` were given a seat: not here yet, and where turns go round they have one when they come."""
    state = room.state
    away = (*state.away, *(person for person in newcomers if person not in state.away))
    turns = state.turns
    if room.running and room.phase is not None and room.phase.floor is Floor.ROUND_ROBIN:
        waiting = {turns.speaker, *turns.order, *turns.missed, *turns.done}
        late = tuple(person for person in newcomers if room.speaks_now(person) and person not in waiting)
        room = room.but(turns=replace(turns, missed=(*turns.missed, *late)))
    return room.but(away=away)
