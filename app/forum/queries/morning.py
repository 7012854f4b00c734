"""What the letter of the morning asks, for many readers at once: each question is one statement, a reader a row of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import is_readable
from app.forum.models import Follow, Post, ReadMark, Thread
from app.forum.queries.reading import threads_by_id
from app.forum.queries.rights import has_news, hears_of_thread, mark_of, space_is_heard, standing_posts
from app.forum.queries.shown import ThreadShown
from app.forum.rules import ASKING, PostKind
from app.people.models import Person

QUESTION_MOVES = 2
"""A question that fewer people answered moves nobody yet."""
READER = aliased(Person)


async def news(
    session: AsyncSession, people: Sequence[int], *, event_id: int, since: datetime | None, limit: int
) -> dict[int, list[ThreadShown]]:
    """Reader → threads they want to hear about with something they have not read, the newest first."""
    query = _threads(people, event_id, place=(col(Thread.last_post_at).desc(), col(Thread.id))).where(
        has_news(), col(Thread.last_by_id).is_distinct_from(READER.id), hears_of_thread(READER.id)
    )
    if since is not None:
        query = query.where(col(Thread.last_post_at) > since)
    return await _shown(session, query, limit=limit)


async def unanswered(
    session: AsyncSession, people: Sequence[int], *, event_id: int, since: datetime | None, limit: int
) -> dict[int, list[ThreadShown]]:
    """Reader → questions and challenges that nobody has answered and they have never opened, the one that waits longest
    first; in spaces they want to hear about."""
    query = (
        _threads(people, event_id, place=(col(Thread.started_at), col(Thread.id)))
        .where(col(Thread.kind).in_(list(ASKING)), Thread.answers == 0, col(Thread.locked).is_(False))
        .where(col(Thread.author_id).is_distinct_from(READER.id), col(ReadMark.position).is_(None))
        .where(space_is_heard(READER.id))
    )
    if since is not None:
        query = query.where(col(Thread.started_at) > since)
    return await _shown(session, query, limit=limit)


async def brought_together(
    session: AsyncSession, people: Sequence[int], *, event_id: int, since: datetime | None, limit: int
) -> dict[int, list[tuple[int, str, str]]]:
    """Reader → summaries in threads they want to hear about, written since then and not read: (post, its title, the thread's)."""
    query = (
        select(  # type: ignore[call-overload]
            col(READER.id).label("reader"), col(Post.id).label("post"), col(Post.title).label("title"),
            col(Thread.title).label("thread"), _place(col(Post.created_at).desc(), col(Post.id)),
        )
        .select_from(READER)
        .join(Thread, col(Thread.event_id) == event_id)
        .join(Post, col(Post.thread_id) == col(Thread.id))
        .outerjoin(ReadMark, mark_of(READER.id))
        .where(col(READER.id).in_(people), Post.kind == PostKind.WEAVING, *standing_posts())
        .where(col(Post.author_id).is_distinct_from(READER.id), Post.position > func.coalesce(ReadMark.position, 0))
        .where(hears_of_thread(READER.id), is_readable(Thread.audience_id, READER.id))
    )  # fmt: skip
    if since is not None:
        query = query.where(col(Post.created_at) > since)
    found: dict[int, list[tuple[int, str, str]]] = {}
    for reader, post, title, thread, _ in await _first(session, query, limit=limit):
        found.setdefault(reader, []).append((post, title, thread))
    return found


async def question_that_moves(
    session: AsyncSession, *, event_id: int, person_id: int, since: datetime | None
) -> tuple[int, str, int] | None:
    """The question that most people answered since then, if this person does not follow it: (thread, title, people)."""
    return (await questions_that_move(session, [person_id], event_id=event_id, since=since)).get(person_id)


async def questions_that_move(
    session: AsyncSession, people: Sequence[int], *, event_id: int, since: datetime | None
) -> dict[int, tuple[int, str, int]]:
    """The same for many readers: how many people answered is counted once for all of them."""
    moved = _moved(event_id, since)
    follows = select(Follow.thread_id).where(
        col(Follow.thread_id) == col(Thread.id), col(Follow.person_id) == col(READER.id)
    )
    query = (
        select(  # type: ignore[call-overload]
            col(READER.id).label("reader"), col(Thread.id).label("thread"), col(Thread.title).label("title"),
            moved.c.people, _place(moved.c.people.desc(), col(Thread.id)),
        )
        .select_from(READER)
        .join(Thread, col(Thread.event_id) == event_id)
        .join(moved, moved.c.thread == col(Thread.id))
        .where(col(READER.id).in_(people), col(Thread.author_id).is_distinct_from(READER.id))
        .where(~follows.exists(), space_is_heard(READER.id), is_readable(Thread.audience_id, READER.id))
    )  # fmt: skip
    found = await _first(session, query, limit=1)
    return {reader: (thread, title, count) for reader, thread, title, count, _ in found}


def _moved(event_id: int, since: datetime | None) -> Any:
    """Open questions and how many people but their author answered; the statement knows no reader."""
    people = func.count(func.distinct(col(Post.author_id)))
    query: Any = (
        select(col(Thread.id).label("thread"), people.label("people"))
        .join(Post, col(Post.thread_id) == col(Thread.id))
        .where(Thread.event_id == event_id, col(Thread.kind).in_(list(ASKING)), col(Thread.locked).is_(False))
        .where(col(Post.author_id).is_distinct_from(col(Thread.author_id)), *standing_posts())
        .group_by(col(Thread.id))
        .having(people >= QUESTION_MOVES)
    )
    if since is not None:
        query = query.where(col(Post.created_at) > since)
    return query.subquery()


def _threads(people: Sequence[int], event_id: int, *, place: tuple[Any, ...]) -> Any:
    return (
        select(  # type: ignore[call-overload]
            col(READER.id).label("reader"), col(Thread.id).label("thread"), col(ReadMark.position).label("read"),
            col(Thread.last_position).label("last"), _place(*place),
        )
        .select_from(READER)
        .join(Thread, col(Thread.event_id) == event_id)
        .outerjoin(ReadMark, mark_of(READER.id))
        .where(col(READER.id).in_(people), col(Thread.merged_into).is_(None))
        .where(is_readable(Thread.audience_id, READER.id))
    )  # fmt: skip


def _place(*order: Any) -> Any:
    return func.row_number().over(partition_by=col(READER.id), order_by=order).label("place")


async def _first(session: AsyncSession, query: Any, *, limit: int) -> Sequence[Any]:
    """The first rows of each reader."""
    ranked = query.subquery()
    first = select(*ranked.c).where(ranked.c.place <= limit).order_by(ranked.c.reader, ranked.c.place)
    rows: Sequence[Any] = (await session.exec(first)).all()
    return rows


async def _shown(session: AsyncSession, query: Any, *, limit: int) -> dict[int, list[ThreadShown]]:
    """What is the same for everybody is read once a thread; what is new in it differs from reader to reader."""
    rows = await _first(session, query, limit=limit)
    threads = await threads_by_id(session, {row.thread for row in rows}) if rows else {}
    found: dict[int, list[ThreadShown]] = {}
    for row in rows:
        shown = replace(threads[row.thread], unread=row.last - (row.read or 0), fresh=row.read is None)
        found.setdefault(row.reader, []).append(shown)
    return found
