"""The demonstration loads as a whole, twice is once, and on another day it begins anew without losing a word."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Consultation, Contribution
from app.consultation.queries import released
from app.core import db, search, signs
from app.core.db import reading, transaction
from app.core.files import use_folder
from app.core.jobs import Job, JobState
from app.core.mail import Letter, LetterState
from app.demo import material
from app.demo.load import load
from app.events.actions_members import join
from app.events.models import Event, Participation, Task
from app.events.queries_programme import block_seats
from app.forum.actions.posts import reply
from app.forum.models import Post, ReadMark, Space, Thread
from app.matching.repair import broken
from app.people.actions import known_or_new
from app.people.models import Person
from app.schema import tables
from app.timetable import feeds
from app.timetable.asked import problem_of, seat, with_slots_of
from app.timetable.queries import attendants, latest_plan, placements, published_plan
from app.timetable.queries_what_if import what_ifs
from app.timetable.views_groups import ground, groups_page
from tests.support.demonstration import Demonstrations

NOW = datetime(2026, 11, 25, 9, 20, tzinfo=UTC)  # a Wednesday
EARLY = datetime(2026, 11, 24, 23, 40, tzinfo=UTC)  # day 5 is 40 minutes old in Berlin
LATE = datetime(2026, 11, 27, 22, 20, tzinfo=UTC)
WEEKEND = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SLUG = material.event().event.key


@pytest.fixture(scope="module")
def loaded_sqlite(demonstrations: Demonstrations, tmp_path_factory: pytest.TempPathFactory) -> str:
    return demonstrations.copy_to(tmp_path_factory.mktemp("loaded"), NOW)


@pytest.fixture
async def loaded(anyio_backend: str, loaded_sqlite: str) -> AsyncIterator[None]:
    """The demonstration as it was loaded at NOW, for looking only."""
    db.connect(loaded_sqlite)
    yield
    await db.disconnect()


@pytest.fixture
async def own_copy(anyio_backend: str, demonstrations: Demonstrations, tmp_path: Path) -> AsyncIterator[None]:
    """The same, to be changed by one test."""
    use_folder(tmp_path / "own files")
    db.connect(demonstrations.copy_to(tmp_path, NOW))
    yield
    await db.disconnect()


@pytest.fixture
async def loaded_then(
    request: pytest.FixtureRequest, anyio_backend: str, demonstrations: Demonstrations, tmp_path: Path
) -> AsyncIterator[None]:
    """As it was loaded at another instant."""
    db.connect(demonstrations.copy_to(tmp_path, request.param))
    yield
    await db.disconnect()


async def count(session: AsyncSession, model: Any) -> int:
    return (await session.exec(select(func.count()).select_from(model))).one()


async def rows_of_all_tables() -> dict[str, int]:
    async with reading() as session:
        connection = await session.connection()
        found = {}
        for name, table in tables().tables.items():
            found[name] = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        return found


async def the_event(session: AsyncSession) -> Event:
    return (await session.exec(select(Event).where(Event.slug == SLUG))).one()


async def person(session: AsyncSession, key: str) -> Person:
    return (await session.exec(select(Person).where(Person.email == f"{key}@example.org"))).one()


async def test_it_is_day_five_and_everything_of_the_material_is_there(loaded: None) -> None:
    async with reading() as session:
        event = await the_event(session)
        assert (event.starts_on, event.ends_on, event.state) == (date(2026, 11, 19), date(2026, 12, 2), "published")
        assert await count(session, Participation) == 44 + 4  # the workshop's team besides
        told = [thread for circle in material.forum() for thread in circle.threads]
        assert await count(session, Thread) == len(told) + len(material.splits()["splits"])
        assert await count(session, Post) == sum(len(thread.posts) for thread in told)
        everybody = (await session.exec(select(Person))).all()
        assert all(each.fictional and (each.email or "").endswith("@example.org") for each in everybody)
        following = (await session.exec(select(Event).where(Event.predecessor_id == event.id))).one()
        assert following.kind == "planning_workshop" and following.starts_on > event.ends_on


async def test_loading_twice_changes_nothing(loaded: None) -> None:
    before = await rows_of_all_tables()
    assert not await load(NOW + timedelta(hours=3))
    assert await rows_of_all_tables() == before


@pytest.mark.parametrize("loaded_then", [EARLY], indirect=True)
async def test_nothing_lies_in_the_future_but_plans(loaded_then: None) -> None:
    async with reading() as session:
        for moment in (Post.created_at, Thread.started_at, Letter.written_at, Contribution.written_at, ReadMark.at):
            assert (await session.exec(select(func.max(moment)))).one() <= EARLY, moment
        posts = (await session.exec(select(Post).order_by(col(Post.thread_id), col(Post.position)))).all()
        for one, next_one in pairwise(posts):
            assert one.thread_id != next_one.thread_id or one.created_at < next_one.created_at


async def test_letters_of_past_days_have_left_and_no_alarm_of_the_past_rings(loaded: None) -> None:
    async with reading() as session:
        letters = (await session.exec(select(Letter))).all()
        assert {letter.state for letter in letters} == {LetterState.SENT}
        assert any(letter.attachments for letter in letters), "invitations carry a calendar file"
        waiting = (await session.exec(select(Job).where(Job.state == JobState.WAITING))).all()
        assert waiting and all(job.run_at > NOW for job in waiting)
        assert not [job for job in waiting if job.name == "SendLetter"]


async def test_everybody_has_something_unread_and_nobody_has_lost_their_place(loaded: None) -> None:
    async with reading() as session:
        threads = {thread.id: thread for thread in (await session.exec(select(Thread))).all()}
        marks = (await session.exec(select(ReadMark))).all()
        for mark in marks:
            assert 0 <= mark.position <= threads[mark.thread_id].last_position
        behind = Counter(mark.person_id for mark in marks if mark.position < threads[mark.thread_id].last_position)
        assert set(behind) == {each.id for each in (await session.exec(select(Person))).all()}


async def test_a_closed_circle_stays_closed(loaded: None) -> None:
    async with reading() as session:
        stranger, member = await person(session, "milos"), await person(session, "tamta")
        group = (await session.exec(select(Space).where(col(Space.key).endswith("-space-group-rain")))).one()
        assert [word.title for word in (await search.find(session, "litres before opinions", person_id=member.id))[0]]
        assert not (await search.find(session, "litres before opinions", person_id=stranger.id))[0]
        assert group.audience_id != (await the_event(session)).audience_id


async def test_the_finished_consultation_left_a_protocol_of_what_was_released_and_kept_the_rest(
    loaded: None,
) -> None:
    told = material.consultations().finished[0]
    async with reading() as session:
        room = (await session.exec(select(Consultation).where(Consultation.status == "closed"))).one()
        assert room.id is not None and room.title == told.working_title and room.released_at is not None
        said = {row.text for row in await released(session, room.id)}
        cards = {w.key: w.text for step in told.steps for w in step.writes if w.key}
        assert told.release is not None
        assert {cards[key] for key in told.release.cards} <= said
        kept_back = cards["c3"]
        assert "c3" not in told.release.cards and kept_back not in said
        found, _ = await search.find(session, "own the decision", person_id=(await person(session, "milos")).id)
        assert not [each for each in found if "somebody dies" in each.excerpt]


async def test_the_timetable_is_half_made_with_a_session_ahead(loaded: None) -> None:
    async with reading() as session:
        event = await the_event(session)
        told = await placements(session, await published_plan(session, event.id or 0))
        assert len(told) == 4
        ahead = [row for row in told if row.starts_at > NOW]
        assert len(ahead) == 3 and timedelta(minutes=40) <= ahead[0].starts_at - NOW <= timedelta(minutes=70)


@pytest.mark.parametrize(
    "started", [EARLY, pytest.param(LATE, marks=pytest.mark.long), WEEKEND], ids=["early", "late", "weekend"]
)
async def test_whenever_it_is_started_no_published_session_is_one_that_cannot_stay(
    anyio_backend: str, demonstrations: Demonstrations, tmp_path: Path, started: datetime
) -> None:
    db.connect(demonstrations.copy_to(tmp_path, started))
    async with reading() as session:
        event = await the_event(session)
        assert len(await placements(session, await published_plan(session, event.id or 0))) == 4
        problem = await problem_of(session, event.id or 0, now=started)
        assert len(problem.previous) == 3
        assert broken(problem) == {}
        (beside,) = await what_ifs(session, event.id or 0)
        rows = [row for row in await placements(session, beside) if row.starts_at > started]
        tried = replace(
            problem, previous=tuple(map(seat, rows)), slots=tuple(with_slots_of(rows, problem.slots)), locks=()
        )
        assert len(tried.previous) == 5 and broken(tried) == {}
    await db.disconnect()


async def test_a_plan_is_tried_beside_the_draft_groups_are_proposed_and_a_live_part_has_two_sittings(
    loaded: None,
) -> None:
    async with reading() as session:
        event = await the_event(session)
        number = event.id or 0
        (beside,) = await what_ifs(session, number)
        assert beside.name == "What if Thursday evening closes"
        draft = {row.case_id: row.starts_at for row in await placements(session, await latest_plan(session, number))}
        tried = {row.case_id: row.starts_at for row in await placements(session, beside)}
        assert len(tried) == len(draft) + 1 and sum(tried[case] != at for case, at in draft.items()) == 2
        groups = await groups_page(session, number)
        assert groups.row is not None and not groups.row.applied and len(groups.held) == 4 and not groups.without
        assert not groups.broken and not [shown for shown in groups.groups if shown.odd]
        (pair,) = (await ground(session, number)).apart
        assert pair == tuple(sorted([(await person(session, key)).id or 0 for key in ("milos", "elena")]))
        seats = await block_seats(session, number)
        zones = {each.id: each.zone for each in await attendants(session, number)}
        assert sorted(seat.person_id for seat in seats) == sorted(zones), "everybody has one sitting"
        assert sum(seat.by_hand for seat in seats) == 3


async def test_tasks_of_the_programme_lead_to_their_threads(loaded: None) -> None:
    async with reading() as session:
        event = await the_event(session)
        tasks = (await session.exec(select(Task).where(Task.event_id == event.id))).all()
        places = {task.title: task.goes_to for task in tasks}
        thread = (await session.exec(select(Thread).where(col(Thread.key).endswith("-thread-task-day-2")))).one()
        assert places["Read two practices and ask one question about each"] == f"/threads/{thread.id}"


@pytest.mark.postgres
async def test_postgresql_holds_the_same_and_on_the_next_day_an_untouched_run_gives_way_to_a_new_one(
    loaded_sqlite: str, postgres_url: str, tmp_path: Path
) -> None:
    db.connect(loaded_sqlite)
    expected = await rows_of_all_tables()
    await db.disconnect()
    use_folder(tmp_path / "files")
    db.connect(postgres_url)
    assert await load(NOW)
    assert await rows_of_all_tables() == expected
    assert not await load(NOW + timedelta(hours=3))
    assert await load(NOW + timedelta(days=1))
    # the hour decides which half hour lies ahead, not how much there is
    assert await rows_of_all_tables() == expected
    async with reading() as session:
        assert (await the_event(session)).starts_on == date(2026, 11, 20)
    await db.disconnect()


async def test_what_a_visitor_wrote_is_kept_when_a_new_run_begins(own_copy: None) -> None:
    async with transaction() as session:
        event = await the_event(session)
        guest = await known_or_new(session, email="guest@example.org", name="A guest", lang="en", now=NOW)
        await join(session, event_id=event.id or 0, person_id=guest, roles=["practitioner"], now=NOW)
        thread = (await session.exec(select(Thread).where(col(Thread.key).endswith("-thread-hello")))).one()
        assert thread.id is not None
        await reply(session, thread_id=thread.id, author_id=guest, key="a-key", text="Drizzle.", lang="en", now=NOW)
    assert await load(NOW + timedelta(days=1))
    async with reading() as session:
        kept = (await session.exec(select(Event).where(Event.slug == f"{SLUG}-2026-11-19"))).one()
        assert (kept.state, kept.demo) == ("archived", False)
        post = (await session.exec(select(Post).where(Post.text == "Drizzle."))).one()
        assert post.thread_id == thread.id
        new = await the_event(session)
        parts = await session.exec(select(Participation.event_id).where(Participation.person_id == guest))
        assert set(parts.all()) == {kept.id, new.id}, "the guest comes along"


@pytest.mark.parametrize("loaded_then", [WEEKEND], indirect=True)
async def test_on_a_weekend_day_five_was_friday(loaded_then: None) -> None:
    async with reading() as session:
        assert (await the_event(session)).starts_on == date(2026, 11, 16)
    assert not await load(datetime(2026, 11, 22, 20, 0, tzinfo=UTC))


async def test_a_private_calendar_holds_sessions_and_no_word_of_the_cases_in_them(own_copy: None) -> None:
    signs.use_secret("for tests " * 4)
    async with transaction() as session:
        rooms = (await session.exec(select(Consultation).where(Consultation.case_text != ""))).all()
        secrets = {line for row in rooms for line in row.case_text.splitlines() if len(line) > 20}
        secrets |= {row.text for row in (await session.exec(select(Contribution))).all()}
        calendars = b""
        for person, event in (await session.exec(select(Participation.person_id, Participation.event_id))).all():
            feed = await feeds.open_feed(session, event_id=event, person_id=person, edition=0, now=NOW)
            word = feeds.path_of(feed).removeprefix("/calendars/").removesuffix(".ics")
            calendars += await feeds.calendar_at(session, word, now=NOW)
    text = calendars.decode().replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") > 10 and len(secrets) > 20
    assert not [secret for secret in secrets if secret[:40] in text]
