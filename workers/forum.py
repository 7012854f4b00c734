"""Work about the forum: threads that close on a date."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.forum.actions.closing import close_if_due
from app.forum.jobs import CloseThread
from workers.registry import handles


@handles(CloseThread)
async def close_thread(session: AsyncSession, work: CloseThread, *, now: datetime) -> None:
    await close_if_due(session, work.thread_id, now=now)
