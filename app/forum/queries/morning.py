"""What the letter of the morning asks besides news: what was brought together, and which question moves people."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.forum.models import Follow, Post, ReadMark, Thread
from app.forum.queries.rights import hears_of_thread, mark_of, space_is_heard
from app.forum.rules import ASKING, PostKind

QUESTION_MOVES = 2
"""A question that fewer people answered moves nobody yet."""


async def brought_together(
    session: AsyncSession, *, event_id: int, person_id: int, since: datetime | None, limit: int
) -> list[tuple[int, str, str]]:
    """Summaries in threads this person wants to hear about, written since then and not read: (post, its title, the thread's)."""
    query = (
        select(Post.id, Post.title, Thread.title)
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .outerjoin(ReadMark, mark_of(person_id))
        .where(
            hears_of_thread(person_id), Thread.event_id == event_id, col(Thread.audience_id).in_(readable(person_id))
        )
        .where(Post.kind == PostKind.WEAVING, col(Post.deleted_at).is_(None), col(Post.hidden_at).is_(None))
        .where(col(Post.author_id).is_distinct_from(person_id), Post.position > func.coalesce(ReadMark.position, 0))
        .order_by(col(Post.created_at).desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(col(Post.created_at) > since)
    return [(post_id or 0, title, thread) for post_id, title, thread in (await session.exec(query)).all()]


async def question_that_moves(
    session: AsyncSession, *, event_id: int, person_id: int, since: datetime | None
) -> tuple[int, str, int] | None:
    """The question that most people answered since then, if this person does not follow it: (thread, title, people)."""
    people = func.count(func.distinct(col(Post.author_id)))
    mine = select(Follow.thread_id).where(Follow.person_id == person_id)
    query = (
        select(Thread.id, Thread.title, people)
        .join(Post, col(Post.thread_id) == col(Thread.id))
        .where(Thread.event_id == event_id, col(Thread.audience_id).in_(readable(person_id)))
        .where(col(Thread.kind).in_(list(ASKING)), col(Thread.locked).is_(False), col(Thread.id).not_in(mine))
        .where(space_is_heard(person_id))
        .where(
            col(Thread.author_id).is_distinct_from(person_id),
            col(Post.author_id).is_distinct_from(col(Thread.author_id)),
        )
        .where(col(Post.deleted_at).is_(None), col(Post.hidden_at).is_(None))
        .group_by(col(Thread.id), col(Thread.title))
        .having(people >= QUESTION_MOVES)
        .order_by(people.desc(), col(Thread.id))
        .limit(1)
    )
    if since is not None:
        query = query.where(col(Post.created_at) > since)
    found = (await session.exec(query)).first()
    return (found[0] or 0, found[1], found[2]) if found is not None else None
