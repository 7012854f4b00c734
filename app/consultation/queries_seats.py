"""Reading the people of a room: their seats, with a face."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import aliased
from sqlmodel import col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Consultation, ConsultationSeat
from app.core.i18n import CODES
from app.events.queries import segments
from app.events.rules import said
from app.people.models import Person


@dataclass(frozen=True)
class Somebody:
    """A seat with a face. `new`: no consultation of theirs has ended before."""

    seat_id: int
    person_id: int | None
    name: str
    city: str
    role: str
    deputy: bool
    agreed: bool
    simulated: bool
    read_step: int = -1
    country: str = ""
    new: bool = False
    removed: bool = False
    blocked: bool = False
    promised: bool = False
    zone: str = ""

    @property
    def reads_before(self) -> bool:
        """Whether they may read what was asked before the room opened."""
        return (self.agreed or self.promised) and not self.removed


@dataclass(frozen=True)
class Region:
    """A part of the world as the event divides it; `names` by language."""

    number: int
    names: Mapping[str, str]
    countries: frozenset[str]


async def regions_of(session: AsyncSession, event_id: int) -> list[Region]:
    return [
        Region(row.id or 0, {lang: said(row, "name", lang) for lang in CODES}, frozenset(row.countries))
        for row in await segments(session, event_id)
    ]


_OTHER, _BEFORE = aliased(ConsultationSeat), aliased(Consultation)
_BEEN = (
    col(_OTHER.person_id) == col(ConsultationSeat.person_id),
    col(_OTHER.agreed_at).is_not(None),
    col(_BEFORE.id) == col(_OTHER.consultation_id),
    col(_BEFORE.closed_at).is_not(None),
    col(_BEFORE.practice) == "",
)
"""Another seat of the same person in a consultation that has ended. Made once: an alias is dear, and rooms are read often."""


async def seated(session: AsyncSession, room_id: int) -> list[tuple[ConsultationSeat, Somebody]]:
    """In the order of the seats."""
    been = exists().where(*_BEEN, col(_BEFORE.id) != room_id)
    query = (
        select(ConsultationSeat, Person, been)
        .outerjoin(Person, col(Person.id) == col(ConsultationSeat.person_id))
        .where(ConsultationSeat.consultation_id == room_id)
        .order_by(col(ConsultationSeat.place), col(ConsultationSeat.id))
    )
    found = (await session.exec(query)).all()
    return [(seat, somebody(seat, person, new=not known)) for seat, person, known in found]


def somebody(seat: ConsultationSeat, person: Person | None, *, new: bool = False) -> Somebody:
    assert seat.id is not None
    return Somebody(
        seat_id=seat.id, person_id=seat.person_id, name=person.name if person else seat.name,
        city=person.city if person else seat.city, role=seat.role, deputy=seat.deputy,
        agreed=seat.agreed_at is not None, simulated=bool(seat.script), read_step=seat.read_step,
        country=person.country if person else "", new=new and person is not None,
        removed=seat.removed_at is not None, blocked=seat.blocked,
        promised=seat.promised_at is not None, zone=person.zone if person else "",
    )  # fmt: skip
