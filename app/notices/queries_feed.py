"""Reading for the private feed: whose it is, and what of their events' news stands in it."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.core.db import locked
from app.events.models import Event
from app.notices.models import Feed, Notice
from app.notices.rules import Kind
from app.people.models import Person

NEWS = (Kind.ANNOUNCED, Kind.STEP)
"""What is written in threads the forum itself tells, as it stands at the moment of reading."""


async def feed_of(session: AsyncSession, person_id: int) -> Feed | None:
    """The address, if it is open."""
    return (await session.exec(select(Feed).where(Feed.person_id == person_id, col(Feed.open)))).one_or_none()


async def held(session: AsyncSession, person_id: int) -> Feed | None:
    return (await session.exec(locked(select(Feed).where(Feed.person_id == person_id)))).one_or_none()


async def reader(session: AsyncSession, person_id: int, *, edition: int) -> Person | None:
    """Who reads at this address; None when it was ended or replaced, or its person has left."""
    query = (
        select(Person)
        .join(Feed, col(Feed.person_id) == col(Person.id))
        .where(Person.id == person_id, col(Person.left_at).is_(None), col(Feed.open), Feed.edition == edition)
    )
    return (await session.exec(query)).one_or_none()


async def news(session: AsyncSession, person_id: int, *, limit: int) -> Sequence[Notice]:
    """The newest first, of what this person may still read."""
    query = (
        select(Notice)
        .join(Event, col(Event.id) == col(Notice.event_id))
        .where(Notice.person_id == person_id, col(Notice.kind).in_(NEWS), Event.state != "draft")
        .where(col(Notice.audience_id).in_(readable(person_id)))
        .order_by(col(Notice.at).desc(), col(Notice.id).desc())
        .limit(limit)
    )
    return (await session.exec(query)).all()
