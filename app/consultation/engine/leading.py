"""Who leads: the process owner, a named deputy in their place, and nobody who was not asked. Nobody is elected."""

from dataclasses import replace
from datetime import datetime

from app.consultation.engine import clock
from app.consultation.engine.cast import Cast
from app.consultation.engine.room import Room, check_led_by, check_running, check_seated
from app.consultation.engine.state import Status
from app.core.errors import Refused
from app.core.words import N_


def take_over(room: Room, *, person: int, now: datetime) -> Room:
    """A deputy leads when the lead has lost the line; the process owner may take the lead back at any time.

    Where no deputy is here either, anybody but the case giver may, when no time box runs.
    """
    check_seated(room, person)
    if room.state.status is Status.CLOSED:
        check_running(room)
    if room.method.owner is None:
        raise Refused(N_("Nobody leads this room but the clock: there is nothing to take over."))
    if room.leads == person:
        return room
    if person in _owners(room):
        return room.but(acting=None, standing_in=False)
    if person not in room.cast.deputies:
        _check_nobody_else_can(room, person, now=now)
    if room.leads is not None and room.leads not in room.state.away:
        raise Refused(N_("Whoever leads is here. They can hand over to you with one press."))
    return room.but(acting=person, standing_in=True)


def may_ask_to_lead(room: Room, person: int) -> bool:
    """Whether the way to take over is worth showing; a running time box may still say: not yet."""
    if room.method.owner is None or room.leads == person or room.state.status is Status.CLOSED:
        return False
    if person in _owners(room):
        return True
    if room.leads is not None and room.leads not in room.state.away:
        return False
    return person in room.cast.deputies or (not _deputies_here(room) and not _brings_a_case(room, person))


def hand_over(room: Room, *, by: int | None, to: int) -> Room:
    """The lead gives the room to a deputy; to the process owner it returns in the same way."""
    check_led_by(room, by)
    check_seated(room, to)
    if room.method.owner is None or room.leads == to:
        return room
    if to in _owners(room):
        return room.but(acting=None, standing_in=False)
    if to not in room.cast.deputies:
        raise Refused(N_("Only a named deputy can lead in your place. Name one first."))
    return room.but(acting=to, standing_in=False)


def name_deputy(room: Room, *, by: int | None, who: int) -> Room:
    """From now on `who` may take over when whoever leads is gone, and be handed the room."""
    check_led_by(room, by)
    check_seated(room, who)
    if room.state.status is Status.CLOSED:
        check_running(room)
    if _brings_a_case(room, who):
        raise Refused(N_("Whoever brings the case cannot stand in for the lead. Choose another deputy."))
    seats = (replace(seat, deputy=seat.deputy or seat.person == who) for seat in room.cast.seats)
    return replace(room, cast=Cast(tuple(seats)))


def returned(room: Room) -> Room:
    """Who stood in for a lost lead gives the lead back once the lead is here again; what was handed over stays."""
    here = [person for person in _owners(room) if person not in room.state.away]
    return room.but(acting=None, standing_in=False) if room.state.standing_in and here else room


def box_runs(room: Room, *, now: datetime) -> bool:
    """People are at work against the clock: not the moment to change who leads."""
    time = room.state.clock
    return room.running and time is not None and time.paused is None and clock.remaining(time, now=now) > 0


def _check_nobody_else_can(room: Room, person: int, *, now: datetime) -> None:
    lead_is_here = room.leads is not None and room.leads not in room.state.away
    if lead_is_here or _deputies_here(room):
        raise Refused(N_("You are not named as a deputy of this room. Ask a deputy to take over."))
    if _brings_a_case(room, person):
        raise Refused(N_("Whoever brings the case cannot lead it as well. Ask somebody else to take over."))
    if box_runs(room, now=now):
        raise Refused(N_("The time box is still running. When it is over, you can take the lead."))


def _owners(room: Room) -> tuple[int, ...]:
    return room.persons((room.method.owner.key,)) if room.method.owner else ()


def _deputies_here(room: Room) -> bool:
    return any(person not in room.state.away for person in room.cast.deputies)


def _brings_a_case(room: Room, person: int) -> bool:
    return any(seat.person == person and room.method.role(seat.role).case for seat in room.cast.seats)
