"""Letters: to whom, when, about what; and what must not travel."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core import audience, mail, signs
from app.core.db import reading, transaction
from app.core.jobs import Job, JobState
from app.core.mail import Letter
from app.events.models import Block, Event, Task, TaskDone
from app.forum.actions import posts
from app.forum.actions.reading import choose_thread_level, mark_read
from app.forum.rules import ThreadKind
from app.main import register_sources
from app.notices import actions, queries, rules
from app.notices.models import Hearing, Notice
from app.notices.rules import Kind, Level
from app.people.models import Person
from tests.events.events import an_event, joined
from tests.forum.forum import Forum, a_forum
from tests.notices.digests import plan_digests, send_digest

MONDAY = date(2026, 10, 26)


@pytest.fixture(autouse=True)
def house() -> None:
    signs.use_secret("for tests")
    mail.set_house(name="Fortnight", url="https://fortnight.example.org", domain="example.org")
    register_sources(demo=False)


async def level(person_id: int, event: Event, chosen: Level) -> None:
    async with transaction() as session:
        await actions.choose_level(session, person_id, event_id=event.id or 0, level=chosen)


async def why(person_id: int) -> list[Kind]:
    async with reading() as session:
        return [notice.kind for notice in (await queries.notices_of(session, person_id))[0]]


async def waiting(name: str) -> list[Job]:
    async with reading() as session:
        wanted = select(Job).where(Job.name == name, Job.state == JobState.WAITING).order_by(col(Job.run_at))
        return list((await session.exec(wanted)).all())


async def tell(now: datetime) -> list[Letter]:
    """Do what is waiting about single posts."""
    written = []
    for job in await waiting("TellByLetter"):
        async with transaction() as session:
            written.append(await actions.tell_by_letter(session, job.args["notice_id"], now=now))
    return [letter for letter in written if letter is not None]


async def digest(forum: Forum, person_id: int, *, now: datetime, day: date = MONDAY) -> Letter | None:
    async with transaction() as session:
        return await send_digest(session, person_id, event_id=forum.event.id or 0, day=day, now=now)


async def in_october(forum: Forum) -> None:
    """The event runs from 19 to 30 October 2026, across the end of summer time in Berlin."""
    async with transaction() as session:
        event = (await session.exec(select(Event).where(Event.id == forum.event.id))).one()
        event.starts_on, event.ends_on = date(2026, 10, 19), date(2026, 10, 30)
        session.add(event)


async def test_each_reason_is_told_once_and_the_strongest_wins(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    source = await forum.reply(thread, "The crew that mows must be the crew that planted.", by=forum.marta)
    await forum.reply(thread, "Yes, @Tamta Gelovani!", by=forum.carlos, quote_of=source.id, quote="the crew")
    assert await why(forum.tamta) == [Kind.MENTION, Kind.REPLY]
    assert await why(forum.marta) == [Kind.QUOTE]
    assert await why(forum.carlos) == []
    await forum.reply(thread, "We mow in May.", by=forum.tamta, quote_of=source.id)
    assert await why(forum.marta) == [Kind.REPLY, Kind.QUOTE], "who is answered without a quotation is not quoted"


async def test_who_cannot_read_a_thread_does_not_hear_of_it(database: AsyncEngine) -> None:
    forum = await a_forum()
    closed = await forum.thread(space=await forum.group_space(forum.tamta, forum.marta), by=forum.marta)
    await forum.reply(closed, "Not for @Carlos Zeledón, but for @Marta Lindqvist", by=forum.tamta)
    assert (await why(forum.carlos), await why(forum.marta)) == ([], [Kind.MENTION])


async def test_who_is_no_longer_a_member_neither_sees_the_notice_nor_gets_the_letter(database: AsyncEngine) -> None:
    forum = await a_forum()
    closed = await forum.thread(space=await forum.group_space(forum.tamta, forum.marta), by=forum.marta)
    await level(forum.marta, forum.event, Level.EVERY)
    post = await forum.reply(closed, "The secret of the cellar", by=forum.tamta)
    assert await why(forum.marta) == [Kind.REPLY]
    async with transaction() as session:
        await audience.dismiss(session, closed.audience_id, forum.marta)
    assert await why(forum.marta) == []
    assert await tell(post.created_at + rules.GRACE) == []
    assert await digest(forum, forum.marta, now=rules.morning(MONDAY, "Europe/Berlin")) is None


async def test_a_letter_about_a_post_waits_and_is_not_written_for_who_has_read_it(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await level(forum.tamta, forum.event, Level.EVERY)
    read = await forum.reply(thread, "You will read this at once.")
    async with transaction() as session:
        await mark_read(
            session,
            person_id=forum.tamta,
            thread_id=thread.id or 0,
            position=1,
            now=read.created_at + timedelta(minutes=1),
        )
    unread = await forum.reply(thread, "You will not read this.")
    jobs = await waiting("TellByLetter")
    assert [job.run_at for job in jobs] == [read.created_at + rules.GRACE, unread.created_at + rules.GRACE]
    (letter,) = await tell(unread.created_at + rules.GRACE)
    assert "You will not read this." in letter.text
    assert "at once" not in letter.text
    assert letter.address == "tamta@example.org"
    assert f"https://fortnight.example.org/posts/{unread.id}" in letter.text


async def test_a_post_taken_away_meanwhile_is_told_to_nobody(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await level(forum.tamta, forum.event, Level.EVERY)
    post = await forum.reply(thread, "Sent too early")
    async with transaction() as session:
        await posts.delete_post(session, post.id or 0, person_id=forum.carlos, now=forum.later())
    assert (await why(forum.tamta), await waiting("TellByLetter")) == ([], [])


async def test_a_post_changed_meanwhile_is_told_as_it_is_now(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await level(forum.tamta, forum.event, Level.EVERY)
    post = await forum.reply(thread, "Forty euro")
    async with transaction() as session:
        await posts.edit_post(
            session, post.id or 0, editor_id=forum.carlos, text="Fourteen euro", lang="en", now=forum.later()
        )
    (letter,) = await tell(forum.later() + rules.GRACE)
    assert "Fourteen" in letter.text
    assert "Forty" not in letter.text


async def test_levels_decide_who_gets_a_letter_about_a_post(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await forum.reply(thread, "Daily is the rule")
    assert await waiting("TellByLetter") == []
    await level(forum.tamta, forum.event, Level.NOTHING)
    await forum.reply(thread, "Nothing means nothing")
    assert await waiting("TellByLetter") == []
    async with transaction() as session:
        await choose_thread_level(
            session, person_id=forum.marta, thread_id=thread.id or 0, level=Level.EVERY, now=forum.later()
        )
    await forum.reply(thread, "Marta wants every post here")
    assert [job.args["notice_id"] for job in await waiting("TellByLetter")] != []
    assert await why(forum.marta) == [Kind.POST]


@pytest.mark.parametrize("zone", ["Asia/Tbilisi", "Europe/Berlin", "America/Managua"])
async def test_the_digest_is_planned_for_eight_oclock_across_a_clock_change(database: AsyncEngine, zone: str) -> None:
    forum = await a_forum()
    await in_october(forum)
    async with transaction() as session:
        person = (await session.exec(select(Person).where(Person.id == forum.tamta))).one()
        person.zone = zone
        session.add(person)
    now = datetime(2026, 10, 18, 12, 0, tzinfo=UTC)
    for n in range(4 * 13):
        for _ in range(2):  # a plan that runs twice plans once
            await plan_digests(now + n * rules.PLAN_EVERY)
    jobs = [job for job in await waiting("SendDigest") if job.args["person_id"] == forum.tamta]
    days = [date(2026, 10, day) for day in (19, 20, 21, 22, 23, 26, 27, 28, 29, 30)]
    assert [date.fromisoformat(job.args["day"]) for job in jobs] == days
    assert [job.run_at for job in jobs] == [rules.morning(day, zone) for day in days]


async def test_the_digest_says_what_is_new_and_nothing_that_was_read(database: AsyncEngine) -> None:
    forum = await a_forum()
    read, unread = (
        await forum.thread("Read already", by=forum.tamta),
        await forum.thread("Sponge verges", by=forum.tamta),
    )
    question = await forum.thread("Who has a cellar agreement?", by=forum.carlos, kind=ThreadKind.QUESTION)
    eight = rules.morning(MONDAY, "Asia/Tbilisi")
    for thread in (read, unread):
        await forum.reply(thread, f"An answer in {thread.title}", now=eight - timedelta(hours=5))
    await forum.reply(question, "Still looking", by=forum.carlos, now=eight - timedelta(hours=4))
    async with transaction() as session:
        await mark_read(
            session, person_id=forum.tamta, thread_id=read.id or 0, position=1, now=eight - timedelta(hours=1)
        )
    letter = await digest(forum, forum.tamta, now=eight)
    assert letter is not None
    for shown in (letter.text, letter.html):
        assert "Sponge verges" in shown
        assert "Read already" not in shown
    assert len(letter.text.encode()) + len(letter.html.encode()) < 30_000
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.headers["List-Unsubscribe"].startswith("<https://fortnight.example.org/unsubscribe/")
    assert letter.headers["List-Id"] == f'"Rain in the Street" <event-{forum.event.id}.example.org>'


async def test_a_new_question_without_an_answer_is_in_the_digest_of_those_who_have_not_seen_it(
    database: AsyncEngine,
) -> None:
    forum = await a_forum()
    eight = rules.morning(MONDAY, "Asia/Tbilisi")
    asked = {"by": forum.carlos, "kind": ThreadKind.QUESTION, "now": eight - timedelta(hours=3)}
    await forum.thread("Who has a cellar agreement?", **asked)
    letter = await digest(forum, forum.tamta, now=eight)
    assert letter is not None
    assert "Who has a cellar agreement?" in letter.text
    assert await digest(forum, forum.carlos, now=rules.morning(MONDAY, "America/Managua")) is None  # it is his own


async def test_a_digest_with_nothing_to_say_is_not_written(database: AsyncEngine) -> None:
    forum = await a_forum()
    assert await digest(forum, forum.tamta, now=rules.morning(MONDAY, "Asia/Tbilisi")) is None
    async with reading() as session:
        assert (await session.exec(select(Letter))).all() == []
        assert (await session.exec(select(Hearing))).all() == []


async def test_a_digest_is_written_once_and_its_news_are_old_the_next_day(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    eight = rules.morning(MONDAY, "Asia/Tbilisi")
    await forum.reply(thread, "Hello", now=eight - timedelta(hours=5))
    first = await digest(forum, forum.tamta, now=eight)
    again = await digest(forum, forum.tamta, now=eight + timedelta(minutes=1))
    assert first is not None
    assert again is None or again.id == first.id
    tuesday = MONDAY + timedelta(days=1)
    assert await digest(forum, forum.tamta, now=rules.morning(tuesday, "Asia/Tbilisi"), day=tuesday) is None
    async with reading() as session:
        assert len((await session.exec(select(Letter))).all()) == 1


async def test_who_moved_to_another_zone_gets_the_digest_at_eight_there(database: AsyncEngine) -> None:
    forum = await a_forum()
    await forum.reply(
        await forum.thread(by=forum.tamta), "Hello", now=rules.morning(MONDAY, "Asia/Tbilisi") - timedelta(hours=2)
    )
    async with transaction() as session:
        person = (await session.exec(select(Person).where(Person.id == forum.tamta))).one()
        person.zone = "America/Managua"
        session.add(person)
    assert await digest(forum, forum.tamta, now=rules.morning(MONDAY, "Asia/Tbilisi")) is None
    (job,) = await waiting("SendDigest")
    assert job.run_at == rules.morning(MONDAY, "America/Managua")
    assert await digest(forum, forum.tamta, now=job.run_at) is not None


async def test_who_wants_no_letters_gets_none_and_is_not_planned(database: AsyncEngine) -> None:
    forum = await a_forum()
    await in_october(forum)
    eight = rules.morning(MONDAY, "Asia/Tbilisi")
    await forum.reply(await forum.thread(by=forum.tamta), "Hello", now=eight - timedelta(hours=2))
    await level(forum.tamta, forum.event, Level.NOTHING)
    assert await digest(forum, forum.tamta, now=eight) is None
    await plan_digests(eight - timedelta(hours=1))
    planned = {job.args["person_id"] for job in await waiting("SendDigest")}
    assert forum.tamta not in planned
    assert forum.marta in planned


async def test_the_digest_lists_todays_tasks_and_meetings_in_my_zone_and_the_events_but_nothing_done(
    database: AsyncEngine,
) -> None:
    forum = await a_forum()
    await in_october(forum)
    event_id, day = forum.event.id or 0, 6  # Monday 26 October is the sixth working day
    async with transaction() as session:
        what = {"event_id": event_id, "day": day, "minutes": 10, "until": time(18)}
        tasks = [
            Task(**what, key=str(n), title=title) for n, title in enumerate(("Choose two practices", "Done already"))
        ]
        tomorrow = Task(**{**what, "day": 7}, key="tomorrow", title="Not today")
        block = Block(event_id=event_id, day=day, starts=time(10), minutes=60, title="Market of practices")
        session.add_all([*tasks, tomorrow, block])
        await session.flush()
        session.add(TaskDone(task_id=tasks[1].id or 0, person_id=forum.tamta, done_at=forum.later()))
    letter = await digest(forum, forum.tamta, now=rules.morning(MONDAY, "Asia/Tbilisi"))
    assert letter is not None
    for shown in (letter.text, letter.html):
        assert "Choose two practices" in shown
        assert "Market of practices" in shown
        assert "Done already" not in shown
        assert "Not today" not in shown
    assert "Mon 26 October, 13:00 Tbilisi (UTC+4)" in letter.text
    assert "Mon 26 October, 10:00 Berlin (UTC+1)" in letter.text
    assert "Until Mon 26 October, 21:00 Tbilisi (UTC+4)" in letter.text


async def test_a_digest_stays_small_however_much_happened(database: AsyncEngine) -> None:
    forum = await a_forum()
    eight = rules.morning(MONDAY, "Asia/Tbilisi")
    for n in range(25):
        thread = await forum.thread(f"{n} " + "A long title " * 14, by=forum.tamta)
        await forum.reply(thread, "Many words. " * 400, now=eight - timedelta(hours=2))
        await forum.thread(
            f"Q{n} " + "Long question " * 13, by=forum.carlos, kind=ThreadKind.QUESTION, now=eight - timedelta(hours=2)
        )
    letter = await digest(forum, forum.tamta, now=eight)
    assert letter is not None
    assert len(letter.text.encode()) + len(letter.html.encode()) < 30_000
    assert "All 25" in letter.text


async def test_news_of_another_event_are_not_in_the_digest(database: AsyncEngine) -> None:
    forum = await a_forum()
    other = await an_event("Another event")
    await joined(other, forum.tamta)
    eight = rules.morning(MONDAY, "Asia/Tbilisi")
    await forum.reply(await forum.thread(by=forum.tamta), "Hello", now=eight - timedelta(hours=2))
    async with transaction() as session:
        letter = await send_digest(session, forum.tamta, event_id=other.id or 0, day=MONDAY, now=eight)
    assert letter is None


async def test_the_notice_of_a_post_is_one_row_whatever_is_retried(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    for _ in range(3):
        await forum.reply(thread, "@Tamta Gelovani", key="retried-post-1")
    async with reading() as session:
        assert len((await session.exec(select(Notice))).all()) == 1
