"""The queue of raised hands: in which order they are called, and why somebody stands where they stand. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.consultation.engine.cast import Seat
from app.consultation.engine.room import Room, check_led_by
from app.consultation.engine.state import Status
from app.core.errors import Refused
from app.core.words import N_


class Order(StrEnum):
    CAME = "came"  # first come
    UNHEARD = "unheard"  # who has not spoken in this phase before who has
    NEW = "new"  # who is in a consultation for the first time before who is not
    REGIONS = "regions"  # whose region of the event, or else country, was heard least in this phase


NAMES = {
    Order.CAME: N_("First come, first called"),
    Order.UNHEARD: N_("First who has not spoken in this phase"),
    Order.NEW: N_("First who is here for the first time"),
    Order.REGIONS: N_("First the regions not heard yet"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """`why` is a sentence for the catalogue; in its values `country` is an ISO code, `region` a number."""

    person: int
    why: str
    values: Mapping[str, object] = field(default_factory=dict)


def queue(room: Room) -> tuple[Waiting, ...]:
    """Raised hands in the order in which they are called; within the rule whoever raised it first is first."""
    hands = room.state.turns.hands
    ranked = sorted(hands, key=lambda person: (_rank(room, person), hands.index(person)))
    return tuple(_waiting(room, person, place) for place, person in enumerate(ranked, 1))


def choose_order(room: Room, *, by: int | None, order: str) -> Room:
    check_led_by(room, by)
    if order not in set(Order):
        raise Refused(N_("There is no such order. Choose one from the list."))
    return room if room.state.status is Status.CLOSED else room.but(queue=order)


def _rank(room: Room, person: int) -> int:
    match room.state.queue:
        case Order.UNHEARD:
            return int(_was_heard(room, person))
        case Order.NEW:
            return int(not room.cast.seat(person).new)
        case Order.REGIONS:
            return _heard_from(room, room.cast.seat(person))
        case _:
            return 0


def _waiting(room: Room, person: int, place: int) -> Waiting:
    seat, numbered = room.cast.seat(person), Waiting(person, N_("hand is up, number {place}"), {"place": place})
    match room.state.queue:
        case Order.UNHEARD if _was_heard(room, person):
            return Waiting(person, N_("hand is up, has spoken in this phase"))
        case Order.UNHEARD:
            return Waiting(person, N_("hand is up, has not spoken in this phase"))
        case Order.NEW if seat.new:
            return Waiting(person, N_("hand is up, here for the first time"))
        case Order.REGIONS if seat.region and not _heard_from(room, seat):
            return Waiting(person, N_("hand is up, nobody from {region} has spoken yet"), {"region": seat.region})
        case Order.REGIONS if seat.region:
            return Waiting(person, N_("hand is up, {region} has been heard"), {"region": seat.region})
        case Order.REGIONS if seat.country and not _heard_from(room, seat):
            return Waiting(person, N_("hand is up, nobody from {country} has spoken yet"), {"country": seat.country})
        case Order.REGIONS if seat.country:
            return Waiting(person, N_("hand is up, {country} has been heard"), {"country": seat.country})
        case _:
            return numbered


def _was_heard(room: Room, person: int) -> bool:
    return person in room.state.turns.done


def _heard_from(room: Room, seat: Seat) -> int:
    """How many from where this person comes from have spoken in this phase or have the floor; nowhere is one place."""
    turns = room.state.turns
    heard = {*turns.done, *([turns.speaker] if turns.speaker else [])}
    return len([each for each in room.cast.seats if each.person in heard and _home(each) == _home(seat)])


def _home(seat: Seat) -> tuple[int, str]:
    return (seat.region, "" if seat.region else seat.country)
