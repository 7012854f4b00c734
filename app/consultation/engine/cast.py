"""Who sits in the room, and as what. Persons are numbers here; the order of the seats is the order of speaking."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.consultation.engine.method import Method, Role
from app.core.errors import Refused
from app.core.words import N_


@dataclass(frozen=True, slots=True)
class Seat:
    person: int
    role: str
    deputy: bool = False  # may take over when the process owner is gone
    country: str = ""
    new: bool = False  # in a consultation for the first time
    out: bool = False  # asked to leave: nothing is expected of them
    region: int = 0  # the number of the event's region that their country belongs to


@dataclass(frozen=True, slots=True)
class Cast:
    seats: tuple[Seat, ...]

    @property
    def persons(self) -> tuple[int, ...]:
        return tuple(seat.person for seat in self.seats)

    @property
    def deputies(self) -> tuple[int, ...]:
        return tuple(seat.person for seat in self.seats if seat.deputy)

    @property
    def out(self) -> tuple[int, ...]:
        return tuple(seat.person for seat in self.seats if seat.out)

    def seat(self, person: int) -> Seat:
        return next(seat for seat in self.seats if seat.person == person)

    def role(self, person: int, *, method: Method, round: int) -> Role | None:
        """The person's role in this round; rotating roles move on by one seat per round."""
        seat = next((seat for seat in self.seats if seat.person == person), None)
        if seat is None:
            return None
        role = method.role(seat.role)
        if not role.rotates:
            return role
        turning = turning_seats(self, method=method)
        place = turning.index(seat)
        return method.role(turning[(place - round) % len(turning)].role)

    def playing(self, roles: tuple[str, ...], *, method: Method, round: int) -> tuple[int, ...]:
        """Persons with one of the roles: first by the order of `roles`, then by seat."""
        found = {person: self.role(person, method=method, round=round) for person in self.persons}
        return tuple(person for key in roles for person, role in found.items() if role is not None and role.key == key)

    def to_json(self) -> list[dict[str, Any]]:
        return [asdict(seat) for seat in self.seats]

    @classmethod
    def from_json(cls, data: list[Mapping[str, Any]]) -> "Cast":
        return cls(tuple(Seat(**seat) for seat in data))


def turning_seats(cast: Cast, *, method: Method) -> tuple[Seat, ...]:
    """Seats whose roles rotate, beginning with the role that comes first in the method."""
    keys = [role.key for role in method.roles if role.rotates]
    turning = [seat for seat in cast.seats if seat.role in keys]
    return tuple(sorted(turning, key=lambda seat: keys.index(seat.role)))


def rounds_of(method: Method, cast: Cast) -> int:
    """As many rounds as people take turns in one room; what the method says where tables change."""
    if method.rotates and method.single_room:
        return max(1, len(turning_seats(cast, method=method)))
    return method.rounds


def check_cast(method: Method, cast: Cast) -> None:
    """Refuses a cast that cannot begin: a role is empty or crowded, the case giver is to stand in for the lead."""
    taken = [seat.role for seat in cast.seats]
    for role in method.roles:
        if taken.count(role.key) < role.least:
            raise Refused(
                N_("Nobody has the part “{role}” yet. Give it to somebody, then the room can begin."), role=role.title
            )
        if role.most is not None and taken.count(role.key) > role.most:
            raise Refused(
                N_("“{role}” is a part for {most}. Give the others another part, then the room can begin."),
                role=role.title,
                most=role.most,
            )
    for seat in cast.seats:
        if seat.deputy and method.role(seat.role).case:
            raise Refused(N_("Whoever brings the case cannot stand in for the lead. Choose another deputy."))


def with_role(method: Method, cast: Cast, *, person: int, role: str) -> Cast:
    """The same people, `person` with another part; a newcomer sits down at the end."""
    if all(known.key != role for known in method.roles):
        raise Refused(N_("This method has no such part. Choose one from the list."))
    if person not in cast.persons:
        return Cast((*cast.seats, Seat(person, role)))
    seats = (replace(seat, role=role) if seat.person == person else seat for seat in cast.seats)
    return Cast(tuple(seats))
