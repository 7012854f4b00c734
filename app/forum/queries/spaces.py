"""Where something that concerns the whole event finds its place."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import Audience, AudienceMember
from app.events.models import Event
from app.forum.models import Space


async def first_open_space(session: AsyncSession, event_id: int, *, person_id: int) -> int | None:
    """The first space that all people of the event read, and nobody else, if this person writes there."""
    query = (
        select(Space.id)
        .join(Event, (col(Event.id) == col(Space.event_id)) & (col(Event.audience_id) == col(Space.audience_id)))
        .join(Audience, col(Audience.id) == col(Space.audience_id))
        .join(AudienceMember, col(AudienceMember.audience_id) == col(Space.audience_id))
        .where(Space.event_id == event_id, col(Audience.public).is_(False))
        .where(AudienceMember.person_id == person_id, col(AudienceMember.writes).is_(True))
        .order_by(col(Space.place), col(Space.id))
        .limit(1)
    )
    return (await session.exec(query)).one_or_none()
