"""Work about notices: letters about single posts, and the letter of the morning."""

from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.notices import actions, actions_newsletter
from app.notices.jobs import PlanDigests, SendDigest, SendNewsletter, TellByLetter
from workers.registry import begins, handles


@begins
async def begin(session: AsyncSession, *, now: datetime) -> None:
    await actions.begin_planning(session, now=now)


@handles(TellByLetter)
async def tell_by_letter(session: AsyncSession, work: TellByLetter, *, now: datetime) -> None:
    await actions.tell_by_letter(session, work.notice_id, now=now)


@handles(PlanDigests)
async def plan_digests(session: AsyncSession, work: PlanDigests, *, now: datetime) -> None:
    await actions.plan_digests(session, now=now)


@handles(SendDigest)
async def send_digest(session: AsyncSession, work: SendDigest, *, now: datetime) -> None:
    day = date.fromisoformat(work.day)
    await actions.send_digest(session, work.person_id, event_id=work.event_id, day=day, now=now)


@handles(SendNewsletter)
async def send_newsletter(session: AsyncSession, work: SendNewsletter, *, now: datetime) -> None:
    await actions_newsletter.send_batch(session, work.issue_id, after=work.after, now=now)
