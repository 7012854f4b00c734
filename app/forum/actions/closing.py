"""A thread closes on a date: chosen by a moderator, done by a job that asks again whether it still should."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Missing
from app.core.jobs import cancel, schedule
from app.forum import rules
from app.forum.actions.threads import grow
from app.forum.jobs import CloseThread
from app.forum.models import Thread
from app.forum.queries import lookups


async def close_on(
    session: AsyncSession, thread_id: int, *, moderator_id: int, at: datetime | None, now: datetime
) -> Thread:
    """Until this instant people may write; None takes a date back."""
    thread = await lookups.thread_to_change(session, thread_id)
    if thread is None:
        raise Missing
    standing = await lookups.standing(session, moderator_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_moderates(standing)
    if thread.closes_at == at:
        return thread
    rules.check_closing(at, locked=thread.locked, now=now)
    if thread.closes_at is not None:
        await cancel(session, _key(thread_id, thread.closes_at))
    thread.closes_at = at
    if at is not None:
        await schedule(session, CloseThread(thread_id), at=at, key=_key(thread_id, at))
    grow(session, thread)
    return thread


async def close_if_due(session: AsyncSession, thread_id: int, *, now: datetime) -> None:
    """The date may have been moved, the thread closed or opened by hand meanwhile, or be gone."""
    thread = await lookups.thread_to_change(session, thread_id)
    if thread is None or thread.closes_at is None or thread.closes_at > now:
        return
    thread.locked, thread.closes_at = True, None
    grow(session, thread)


def _key(thread_id: int, at: datetime) -> str:
    return f"close-thread:{thread_id}:{at.timestamp():.0f}"
