"""Consultations as people without a seat may know them: title, theme, language, state; nothing that was said there."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Consultation, ConsultationSeat
from app.core.errors import Missing
from app.events.models import Event, Participation
from app.people.rules import theme_in_words


@dataclass(frozen=True)
class Outside:
    """All that people without a seat may know of a consultation."""

    room_id: int
    event_slug: str
    title: str
    theme: str
    lang: str
    city: str
    method: str
    status: str
    opens_at: datetime | None
    closed_at: datetime | None
    has_protocol: bool
    released_at: datetime | None
    mine: bool
    practice: bool
    method_version: int = 1
    outcome: str = ""
    outcome_at: datetime | None = None
    thanks: str = ""


async def rooms_of_event(session: AsyncSession, event_id: int, *, person_id: int | None) -> list[Outside]:
    """The consultations of an event as seen from outside, mine marked; other people's practice rooms are not shown."""
    query = _outside(person_id).where(Consultation.event_id == event_id)
    found = [_as_outside(*row) for row in (await session.exec(query.order_by(col(Consultation.opens_at)))).all()]
    return [room for room in found if room.mine or not room.practice]


async def from_outside(session: AsyncSession, room_id: int, *, person_id: int) -> Outside:
    """For somebody without a seat who takes part in the event; raises Missing for everybody else."""
    query = (
        _outside(person_id)
        .join(Participation, col(Participation.event_id) == col(Consultation.event_id))
        .where(Consultation.id == room_id, Participation.person_id == person_id)
    )
    found = (await session.exec(query)).one_or_none()
    if found is None or (found[0].practice and found[2] is None):
        raise Missing
    return _as_outside(*found)


def _outside(person_id: int | None):  # type: ignore[no-untyped-def]
    mine = (col(ConsultationSeat.consultation_id) == col(Consultation.id)) & (
        col(ConsultationSeat.person_id) == (person_id or 0)
    )
    return (
        select(Consultation, Event.slug, ConsultationSeat.id)
        .join(Event, col(Event.id) == col(Consultation.event_id))
        .outerjoin(ConsultationSeat, mine)
    )


def _as_outside(row: Consultation, slug: str, seat_id: int | None) -> Outside:
    assert row.id is not None
    told = bool(
        row.released_at and row.outcome_at and row.outcome_at >= row.released_at
    )  # else it was for the room alone
    return Outside(
        room_id=row.id, event_slug=slug, title=row.title, theme=theme_in_words(row.theme), lang=row.lang, city=row.city,
        method=row.method, status=row.status, opens_at=row.opens_at, closed_at=row.closed_at,
        has_protocol=row.released_at is not None, released_at=row.released_at, mine=seat_id is not None, practice=bool(row.practice),
        thanks=row.thanks, outcome=row.outcome if told else "", outcome_at=row.outcome_at if told else None, method_version=row.method_version,
    )  # fmt: skip
