"""Work about notices: letters about single posts, and the letter of the morning."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import times
from app.core.db import reading, transaction
from app.notices import actions, actions_digest, actions_newsletter
from app.notices.jobs import PlanDigests, SendDigest, SendNewsletter, TellByLetter
from workers.registry import Turn, begins, handles, handles_many, handles_outside

log = structlog.get_logger()

MORNING = 100
"""Letters of the morning that are composed together, and stored in one transaction."""
PLANNED = 200
"""Mornings that are written down in one transaction."""
_composing = asyncio.Semaphore(2)  # it is computing: more at once are no faster, and take memory


@begins
async def begin(session: AsyncSession, *, now: datetime) -> None:
    await actions_digest.begin_planning(session, now=now)


@handles(TellByLetter)
async def tell_by_letter(session: AsyncSession, work: TellByLetter, *, now: datetime) -> None:
    await actions.tell_by_letter(session, work.notice_id, now=now)


@handles_outside(PlanDigests)
async def plan_digests(_: PlanDigests, *, turn: Turn) -> None:
    """In portions, so that nobody's post waits for the plan of thousands; begun again, it is the same plan."""
    async with reading() as session:
        planned = await actions_digest.planned(session, now=turn.now)
    for first in range(0, len(planned), PLANNED):
        async with transaction() as session:
            await actions_digest.schedule_digests(session, planned[first : first + PLANNED])
    async with transaction() as session:
        await actions_digest.plan_again(session, now=turn.now)


@handles_many(SendDigest, at_once=MORNING)
async def send_digests(wanted: Sequence[tuple[SendDigest, Turn]]) -> list[str]:
    """All of them, or none of them; then each alone, so that one broken letter keeps nobody from theirs."""
    works = [work for work, _ in wanted]
    if await _sent(*works) == "":
        return [""] * len(works)
    return [await _sent(work) for work in works]


async def _sent(*works: SendDigest) -> str:
    try:
        async with _composing:
            async with reading() as session:
                morning = await actions_digest.composed(session, works, now=times.now())
            async with transaction() as session:
                await actions_digest.store(session, morning, now=times.now())
    except Exception as problem:
        log.exception("no letters of the morning", works=works)
        return f"{type(problem).__name__}: {problem}"
    return ""


@handles(SendNewsletter)
async def send_newsletter(session: AsyncSession, work: SendNewsletter, *, now: datetime) -> None:
    await actions_newsletter.send_batch(session, work.issue_id, after=work.after, now=now)
