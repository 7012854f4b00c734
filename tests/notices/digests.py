"""The letter of the morning for one person, as the worker would write it."""

from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.mail import Letter
from app.notices import actions_digest
from app.notices.jobs import SendDigest


async def send_digest(
    session: AsyncSession, person_id: int, *, event_id: int, day: date, now: datetime
) -> Letter | None:
    letters = await actions_digest.send_digests(session, [SendDigest(person_id, event_id, day.isoformat())], now=now)
    return letters[0] if letters else None
