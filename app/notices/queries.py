"""Reading about notices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import is_readable, may_read, readable
from app.core.db import locked
from app.core.mail import Reader
from app.core.security import Someone
from app.events.models import Event, Participation
from app.events.rules import said
from app.notices.models import Hearing, Notice
from app.notices.rules import Kind, Level, stamp
from app.people.models import Person
from app.people.queries import as_reader

PAGE = 30


@dataclass(frozen=True)
class Shown:
    """A notice as its reader sees it."""

    id: int
    kind: Kind
    name: str
    title: str
    text: str
    lang: str
    url: str
    at: datetime
    unread: bool


@dataclass(frozen=True)
class Heard:
    """One of my events and how I hear about it."""

    event_id: int
    slug: str
    title: str
    level: Level
    notes: bool


async def notices_of(session: AsyncSession, person_id: int, *, page: int = 1) -> tuple[list[Shown], bool]:
    """The newest first, of what this person may still read: (one page, is there more?)."""
    query = (
        select(Notice, Person.name)
        .outerjoin(Person, col(Person.id) == col(Notice.by_id))
        .where(Notice.person_id == person_id, col(Notice.audience_id).in_(readable(person_id)))
        .order_by(col(Notice.at).desc(), col(Notice.id).desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    rows = (await session.exec(query)).all()
    return [_shown(notice, name) for notice, name in rows[:PAGE]], len(rows) > PAGE


async def unread_since(
    session: AsyncSession, person_id: int, *, event_id: int, since: datetime, limit: int, now: datetime
) -> tuple[list[Shown], int]:
    """What this person has not read yet and is still news, the oldest first: (`limit` of them, how many there are)."""
    found = await unread_of_many(session, [person_id], event_id=event_id, since=since, limit=limit, now=now)
    return found.get(person_id, ([], 0))


async def unread_of_many(
    session: AsyncSession, person_ids: Sequence[int], *, event_id: int, since: datetime, limit: int, now: datetime
) -> dict[int, tuple[list[Shown], int]]:
    """The same of many people at once; nothing for who has read everything."""
    each: dict[str, Any] = {"partition_by": col(Notice.person_id)}
    place = func.row_number().over(order_by=(col(Notice.at), col(Notice.id)), **each).label("place")
    counted = (
        select(Notice.id, place, func.count().over(**each).label("all"))
        .where(
            col(Notice.person_id).in_(person_ids),
            col(Notice.event_id) == event_id,
            col(Notice.read_at).is_(None),
            col(Notice.at) > since,
            _is_news(now),
            col(Notice.kind).not_in((Kind.POST, Kind.THREAD, Kind.ANNOUNCED)),
            is_readable(Notice.audience_id, Notice.person_id),
        )
        .subquery()
    )
    query = (
        select(Notice, Person.name, counted.c.all)
        .join(counted, counted.c.id == col(Notice.id))
        .outerjoin(Person, col(Person.id) == col(Notice.by_id))
        .where(counted.c.place <= limit)
        .order_by(col(Notice.person_id), counted.c.place)
    )
    found: dict[int, tuple[list[Shown], int]] = {}
    for notice, name, count in (await session.exec(query)).all():
        found.setdefault(notice.person_id, ([], count))[0].append(_shown(notice, name))
    return found


async def unread_count(session: AsyncSession, person_id: int, *, but: str = "") -> int:
    """How much this person has not read; `but`: the topic they are reading at this moment."""
    query = select(func.count()).where(
        Notice.person_id == person_id, col(Notice.read_at).is_(None), Notice.topic != but, _readable(person_id)
    )
    return (await session.exec(query)).one()


def header(person_id: Any) -> tuple[ColumnElement[Any], ...]:
    """Columns for the bell: how much this person (a number, or the column of a query) has not read, and since when."""
    mine = col(Notice.person_id) == person_id
    unread = select(func.count()).where(mine, col(Notice.read_at).is_(None), _readable(person_id))
    newest, read = select(func.max(Notice.at)).where(mine), select(func.max(Notice.read_at)).where(mine)
    return unread.scalar_subquery(), newest.scalar_subquery(), read.scalar_subquery()


def with_header(someone: Someone, count: int, *moments: datetime | None) -> Someone:
    """The person with what `header` found about them."""
    return replace(someone, unread=count, told=max(map(stamp, moments)))


async def refreshed(session: AsyncSession, someone: Someone) -> Someone:
    """The same person with how much they have not read now, and where their notices stand; one statement."""
    return with_header(someone, *(await session.exec(select(*header(someone.id)))).one())


async def version(session: AsyncSession, person_id: int) -> int:
    """Where this person's notices stand: see rules.stamp."""
    return (await versions(session, [person_id])).get(person_id, 0)


