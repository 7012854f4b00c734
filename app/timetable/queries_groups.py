"""Reading the group builder."""

from collections.abc import Sequence

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.timetable.grouping import Party, pairs_apart
from app.timetable.models_groups import Apart, Grouping
from app.timetable.problem import Attendant


async def grouping(session: AsyncSession, event_id: int) -> Grouping | None:
    return (await session.exec(select(Grouping).where(Grouping.event_id == event_id))).one_or_none()


async def marks(session: AsyncSession, event_id: int) -> list[Apart]:
    """Who is kept apart, the oldest mark first."""
    return list((await session.exec(select(Apart).where(Apart.event_id == event_id).order_by(col(Apart.id)))).all())


async def marks_of(session: AsyncSession, event_id: int, person_id: int) -> list[Apart]:
    """Those that name this person."""
    named = or_(Apart.one_id == person_id, Apart.other_id == person_id)
    return list((await session.exec(select(Apart).where(Apart.event_id == event_id, named))).all())


def parties(mark: Apart) -> tuple[Party, Party]:
    return Party(mark.one_id, mark.one_country), Party(mark.other_id, mark.other_country)


async def apart(session: AsyncSession, event_id: int, attendants: Sequence[Attendant]) -> set[tuple[int, int]]:
    """Every two of these people who are kept apart, in groups and in sessions."""
    return pairs_apart(map(parties, await marks(session, event_id)), attendants)
