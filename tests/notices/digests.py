"""The letter of the morning for one person, as the worker would write it."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import reading
from app.core.jobs import Job, JobState
from app.core.mail import Letter
from app.notices import actions_digest
from app.notices.jobs import PlanDigests, SendDigest
from workers import notices as workers
from workers.registry import Turn


async def send_digest(
    session: AsyncSession, person_id: int, *, event_id: int, day: date, now: datetime
) -> Letter | None:
    """What it wrote; None if there was nothing to write."""
    before = select(func.max(Letter.id))
    last = (await session.exec(before)).one() or 0
    await send_digests(session, [SendDigest(person_id, event_id, day.isoformat())], now=now)
    return (await session.exec(select(Letter).where(col(Letter.id) > last))).one_or_none()


async def send_digests(session: AsyncSession, works: Sequence[SendDigest], *, now: datetime) -> None:
    await actions_digest.store(session, await actions_digest.composed(session, works, now=now), now=now)


async def plan_digests(now: datetime) -> None:
    await workers.plan_digests(PlanDigests(), turn=Turn(now=now, attempt=1, last=False))


async def until_planned(person_id: int, at: datetime) -> None:
    """Until this person's digest is planned for this instant; times out when it is planned for another."""
    async with asyncio.timeout(30):
        while True:
            async with reading() as session:
                jobs = (await session.exec(select(Job).where(Job.name == "SendDigest", Job.run_at == at))).all()
            if any(job.args["person_id"] == person_id and job.state == JobState.WAITING for job in jobs):
                return
            await asyncio.sleep(0.1)
