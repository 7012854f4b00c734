"""Reading which rooms of the same time could take people in: as people outside know them, by title and number."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine import repair
from app.consultation.engine.state import State
from app.consultation.models import Consultation, ConsultationSeat
from app.consultation.queries import Sitting
from app.events.queries_members import participation
from app.events.rules import PLANNERS

MOST = 20
CASE = "case:"  # the keys of rooms that the timetable makes


@dataclass(frozen=True)
class Beside:
    """Another room: `count` people are there now."""

    id: int
    title: str
    lang: str
    count: int


async def rooms_beside(session: AsyncSession, here: Sitting, *, arriving: int) -> list[Beside]:
    """Of the same event, time and method, open, and with room for `arriving` more; the smallest first."""
    seats = func.count(col(ConsultationSeat.id))
    query = (
        select(Consultation, seats)
        .join(ConsultationSeat, col(ConsultationSeat.consultation_id) == col(Consultation.id))
        .where(*_beside(here), col(ConsultationSeat.removed_at).is_(None))
        .group_by(col(Consultation.id))
        .order_by(col(Consultation.id))
        .limit(MOST)
    )
    found = [(row, State.from_json(row.state), count) for row, count in (await session.exec(query)).all()]
    free = [
        Beside(row.id or 0, row.title, row.lang, max(0, count - len(state.away))) for row, state, count in found
        if repair.may_take_in(here.room.method, state, seated=count, arriving=arriving)
    ]  # fmt: skip
    return sorted(free, key=lambda room: (room.count, room.id))


def is_beside(here: Sitting, there: Sitting) -> bool:
    one, other = here.row, there.row
    same = (one.event_id, one.opens_at, one.method) == (other.event_id, other.opens_at, other.method)
    return same and one.id != other.id and not one.practice and not other.practice


async def schedules(session: AsyncSession, event_id: int, person_id: int) -> bool:
    """Whether this person plans the rooms of the event."""
    part = await participation(session, event_id, person_id)
    return part is not None and bool(PLANNERS & set(part.roles))


async def title_of(session: AsyncSession, room_id: int | None) -> Consultation | None:
    """The room to which the people of another one went; only its title is for them before they agree there."""
    return await session.get(Consultation, room_id) if room_id else None


def _beside(here: Sitting):  # type: ignore[no-untyped-def]
    row = here.row
    return (
        Consultation.event_id == row.event_id, Consultation.id != row.id, Consultation.practice == "",
        Consultation.method == row.method, Consultation.opens_at == row.opens_at, col(Consultation.locked).is_(False),
        col(Consultation.status).in_(("lobby", "running")),
    )  # fmt: skip
