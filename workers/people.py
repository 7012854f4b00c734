"""Work about people: letters that sign them in."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.people.actions import write_sign_in_letter
from app.people.jobs import SendSignInLink
from workers.registry import handles


@handles(SendSignInLink)
async def send_sign_in_link(session: AsyncSession, work: SendSignInLink, *, now: datetime) -> None:
    await write_sign_in_letter(session, work, now=now)
