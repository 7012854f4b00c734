"""Technical help in a live room: who calls it, who may come, and what they see there. Pure."""

from app.consultation.engine.room import Room
from app.consultation.engine.state import Status
from app.core.errors import Refused
from app.core.words import N_

WORKING = N_("the line is there")
LOST = N_("the line is lost")
AWAITED = N_("has not come yet")


def may_call(room: Room, *, practice: bool) -> bool:
    return room.state.status is not Status.CLOSED and not room.written and not practice


def check_calls(room: Room, *, practice: bool) -> None:
    if room.state.status is Status.CLOSED:
        raise Refused(N_("This room is closed. Nothing is to be mended here any more."))
    if not may_call(room, practice=practice):
        raise Refused(N_("Technical help comes to live consultations. Here, write to the moderators of the event."))


def check_enters(room: Room, *, called: bool, has_seat: bool, occupied: bool) -> None:
    """Help comes when it was called, one person at a time, and never twice over: with a seat one is in the room."""
    if has_seat:
        raise Refused(N_("You have a seat in this room. Go in by it."))
    check_called(room, called=called)
    if occupied:
        raise Refused(N_("Somebody else is helping in this room already."))


def check_called(room: Room, *, called: bool) -> None:
    if not called or room.state.status is Status.CLOSED:
        raise Refused(N_("Nobody calls for technical help in this room now."))


def line_of(room: Room, seat: int, *, arrived: bool) -> str:
    """All that help learns about somebody: is their line there?"""
    return AWAITED if not arrived else LOST if seat in room.state.away else WORKING
