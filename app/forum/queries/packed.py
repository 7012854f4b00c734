"""What everybody in an event may read of its forum, for the archive."""

from collections.abc import Collection

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import Audience
from app.forum.models import Post, Space, Thread
from app.forum.queries.rights import standing_posts
from app.people.models import Person

MOST_THREADS = 5000


async def spaces_for_all(session: AsyncSession, event_id: int, *, audience_id: int) -> list[Space]:
    """The spaces whose readers are all who take part, or the whole world."""
    public = select(Audience.id).where(col(Audience.public).is_(True))
    query = (
        select(Space)
        .where(Space.event_id == event_id)
        .where(or_(col(Space.audience_id) == audience_id, col(Space.audience_id).in_(public)))
        .order_by(col(Space.place), col(Space.id))
    )
    return list((await session.exec(query)).all())


async def threads_of(session: AsyncSession, space_id: int, *, audience_id: int) -> list[tuple[Thread, str]]:
    """The threads of a space with the names of who began them ("" for somebody who is gone), the oldest first."""
    query = (
        select(Thread, Person.name)
        .outerjoin(Person, col(Person.id) == col(Thread.author_id))
        .where(Thread.space_id == space_id, Thread.audience_id == audience_id, col(Thread.merged_into).is_(None))
        .order_by(col(Thread.id))
        .limit(MOST_THREADS)
    )
    return [(thread, name or "") for thread, name in (await session.exec(query)).all()]


async def positions(
    session: AsyncSession, post_ids: Collection[int], *, audience_id: int
) -> dict[int, tuple[int, int]]:
    """post → (its thread, its position), of those that everybody may read."""
    if not post_ids:
        return {}
    query = (
        select(Post.id, Post.thread_id, Post.position)
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .where(col(Post.id).in_(post_ids), Thread.audience_id == audience_id, *standing_posts())
    )
    return {post_id or 0: (thread_id, position) for post_id, thread_id, position in (await session.exec(query)).all()}


async def known(session: AsyncSession, thread_ids: Collection[int], *, audience_id: int) -> set[int]:
    if not thread_ids:
        return set()
    query = select(Thread.id).where(
        col(Thread.id).in_(thread_ids), Thread.audience_id == audience_id, col(Thread.merged_into).is_(None)
    )
    return {thread_id for thread_id in (await session.exec(query)).all() if thread_id is not None}
