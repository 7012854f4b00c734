"""Work about notices: letters about single posts, and the letter of the morning."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import times
from app.core.db import transaction
from app.notices import actions, actions_digest, actions_newsletter
from app.notices.jobs import PlanDigests, SendDigest, SendNewsletter, TellByLetter
from workers.registry import Turn, begins, handles, handles_many

log = structlog.get_logger()

MORNING = 50
"""Letters of the morning that are composed together, in one transaction."""


@begins
async def begin(session: AsyncSession, *, now: datetime) -> None:
    await actions_digest.begin_planning(session, now=now)


@handles(TellByLetter)
async def tell_by_letter(session: AsyncSession, work: TellByLetter, *, now: datetime) -> None:
    await actions.tell_by_letter(session, work.notice_id, now=now)


@handles(PlanDigests)
async def plan_digests(session: AsyncSession, work: PlanDigests, *, now: datetime) -> None:
    await actions_digest.plan_digests(session, now=now)


@handles_many(SendDigest, at_once=MORNING)
async def send_digests(wanted: Sequence[tuple[SendDigest, Turn]]) -> list[str]:
    """All of them, or none of them; then each alone, so that one broken letter keeps nobody from theirs."""
    works = [work for work, _ in wanted]
    if await _sent(*works) == "":
        return [""] * len(works)
    return [await _sent(work) for work in works]


async def _sent(*works: SendDigest) -> str:
    try:
        async with transaction() as session:
            await actions_digest.send_digests(session, works, now=times.now())
    except Exception as problem:
        log.exception("no letters of the morning", works=works)
        return f"{type(problem).__name__}: {problem}"
    return ""


@handles(SendNewsletter)
async def send_newsletter(session: AsyncSession, work: SendNewsletter, *, now: datetime) -> None:
    await actions_newsletter.send_batch(session, work.issue_id, after=work.after, now=now)
