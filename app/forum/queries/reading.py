"""What the pages of the forum ask."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable, writable
from app.events.models import Event
from app.forum.models import Follow, Post, ReadMark, Space, Thread
from app.forum.queries import posts
from app.forum.queries.files import waiting
from app.forum.queries.rights import has_news, mark_of, rights, standing_of
from app.forum.queries.shown import PostOpen, SpaceShown, ThreadOpen, ThreadPage, ThreadShown, Whereabouts, by
from app.forum.rules import ASKING, PAGE, THREADS, Line, Standing, ThreadKind, pages
from app.people.models import Person

AUTHOR, LAST, FOLLOW = aliased(Person), aliased(Person), aliased(Follow)
"""Made once: the first look at the columns of a new alias costs more than the statement that asks it."""


async def spaces(session: AsyncSession, *, event_id: int, person_id: int | None) -> list[SpaceShown]:
    """The spaces this person may read, with how much is new in each; one statement."""
    unread = case((has_news(), 1), else_=0) if person_id is not None else case((col(Thread.id).is_(None), 1), else_=0)
    query = (
        select(Space, func.count(col(Thread.id)), func.sum(unread), func.max(Thread.last_post_at))
        .outerjoin(Thread, (col(Thread.space_id) == col(Space.id)) & col(Thread.merged_into).is_(None))
        .outerjoin(ReadMark, mark_of(person_id))
        .where(Space.event_id == event_id, col(Space.audience_id).in_(readable(person_id)))
        .group_by(col(Space.id))
        .order_by(col(Space.place), col(Space.id))
    )
    rows = (await session.exec(query)).all()
    return [
        SpaceShown(space, threads, int(fresh or 0) if threads and person_id is not None else 0, last)
        for space, threads, fresh, last in rows
    ]


async def space_for(
    session: AsyncSession, space_id: int, *, event_id: int, person_id: int | None
) -> tuple[Space, Standing] | None:
    """A space with what this person may do in it; None when they may not read it."""
    query = select(Space, *rights(Space, person_id)).where(
        Space.id == space_id, Space.event_id == event_id, col(Space.audience_id).in_(readable(person_id))
    )
    row = (await session.exec(query)).one_or_none()
    return None if row is None else (row[0], standing_of(person_id, row[1], row[2]))


async def spaces_to_move_to(session: AsyncSession, *, event_id: int, person_id: int) -> list[Space]:
    """The spaces of an event in which this person writes, and so may look after threads if they moderate."""
    query = (
        select(Space)
        .where(Space.event_id == event_id, col(Space.audience_id).in_(writable(person_id)))
        .order_by(col(Space.place), col(Space.id))
        .limit(200)
    )
    return list((await session.exec(query)).all())


async def threads_of_space(
    session: AsyncSession, space_id: int, *, person_id: int | None, page: int = 1
) -> tuple[list[ThreadShown], bool]:
    """Pinned ones first, then the liveliest: (one page, is there more?). The space was found readable before."""
    query = (
        _threads(person_id)
        .where(Thread.space_id == space_id)
        .order_by(col(Thread.pinned).desc(), col(Thread.last_post_at).desc(), col(Thread.id).desc())
        .offset((page - 1) * THREADS)
        .limit(THREADS + 1)
    )
    rows = (await session.exec(query)).all()
    return [_thread_shown(*row) for row in rows[:THREADS]], len(rows) > THREADS


async def news_for(
    session: AsyncSession,
    *,
    event_id: int,
    person_id: int,
    since: datetime | None,
    limit: int,
) -> list[ThreadShown]:
    """Threads with something this person has not read, the newest first."""
    query = (
        _threads(person_id)
        .where(Thread.event_id == event_id, has_news(), col(Thread.last_by_id).is_distinct_from(person_id))
        .order_by(col(Thread.last_post_at).desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(col(Thread.last_post_at) > since)
    return [_thread_shown(*row) for row in (await session.exec(query)).all()]


async def unanswered(
    session: AsyncSession, *, event_id: int, person_id: int, since: datetime | None, limit: int
) -> list[ThreadShown]:
    """Questions and challenges nobody but their author has answered, the one that waits longest first."""
    query = (
        _threads(person_id)
        .where(Thread.event_id == event_id, col(Thread.kind).in_(list(ASKING)), Thread.answers == 0)
        .where(col(Thread.author_id).is_distinct_from(person_id), col(Thread.locked).is_(False))
        .order_by(col(Thread.started_at))
        .limit(limit)
    )
    if since is not None:
        query = query.where(col(Thread.started_at) > since)
    return [_thread_shown(*row) for row in (await session.exec(query)).all()]


async def thread_for(
    session: AsyncSession, thread_id: int, *, person_id: int | None, event_id: int | None = None
) -> ThreadOpen | None:
    """A thread as this person opens it; None when there is none that they may read. One statement."""
    author, follow = AUTHOR, FOLLOW
    query = (
        select(Thread, Space, author, ReadMark, follow.level, *rights(Thread, person_id))  # type: ignore[call-overload]
        .join(Space, col(Space.id) == col(Thread.space_id))
        .outerjoin(author, col(author.id) == col(Thread.author_id))
        .outerjoin(ReadMark, mark_of(person_id))
        .outerjoin(follow, (col(follow.thread_id) == col(Thread.id)) & (col(follow.person_id) == (person_id or 0)))
        .where(Thread.id == thread_id, col(Thread.audience_id).in_(readable(person_id)))
    )
    if event_id is not None:
        query = query.where(Thread.event_id == event_id)
    row = (await session.exec(query)).one_or_none()
    if row is None:
        return None
    thread, space, author, mark, level, writes, roles = row
    return ThreadOpen(
        thread=thread, space=space, by=by(author), standing=standing_of(person_id, writes, roles),
        read_up_to=mark.position if mark else 0, read_at=mark.at if mark else None,
        line=Line(mark.line, mark.line_since) if mark else Line(0, None), level=level,
    )  # fmt: skip


async def thread_page(
    session: AsyncSession, thread_id: int, *, event_id: int, person_id: int | None, page: int, answering: int = 0
) -> ThreadPage | None:
    """One page of a thread for one person; None when there is none that they may read."""
    opened = await thread_for(session, thread_id, person_id=person_id, event_id=event_id)
    if opened is None:
        return None
    page = min(page, pages(opened.thread.last_position))
    found = await posts.posts_between(
        session, thread_id, first=(page - 1) * PAGE + 1, last=page * PAGE, reader_id=person_id
    )
    source = next((post for post in found if post.id == answering), None)
    if answering and source is None:
        source = await posts.post_shown(session, answering, thread_id=thread_id)
    added = await waiting(session, thread_id, person_id=person_id) if person_id and opened.standing.writes else []
    splits = await split_off(session, thread_id, person_id=person_id) if opened.thread.splits else []
    return ThreadPage(opened, found, await posts.weaves(session, thread_id), page, source, added, splits)


async def split_off(session: AsyncSession, thread_id: int, *, person_id: int | None) -> list[tuple[int, str]]:
    """(id, title) of the threads that posts of this one began, as far as this person may read them."""
    query = (
        select(Thread.id, Thread.title)
        .where(Thread.split_from == thread_id, col(Thread.merged_into).is_(None))
        .where(col(Thread.audience_id).in_(readable(person_id)))
        .order_by(col(Thread.id))
        .limit(20)
    )
    return [(each or 0, title) for each, title in (await session.exec(query)).all()]


async def post_for(session: AsyncSession, post_id: int, *, person_id: int) -> PostOpen | None:
    """A post by itself as this person may see it; None when there is none that they may read."""
    post = await session.get(Post, post_id)
    opened = await thread_for(session, post.thread_id, person_id=person_id) if post is not None else None
    if post is None or opened is None:
        return None
    mine, moderates = post.author_id == person_id, opened.standing.moderates
    shown = await posts.post_shown(session, post_id, thread_id=post.thread_id, reader_id=person_id, moderates=moderates)
    assert shown is not None
    return PostOpen(
        post=shown, thread_title=opened.thread.title, text=post.text if mine else "", mine=mine, moderates=moderates,
        edits=await posts.edits_of(session, post_id) if post.stands or mine or moderates else [],
        writes=opened.standing.writes, deleted_at=post.deleted_at, by_me=post.deleted_by == person_id, worded=post.worded,
        hidden_why=post.hidden_why if mine or moderates else "",
    )  # fmt: skip


async def version_for(session: AsyncSession, thread_id: int, *, person_id: int | None) -> int | None:
    """The thread's version if this person may read it, otherwise nothing: permission and catch-up in one question."""
    query = select(Thread.version).where(Thread.id == thread_id, col(Thread.audience_id).in_(readable(person_id)))
    return (await session.exec(query)).one_or_none()


