"""The letter of the morning for one person, as the worker would write it."""

import asyncio
from datetime import date, datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import reading
from app.core.jobs import Job, JobState
from app.core.mail import Letter
from app.notices import actions_digest
from app.notices.jobs import SendDigest


async def send_digest(
    session: AsyncSession, person_id: int, *, event_id: int, day: date, now: datetime
) -> Letter | None:
    letters = await actions_digest.send_digests(session, [SendDigest(person_id, event_id, day.isoformat())], now=now)
    return letters[0] if letters else None


async def until_planned(person_id: int, at: datetime) -> None:
    """Until this person's digest is planned for this instant; times out when it is planned for another."""
    async with asyncio.timeout(30):
        while True:
            async with reading() as session:
                jobs = (await session.exec(select(Job).where(Job.name == "SendDigest", Job.run_at == at))).all()
            if any(job.args["person_id"] == person_id and job.state == JobState.WAITING for job in jobs):
                return
            await asyncio.sleep(0.1)
