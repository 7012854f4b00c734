"""Good practices of an event, as one reader finds them: to be linked from elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.forum.models import Thread
from app.forum.rules import ThreadKind

MOST = 200


@dataclass(frozen=True)
class Practice:
    thread_id: int
    title: str
    lang: str


async def practices_for(session: AsyncSession, event_id: int, *, person_id: int) -> list[Practice]:
    """What this person may read, by title; two hundred at most, the newest."""
    query = select(Thread).where(
        Thread.event_id == event_id,
        Thread.kind == ThreadKind.PRACTICE,
        col(Thread.audience_id).in_(readable(person_id)),
    )
    rows = (await session.exec(query.order_by(col(Thread.id).desc()).limit(MOST))).all()
    return sorted(map(_practice, rows), key=lambda each: each.title.casefold())


async def practices_named(
    session: AsyncSession, thread_ids: Collection[int], *, person_id: int | None
) -> dict[int, Practice]:
    """Of these threads those that this person may read; no query where there are none."""
    if not thread_ids:
        return {}
    query = select(Thread).where(col(Thread.id).in_(thread_ids), col(Thread.audience_id).in_(readable(person_id)))
    return {each.thread_id: each for each in map(_practice, (await session.exec(query)).all())}


def _practice(thread: Thread) -> Practice:
    assert thread.id is not None
    return Practice(thread.id, thread.title, thread.lang)
