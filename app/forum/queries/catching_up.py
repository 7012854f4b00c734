"""What somebody who was away should read first: summaries in their threads, and posts others thanked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.forum.models import Post, ReadMark, Thread
from app.forum.queries.rights import hears_of_thread, mark_of, standing_posts
from app.forum.rules import PostKind
from app.people.models import Person


@dataclass(frozen=True)
class Passage:
    """A post, how long it is, whose it is and in which thread."""

    post_id: int
    thread_id: int
    title: str
    lang: str
    thread: str
    name: str
    characters: int


async def summaries(
    session: AsyncSession, *, event_id: int, person_id: int, since: datetime, limit: int
) -> list[Passage]:
    """In threads this person wants to hear about, not read yet, the newest first."""
    query = (
        _passages(event_id, person_id, since)
        .outerjoin(ReadMark, mark_of(person_id))
        .where(Post.kind == PostKind.WEAVING, hears_of_thread(person_id))
        .where(Post.position > func.coalesce(ReadMark.position, 0))
        .order_by(col(Post.created_at).desc())
        .limit(limit)
    )
    return [_passage(*row) for row in (await session.exec(query)).all()]


async def thanked_for(
    session: AsyncSession, *, event_id: int, person_id: int, since: datetime, limit: int
) -> list[Passage]:
    """Not read yet, those that most people thanked for first."""
    query = (
        _passages(event_id, person_id, since)
        .outerjoin(ReadMark, mark_of(person_id))
        .where(Post.kind == PostKind.REPLY, Post.thanks > 0, Post.position > func.coalesce(ReadMark.position, 0))
        .order_by(col(Post.thanks).desc(), col(Post.created_at).desc())
        .limit(limit)
    )
    return [_passage(*row) for row in (await session.exec(query)).all()]


def _passages(event_id: int, person_id: int, since: datetime) -> Any:
    return (
        select(Post, Thread.title, Person.name, func.length(Post.text))
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .outerjoin(Person, col(Person.id) == col(Post.author_id))
        .where(Thread.event_id == event_id, col(Thread.audience_id).in_(readable(person_id)), Post.created_at > since)
        .where(col(Post.author_id).is_distinct_from(person_id), *standing_posts())
    )


def _passage(post: Post, thread: str, name: str | None, characters: int) -> Passage:
    return Passage(post.id or 0, post.thread_id, post.title, post.lang, thread, name or "", characters)
