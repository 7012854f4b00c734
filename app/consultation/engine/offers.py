"""Help that a peer offers by name at the end, in one sentence; the case giver thanks, and decides what leaves. Pure."""

from datetime import datetime, timedelta

from app.consultation.engine.room import Room
from app.consultation.engine.state import Status
from app.core.errors import Forbidden, Invalid, Refused
from app.core.words import N_

LONGEST = 300
AFTER = timedelta(weeks=4)  # as long as what was not released is kept


def is_open_for_offers(room: Room, *, now: datetime) -> bool:
    """In the last phase and for four weeks after the end, where somebody brought a case."""
    if not room.bringers():
        return False
    if room.state.status is Status.CLOSED:
        return room.state.closed is not None and bool(room.state.plan) and now < room.state.closed + AFTER
    return room.running and room.last_step


def offers_help(room: Room, person: int) -> bool:
    return person in room.cast.persons and person not in room.bringers()


def check_offers(room: Room, person: int, *, text: str) -> None:
    if not offers_help(room, person):
        raise Forbidden(N_("Whoever brought the case receives the offers."))
    _check_length(text, field="text")


def check_receives(room: Room, person: int, *, thanks: str = "") -> None:
    if person not in room.bringers():
        raise Forbidden(N_("Only whoever brought the case answers offers and thanks everybody."))
    _check_length(thanks, field="thanks")


def check_leaves(*, may: bool, released: bool) -> None:
    if released and not may:
        raise Refused(N_("Whoever offered this has not ticked that it may leave the room."))


def _check_length(text: str, *, field: str) -> None:
    if len(text) > LONGEST:
        raise Invalid({field: N_("One sentence is enough: at most three hundred characters.")})
