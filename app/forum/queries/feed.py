"""What was written where somebody wants to hear of it, for their private feed."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.events.models import Event
from app.forum.models import Post, Thread
from app.forum.queries.rights import hears_of_thread, standing_posts
from app.people.models import Person


@dataclass(frozen=True)
class Written:
    post_id: int
    thread: str
    html: str
    lang: str
    name: str
    at: datetime
    changed: datetime | None


async def written_for(session: AsyncSession, person_id: int, *, limit: int) -> list[Written]:
    """The newest posts of others in the threads of this person, as far as they may read them now."""
    query = (
        select(Post.id, Thread.title, Post.html, Post.lang, Person.name, Post.created_at, Post.edited_at)  # type: ignore[call-overload]
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .join(Event, col(Event.id) == col(Thread.event_id))
        .outerjoin(Person, col(Person.id) == col(Post.author_id))
        .where(col(Thread.audience_id).in_(readable(person_id)), col(Event.state) != "draft")
        .where(col(Post.author_id).is_distinct_from(person_id), hears_of_thread(person_id), *standing_posts())
        .order_by(col(Post.created_at).desc(), col(Post.id).desc())
        .limit(limit)
    )
    rows = (await session.exec(query)).all()
    return [Written(post_id, title, html, lang, name or "", *at) for post_id, title, html, lang, name, *at in rows]
