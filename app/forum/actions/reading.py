"""What somebody has read and what they follow."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import add_if_new
from app.core.errors import Missing
from app.forum import rules
from app.forum.models import Follow, ReadMark, SpaceHearing, Thread
from app.forum.queries import lookups
from app.forum.rules import Line
from app.notices import actions as notices
from app.notices.rules import Level


async def mark_read(
    session: AsyncSession, *, person_id: int, thread_id: int, position: int, now: datetime, told: bool = False
) -> bool:
    """This person has read up to `position`; False when it is not worth a write (see rules.is_mark_due)."""
    thread = await lookups.thread(session, thread_id)
    if thread is None:
        raise Missing
    mark = await lookups.mark(session, person_id, thread_id)
    marked, marked_at = (mark.position, mark.at) if mark else (0, None)
    position = min(position, thread.last_position)
    if not rules.is_mark_due(marked=marked, marked_at=marked_at, position=position, now=now, told=told):
        return False
    await set_mark(session, person_id, thread, position=position, now=now, mark=mark)
    await notices.seen(session, person_id, f"thread:{thread_id}", place=position, now=now)
    await notices.seen(session, person_id, f"asked:{thread_id}", place=0, now=now)
    for part in await lookups.merged_into(session, thread_id):
        await notices.seen(session, person_id, f"thread:{part.id}", place=thread.last_position, now=now)
    return True


async def mark_wall(
    session: AsyncSession, *, person_id: int, thread_id: int, places: Collection[int], now: datetime
) -> None:
    """This person has seen the cards at these places. What was answered to them stands elsewhere: they hear of it still."""
    thread = await lookups.thread(session, thread_id)
    if thread is None:
        raise Missing
    newest = min(max(places, default=0), thread.last_position)
    mark = await lookups.mark(session, person_id, thread_id)
    if mark is None or mark.position < newest:
        await set_mark(session, person_id, thread, position=newest, now=now, mark=mark)
    await notices.seen_there(session, person_id, f"thread:{thread_id}", places=places, now=now)


async def set_mark(
    session: AsyncSession, person_id: int, thread: Thread, *, position: int, now: datetime, mark: ReadMark | None = None
) -> None:
    """The mark itself; it never goes back."""
    assert thread.id is not None
    if mark is None:
        await add_if_new(session, ReadMark, person_id=person_id, thread_id=thread.id, position=0, at=now, line=0)
        mark = await lookups.mark(session, person_id, thread.id)
        assert mark is not None
    line = rules.line(read_up_to=mark.position, read_at=mark.at, before=Line(mark.line, mark.line_since), now=now)
    mark.line, mark.line_since = line.position, line.since
    mark.position, mark.at = max(mark.position, position), now
    session.add(mark)


async def choose_thread_level(
    session: AsyncSession, *, person_id: int, thread_id: int, level: Level, now: datetime
) -> None:
    """How this person wants to hear about one thread, whatever they said about the event."""
    thread = await lookups.thread(session, thread_id)
    if thread is None:
        raise Missing
    await follow_quietly(session, person_id, thread, now=now)
    follow = await lookups.follow(session, person_id, thread_id)
    assert follow is not None
    follow.level = level
    session.add(follow)


async def choose_space_level(session: AsyncSession, *, person_id: int, space_id: int, level: Level | None) -> None:
    """How this person wants to hear about a space from now on; None: as they said about the event."""
    hearing = await lookups.space_hearing(session, person_id, space_id)
    if level is None:
        if hearing is not None:
            await session.delete(hearing)
        return
    if hearing is None:
        await add_if_new(session, SpaceHearing, person_id=person_id, space_id=space_id, level=level)
        hearing = await lookups.space_hearing(session, person_id, space_id)
        assert hearing is not None
    hearing.level = level
    session.add(hearing)


async def follow_quietly(session: AsyncSession, person_id: int, thread: Thread, *, now: datetime) -> None:
    """Who writes in a thread follows it, as the event's level says."""
    assert thread.id is not None
    await add_if_new(session, Follow, person_id=person_id, thread_id=thread.id, level="", at=now)
