"""What all letters and calendar entries of one event share, from its rows."""

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.timetable import queries
from app.timetable.letters import About

ANSWERED_FOR = timedelta(days=700)  # after an event was made; its invitations are sent within


async def about_event(session: AsyncSession, event_id: int) -> About:
    event = await queries.event_by_id(session, event_id)
    return About(
        event_id=event_id,
        slug=event.slug,
        title=event.title,
        zone=event.zone,
        titles=await queries.titles(session, event_id),
        rooms=await queries.room_ids(session, event_id),
        house=mail.house(),
        answers_from=event.created_at + ANSWERED_FOR,
    )
