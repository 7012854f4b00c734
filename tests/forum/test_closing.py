"""A thread that closes on a date: whoever is late hears so, and a late or moved job does no harm."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core.db import reading, transaction
from app.core.errors import Forbidden, Invalid, Refused
from app.core.jobs import Job
from app.forum.actions import threads
from app.forum.actions.closing import close_if_due, close_on
from app.forum.models import Thread
from tests.forum.forum import NOON, Forum, a_forum
from tests.support.clock import Clock
from tests.support.site import Site

EVENING, NIGHT = NOON + timedelta(hours=6), NOON + timedelta(hours=10)


async def closing(forum: Forum, thread: Thread, at: datetime | None, *, by: int = 0) -> None:
    async with transaction() as session:
        await close_on(session, thread.id or 0, moderator_id=by or forum.marta, at=at, now=NOON)


async def job(thread: Thread, now: datetime) -> bool:
    """Run the job at `now`; is the thread closed by hand or job?"""
    async with transaction() as session:
        await close_if_due(session, thread.id or 0, now=now)
    async with reading() as session:
        return (await session.exec(select(Thread.locked).where(Thread.id == thread.id))).one()


async def waiting() -> list[datetime]:
    async with reading() as session:
        query = select(Job.run_at).where(Job.name == "CloseThread", Job.state == "waiting").order_by(col(Job.run_at))
        return list((await session.exec(query)).all())


async def test_it_closes_when_its_time_has_come_and_not_before(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    await closing(forum, thread, EVENING)
    await closing(forum, thread, EVENING)
    assert await waiting() == [EVENING]
    assert not await job(thread, EVENING - timedelta(seconds=1))
    await forum.reply(thread, now=EVENING - timedelta(seconds=1))
    with pytest.raises(Refused, match="This thread is closed"):
        await forum.reply(thread, now=EVENING)
    assert await job(thread, EVENING + timedelta(hours=2)), "a late job closes it, too"
    async with transaction() as session:
        await threads.look_after(session, thread.id or 0, moderator_id=forum.marta, locked=False)
    assert not await job(thread, NIGHT), "what was opened by hand stays open when the job runs again"


async def test_a_date_that_is_moved_or_taken_back_counts_and_no_other(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    await closing(forum, thread, EVENING)
    await closing(forum, thread, NIGHT)
    assert await waiting() == [NIGHT]
    assert not await job(thread, EVENING)
    await closing(forum, thread, None)
    assert await waiting() == []
    assert not await job(thread, NIGHT)
    await forum.reply(thread, now=NIGHT)


async def test_only_moderators_and_only_in_the_future(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    with pytest.raises(Forbidden):
        await closing(forum, thread, EVENING, by=forum.tamta)
    with pytest.raises(Invalid):
        await closing(forum, thread, NOON)
    async with transaction() as session:
        await threads.look_after(session, thread.id or 0, moderator_id=forum.marta, locked=True)
    with pytest.raises(Refused, match="closed already"):
        await closing(forum, thread, EVENING)


async def test_the_date_is_chosen_by_a_form_in_the_events_zone_and_seen_by_everybody(site: Site, clock: Clock) -> None:
    forum = await a_forum()
    clock.go_to(NOON)
    thread = await forum.thread()
    here = f"{forum.url}/threads/{thread.id}"
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    assert (await carlos.get(f"{here}/closing")).status_code == 403
    past = await marta.send_form(f"{here}/closing", {"day": "2026-06-12", "at": "13:59"})
    assert (past.status_code, "choose a later one" in past.text, "13:59" in past.text) == (422, True, True)
    assert (await marta.send_form(f"{here}/closing", {"day": "2026-06-12", "at": "18:00"})).status_code == 303
    assert await waiting() == [datetime(2026, 6, 12, 16, 0, tzinfo=UTC)], "18:00 in Berlin"
    page = (await carlos.get(here)).text
    assert "Open for answers until" in page
    assert "10:00" in page, "in Managua"
    assert (await marta.send_form(f"{here}/closing/return")).status_code == 303
    assert "Open for answers until" not in (await carlos.get(here)).text