async def versions(session: AsyncSession, thread_ids: Sequence[int]) -> dict[int, int]:
    """The versions of these threads, for a process that knows its readers already."""
    query = select(Thread.id, Thread.version).where(col(Thread.id).in_(thread_ids))
    return {thread_id or 0: version for thread_id, version in (await session.exec(query)).all()}


async def where_is_thread(session: AsyncSession, thread_id: int, *, person_id: int | None) -> Whereabouts | None:
    query = (
        select(Event.slug, Thread.id, Thread.wall)
        .join(Thread, col(Thread.event_id) == col(Event.id))
        .where(Thread.id == thread_id, col(Thread.audience_id).in_(readable(person_id)))
    )
    row = (await session.exec(query)).one_or_none()
    return None if row is None else Whereabouts(row[0], row[1] or 0, 0, wall=row[2])


async def threads_by_id(session: AsyncSession, ids: Iterable[int]) -> dict[int, ThreadShown]:
    """As nobody in particular has read them; who asks has made sure that they are readable."""
    found = (await session.exec(_with_people(None).where(col(Thread.id).in_(list(ids))))).all()
    return {thread.id: _thread_shown(thread, read, author, last) for thread, read, author, last in found}


def _threads(person_id: int | None) -> Any:
    may_see = (col(Thread.audience_id).in_(readable(person_id)), col(Thread.merged_into).is_(None))
    return _with_people(person_id).where(*may_see)


def _with_people(person_id: int | None) -> Any:
    author, last = AUTHOR, LAST
    return (
        select(Thread, ReadMark.position, author, last)
        .outerjoin(ReadMark, mark_of(person_id))
        .outerjoin(author, col(author.id) == col(Thread.author_id))
        .outerjoin(last, col(last.id) == col(Thread.last_by_id))
    )


def _thread_shown(thread: Thread, read: int | None, author: Person | None, last: Person | None) -> ThreadShown:
    assert thread.id is not None
    return ThreadShown(
        id=thread.id, kind=ThreadKind(thread.kind), title=thread.title, lang=thread.lang, by=by(author),
        last_by=by(last), last_post_at=thread.last_post_at, posts=thread.posts, answers=thread.answers,
        unread=thread.last_position - (read or 0), fresh=read is None, pinned=thread.pinned, locked=thread.locked,
        wall=thread.wall,
    )  # fmt: skip
