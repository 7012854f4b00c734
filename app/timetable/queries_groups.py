"""Reading the group builder."""

from collections.abc import Sequence

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.timetable.grouping import pairs_apart
from app.timetable.models import Grouping
from app.timetable.problem import Attendant


async def grouping(session: AsyncSession, event_id: int) -> Grouping | None:
    return (await session.exec(select(Grouping).where(Grouping.event_id == event_id))).one_or_none()


async def apart(session: AsyncSession, event_id: int, attendants: Sequence[Attendant]) -> set[tuple[int, int]]:
    """Every two of these people who are kept apart, in groups and in sessions."""
    found = await grouping(session, event_id)
    return pairs_apart(found.apart, attendants) if found else set()
