"""Reading the group builder."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.timetable.models import Grouping


async def grouping(session: AsyncSession, event_id: int) -> Grouping | None:
    return (await session.exec(select(Grouping).where(Grouping.event_id == event_id))).one_or_none()
