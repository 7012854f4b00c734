"""Order at the door: who may be asked to leave a room, and by whom. Pure."""

from app.consultation.engine.room import Room, check_led_by, check_seated
from app.consultation.engine.state import Status
from app.core.errors import Refused
from app.core.words import N_


def may_be_asked_to_leave(room: Room, person: int) -> bool:
    """Everybody but whoever leads now and whoever leads by their part."""
    owners = room.persons((room.method.owner.key,)) if room.method.owner else ()
    return person in room.cast.persons and person != room.leads and person not in owners


def check_keeps_order(room: Room, by: int) -> None:
    """Whoever leads locks the room, asks people to leave and lets them in again; where the clock leads, nobody does."""
    check_led_by(room, by)
    if room.leads is None:
        raise Refused(
            N_("Nobody leads this room but the clock. Tell the moderators of the event if somebody disturbs it.")
        )
    if room.state.status is Status.CLOSED:
        raise Refused(N_("This room is closed. Nobody has to leave it any more."))


def check_asks_to_leave(room: Room, by: int, *, who: int) -> None:
    check_keeps_order(room, by)
    check_seated(room, who)
    if not may_be_asked_to_leave(room, who):
        raise Refused(N_("Whoever leads this room cannot be asked to leave it."))
