"""Every night what nobody needs any more is forgotten: work that is over, ended sessions, what old letters said,
files that were never sent, archives of events."""

from datetime import datetime, time, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.core.db import transaction
from app.core.jobs import TidyUp, schedule
from app.events.actions_archive import forget_archives
from app.forum.actions import attaching
from app.notices import actions_incoming as incoming
from app.notices import actions_newsletter as newsletter
from app.people import actions as people
from workers import leases
from workers.registry import Turn, begins, handles_outside

WORK_KEPT, FAILURES_KEPT = timedelta(days=30), timedelta(days=180)
SESSIONS_KEPT, LETTERS_KEPT = timedelta(days=30), timedelta(days=180)
AT = time(3, 10)  # UTC


@begins
async def begin(session: AsyncSession, *, now: datetime) -> None:
    night = datetime.combine(now.date(), AT, now.tzinfo)
    night += timedelta(days=1) if night <= now else timedelta()
    await schedule(session, TidyUp(), at=night, key=f"tidy:{night.date()}")


@handles_outside(TidyUp)
async def tidy_up(_: TidyUp, *, turn: Turn) -> None:
    """The next night is arranged first, by itself: whatever breaks in this one, it comes."""
    async with transaction() as session:
        await begin(session, now=turn.now)
    async with transaction() as session:
        now = turn.now
        await leases.forget(session, done_before=now - WORK_KEPT, failed_before=now - FAILURES_KEPT)
        await people.forget_ended(session, before=now - SESSIONS_KEPT)
        await attaching.forget_never_sent(session, now=now)
        await forget_archives(session, now=now)
        await newsletter.forget_unconfirmed(session, now=now)
        await incoming.forget_waiting(session, before=now - LETTERS_KEPT)
        await mail.forget_texts(session, before=now - LETTERS_KEPT)
