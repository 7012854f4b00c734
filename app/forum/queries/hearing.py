"""How somebody hears about parts of the forum."""

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.events.models import Event
from app.forum.models import Follow, Space, SpaceHearing, Thread
from app.notices.rules import Level

MOST = 50


@dataclass(frozen=True)
class Chosen:
    """A space or a thread for which somebody has said how they want to hear about it."""

    event: str
    title: str
    lang: str
    url: str
    level: Level


async def level_of_space(session: AsyncSession, space_id: int, person_id: int) -> str:
    query = select(SpaceHearing.level).where(SpaceHearing.space_id == space_id, SpaceHearing.person_id == person_id)
    return (await session.exec(query)).one_or_none() or ""


async def chosen_spaces(session: AsyncSession, person_id: int, *, lang: str) -> list[Chosen]:
    query = (
        select(Space, SpaceHearing.level, Event.title, Event.slug)
        .join(SpaceHearing, col(SpaceHearing.space_id) == col(Space.id))
        .join(Event, col(Event.id) == col(Space.event_id))
        .where(SpaceHearing.person_id == person_id, col(Space.audience_id).in_(readable(person_id)))
        .order_by(col(Event.starts_on).desc(), col(Space.place), col(Space.id))
        .limit(MOST)
    )
    return [
        Chosen(event, space.title_in(lang), "", f"/events/{slug}/forum/{space.id}", Level(level))
        for space, level, event, slug in (await session.exec(query)).all()
    ]


async def chosen_threads(session: AsyncSession, person_id: int) -> list[Chosen]:
    """The newest first; those that only follow what was said about space or event are not among them."""
    query = (
        select(Thread, Follow.level, Event.title)
        .join(Follow, col(Follow.thread_id) == col(Thread.id))
        .join(Event, col(Event.id) == col(Thread.event_id))
        .where(Follow.person_id == person_id, Follow.level != "", col(Thread.audience_id).in_(readable(person_id)))
        .where(col(Thread.merged_into).is_(None))
        .order_by(col(Follow.at).desc(), col(Thread.id).desc())
        .limit(MOST)
    )
    return [
        Chosen(event, thread.title, thread.lang, f"/threads/{thread.id}", Level(level))
        for thread, level, event in (await session.exec(query)).all()
    ]
