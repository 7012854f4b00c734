"""Reading what people laid before the moderators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.core.db import locked
from app.events.models import Event
from app.forum.models import Concern, Post, Thread
from app.forum.queries.shown import By, by
from app.forum.rules_concerns import ConcernKind, Outcome
from app.people.models import Person

PAGE = 20


@dataclass(frozen=True)
class ConcernShown:
    """A concern as the moderators and whoever raised it see it. `open_to_reader`: they may read the post's thread."""

    id: int
    kind: ConcernKind
    event_id: int
    event_slug: str
    by: By
    person_id: int
    text: str
    words: str
    lang: str
    at: datetime
    outcome: Outcome | None
    answer: str
    settled_at: datetime | None
    post_id: int | None
    post_by: By
    thread_title: str
    open_to_reader: bool


async def with_key(session: AsyncSession, key: str) -> Concern | None:
    return (await session.exec(select(Concern).where(Concern.key == key))).one_or_none()


async def mine_about(
    session: AsyncSession, post_id: int, person_id: int, *, key: str, kind: ConcernKind
) -> Concern | None:
    """What this person has said about this post already: with this form, or what is still open."""
    query = (
        select(Concern)
        .where(Concern.post_id == post_id, Concern.person_id == person_id, Concern.kind == kind)
        .where((col(Concern.key) == key) | (col(Concern.outcome) == ""))
    )
    return (await session.exec(query)).first()


async def to_change(session: AsyncSession, concern_id: int, *, event_id: int) -> Concern | None:
    """The concern, held; the thread of its post is held before it, as everywhere."""
    thread_id = (
        select(Post.thread_id)
        .join(Concern, col(Concern.post_id) == col(Post.id))
        .where(Concern.id == concern_id)
        .scalar_subquery()
    )
    await session.exec(locked(select(Thread).where(Thread.id == thread_id)))
    query = select(Concern).where(Concern.id == concern_id, Concern.event_id == event_id)
    return (await session.exec(locked(query))).one_or_none()


async def open_about(session: AsyncSession, post_id: int, *, kinds: Sequence[ConcernKind]) -> list[Concern]:
    query = select(Concern).where(Concern.post_id == post_id, col(Concern.kind).in_(kinds), Concern.outcome == "")
    return list((await session.exec(locked(query.order_by(col(Concern.id))))).all())


async def event_of(session: AsyncSession, event_id: int) -> Event:
    event = await session.get(Event, event_id)
    assert event is not None
    return event


async def queue(
    session: AsyncSession, *, event_id: int, person_id: int, page: int = 1, limit: int = PAGE, settled: bool = False
) -> tuple[list[ConcernShown], bool]:
    """What waits, the longest first, or what was settled, the newest first: (one page, is there more?)."""
    query = _concerns(person_id).where(Concern.event_id == event_id)
    if settled:
        query = query.where(Concern.outcome != "").order_by(col(Concern.settled_at).desc(), col(Concern.id).desc())
    else:
        query = query.where(Concern.outcome == "").order_by(col(Concern.at), col(Concern.id))
    rows = (await session.exec(query.offset((page - 1) * limit).limit(limit + 1))).all()
    return [_shown(*row) for row in rows[:limit]], len(rows) > limit


async def waiting(session: AsyncSession, *, event_id: int) -> int:
    query = select(func.count()).select_from(Concern).where(Concern.event_id == event_id, Concern.outcome == "")
    return (await session.exec(query)).one()


RAISED, AUTHOR = aliased(Person), aliased(Person)


async def concern(session: AsyncSession, concern_id: int, *, person_id: int) -> ConcernShown | None:
    row = (await session.exec(_concerns(person_id).where(Concern.id == concern_id))).one_or_none()
    return None if row is None else _shown(*row)


def _concerns(person_id: int) -> Any:
    return (
        select(Concern, Event.slug, RAISED, AUTHOR, Thread.title, col(Thread.audience_id).in_(readable(person_id)))  # type: ignore[call-overload]
        .join(Event, col(Event.id) == col(Concern.event_id))
        .join(RAISED, col(RAISED.id) == col(Concern.person_id))
        .outerjoin(Post, col(Post.id) == col(Concern.post_id))
        .outerjoin(Thread, col(Thread.id) == col(Post.thread_id))
        .outerjoin(AUTHOR, col(AUTHOR.id) == col(Post.author_id))
    )


def _shown(
    concern: Concern, slug: str, raised: Person, author: Person | None, thread_title: str | None, readable: bool | None
) -> ConcernShown:
    assert concern.id is not None
    return ConcernShown(
        id=concern.id, kind=ConcernKind(concern.kind), event_id=concern.event_id, event_slug=slug, by=by(raised),
        person_id=concern.person_id, text=concern.text, words=concern.words, lang=concern.lang, at=concern.at,
        outcome=Outcome(concern.outcome) if concern.outcome else None, answer=concern.answer,
        settled_at=concern.settled_at, post_id=concern.post_id, post_by=by(author),
        thread_title=thread_title if thread_title and readable else "", open_to_reader=bool(readable),
    )  # fmt: skip