async def version_for(session: AsyncSession, ref: int, *, person_id: int) -> int | None:
    """The live line's question: everybody follows their own notices and nobody else's."""
    return await version(session, person_id) if person_id == ref else None


async def versions(session: AsyncSession, refs: Sequence[int]) -> dict[int, int]:
    query = (
        select(Notice.person_id, func.max(Notice.at), func.max(Notice.read_at))
        .where(col(Notice.person_id).in_(refs))
        .group_by(col(Notice.person_id))
    )
    return {person_id: max(map(stamp, moments)) for person_id, *moments in (await session.exec(query)).all()}


async def is_there(session: AsyncSession, person_id: int, event_id: int) -> bool:
    """Are there still this person and this event? A letter may be older than both."""
    return await session.get(Person, person_id) is not None and await session.get(Event, event_id) is not None


async def event_title(session: AsyncSession, event_id: int) -> str:
    return (await session.exec(select(Event.title).where(Event.id == event_id))).one_or_none() or ""


async def about(session: AsyncSession, topic: str, ref: int) -> list[Notice]:
    """Everybody's notices about one thing."""
    return list((await session.exec(select(Notice).where(Notice.topic == topic, Notice.ref == ref))).all())


async def told_of(session: AsyncSession, topics: Sequence[str]) -> set[tuple[str, int]]:
    """Who has been told of these topics: (topic, person)."""
    query = select(Notice.topic, Notice.person_id).where(col(Notice.topic).in_(topics))
    return set((await session.exec(query)).all())


async def levels(session: AsyncSession, event_id: int, person_ids: Collection[int]) -> dict[int, Level]:
    """How these people hear about the event; who never chose hears daily."""
    query = select(Hearing.person_id, Hearing.level).where(
        Hearing.event_id == event_id, col(Hearing.person_id).in_(person_ids)
    )
    chosen = {person_id: Level(level) for person_id, level in (await session.exec(query)).all()}
    return {person_id: chosen.get(person_id, Level.DAILY) for person_id in person_ids}


async def heard(session: AsyncSession, person_id: int, lang: str) -> list[Heard]:
    """My events, named in `lang`, with how I hear about them."""
    query = (
        select(Event, Hearing.level, Hearing.notes)
        .join(Participation, col(Participation.event_id) == col(Event.id))
        .outerjoin(Hearing, (col(Hearing.event_id) == col(Event.id)) & (col(Hearing.person_id) == person_id))
        .where(Participation.person_id == person_id)
        .order_by(col(Event.starts_on).desc())
    )
    rows = (await session.exec(query)).all()
    return [
        Heard(event.id or 0, event.slug, said(event, "title", lang), Level(level or Level.DAILY), notes is not False)
        for event, level, notes in rows
    ]


async def hearing(session: AsyncSession, person_id: int, event_id: int) -> Hearing | None:
    query = select(Hearing).where(Hearing.person_id == person_id, Hearing.event_id == event_id)
    return (await session.exec(locked(query))).one_or_none()


AUTHOR = aliased(Person)


async def letter_worth_sending(
    session: AsyncSession, notice_id: int, *, now: datetime
) -> tuple[Notice, Reader, str, str] | None:
    """An unread notice whose person has an address and may still read the thing: (notice, reader, author, event)."""
    query = (
        select(Notice, Person, AUTHOR.name, Event)
        .join(Person, col(Person.id) == col(Notice.person_id))
        .outerjoin(AUTHOR, col(AUTHOR.id) == col(Notice.by_id))
        .join(Event, col(Event.id) == col(Notice.event_id))
        .where(Notice.id == notice_id, col(Notice.read_at).is_(None), _is_news(now))
        .where(col(Person.email).is_not(None), col(Person.left_at).is_(None), col(Person.returned_at).is_(None))
    )
    row = (await session.exec(query)).one_or_none()
    if row is None:
        return None
    notice, person, name, event = row
    if not await may_read(session, notice.audience_id, person.id):
        return None
    return notice, as_reader(person).in_zone(event.zone), name or "", said(event, "title", person.lang)


def _is_news(now: datetime) -> ColumnElement[bool]:
    return col(Notice.until).is_(None) | (col(Notice.until) > now)


def _readable(person_id: Any) -> ColumnElement[bool]:
    return col(Notice.audience_id).in_(readable(person_id))


def _shown(notice: Notice, name: str | None) -> Shown:
    assert notice.id is not None
    return Shown(
        id=notice.id, kind=Kind(notice.kind), name=name or "", title=notice.title, text=notice.text, lang=notice.lang,
        url=notice.url, at=notice.at, unread=notice.read_at is None,
    )  # fmt: skip
