"""Whoever has not read a written step hears of it while they are awake, and never after it was to close."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from app.consultation.actions import correspondence, moves, planning
from app.consultation.engine.reminding import EVENING, LEAST, MORNING, reminder
from app.consultation.jobs import RemindOfStep
from app.core import times
from app.core.db import reading, transaction
from app.core.jobs import Job
from app.core.mail import Letter, LetterState
from app.events.days import is_working_day
from app.notices import actions as notices
from app.notices.jobs import TellByLetter
from app.people.models import Person
from tests.notices.digests import send_digest
from tests.support.clock import Clock
from tests.support.site import Site
from workers.mail import TOO_LATE, _taken_up

from .stage import OPENS, TBILISI, Stage, written_stage

ZONES = (TBILISI, "America/Managua", "Europe/Berlin", "Pacific/Auckland", "Asia/Kathmandu", "Pacific/Pago_Pago")
HOURS = timedelta(hours=20)
CLOSES = OPENS + timedelta(days=1)
DAY = date(2026, 6, 11)


def on_the_clock(zone: str, *, opened: datetime = OPENS, closes: datetime = CLOSES) -> str:
    at = reminder(opened=opened, closes=closes, wanted=HOURS, zone=zone)
    return f"{times.local(at, zone):%a %H:%M}" if at else "never"


def test_a_step_of_one_day_that_opens_at_nine_in_tbilisi() -> None:
    assert on_the_clock(TBILISI) == "Thu 07:00", "an hour before the letter of the morning, two before the close"
    assert on_the_clock("America/Managua") == "Wed 19:00", "their next morning comes nine hours after the close"
    assert on_the_clock("Europe/Berlin") == "Wed 21:00", "at seven it closes: the evening before"


def test_over_a_weekend_nobody_is_reminded_on_it() -> None:
    friday = datetime(2026, 6, 12, 5, 0, tzinfo=UTC)
    monday = friday + timedelta(days=3)
    assert on_the_clock(TBILISI, opened=friday, closes=monday) == "Mon 07:00"
    assert on_the_clock("Europe/Berlin", opened=friday, closes=monday) == "Fri 21:00"


def test_who_sleeps_all_the_while_is_left_alone() -> None:
    night = datetime(2026, 6, 10, 22, 0, tzinfo=UTC)
    assert on_the_clock("Europe/Berlin", opened=night, closes=night + timedelta(hours=6)) == "never"


@given(
    st.sampled_from(ZONES), st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)), st.integers(min_value=1, max_value=120)
)  # fmt: skip
def test_they_are_awake_it_is_a_working_day_and_there_is_time_to_write(zone: str, opened: datetime, hours: int) -> None:
    opens = opened.replace(tzinfo=UTC, microsecond=0)
    closes = opens + timedelta(hours=hours)
    at = reminder(opened=opens, closes=closes, wanted=HOURS, zone=zone)
    quarter = [opens + timedelta(minutes=15 * n) for n in range(1, 4 * hours)]
    open_hours = [each for each in quarter if each <= closes - LEAST and _awake(each, zone)]
    if at is None:
        assert open_hours == []
    else:
        assert opens < at <= closes - LEAST and _awake(at, zone)


def _awake(at: datetime, zone: str) -> bool:
    there = at.astimezone(ZoneInfo(zone))
    return is_working_day(there.date()) and MORNING <= there.time() <= EVENING


@pytest.fixture
async def here(site: Site) -> Stage:
    """The first step is open; the adviser lives in Managua, everybody else in Tbilisi."""
    here = await written_stage()
    async with transaction() as session:
        for person in here.everybody:
            row = await session.get(Person, person)
            assert row is not None
            row.zone, row.zone_confirmed = ("America/Managua" if person == here.adviser else TBILISI), True
        await planning.open_lobby(session, here.room, now=OPENS)
        for person in here.everybody:
            await moves.agree(session, here.room, by=person, now=OPENS)
    return here


async def jobs(name: str) -> list[Job]:
    async with reading() as session:
        return list((await session.exec(select(Job).where(Job.name == name).order_by(col(Job.run_at)))).all())


async def letters_after(at: datetime | None = None) -> list[Letter]:
    """What leaves when the worker does all that is waiting at its time, or everything at once at `at`."""
    for job in await jobs(RemindOfStep.name):
        async with transaction() as session:
            await correspondence.remind(session, job.args["room_id"], step=job.args["step"], now=at or job.run_at)
    for job in await jobs(TellByLetter.name):
        async with transaction() as session:
            await notices.tell_by_letter(session, job.args["notice_id"], now=at or job.run_at)
    async with reading() as session:
        return list((await session.exec(select(Letter).where(Letter.kind == "notices/notice"))).all())


async def digest(here: Stage, person: int, *, day: date, now: datetime) -> Letter | None:
    async with transaction() as session:
        return await send_digest(session, person, event_id=here.event, day=day, now=now)


async def test_managua_gets_a_letter_in_the_evening_and_tbilisi_reads_it_in_the_letter_of_the_morning(
    here: Stage,
) -> None:
    (letter,) = await letters_after()
    assert letter.person_id == here.adviser and letter.until == CLOSES
    assert f"{times.local(letter.written_at, 'America/Managua'):%H:%M}" == "19:10" and letter.written_at < CLOSES
    morning = await digest(here, here.deputy, day=DAY, now=datetime(2026, 6, 11, 4, 0, tzinfo=UTC))
    assert morning is not None and "A step of your consultation is open" in morning.text
    late = await digest(here, here.adviser, day=DAY, now=datetime(2026, 6, 11, 14, 0, tzinfo=UTC))
    assert late is None or "A step of your consultation is open" not in late.text, "in Managua it is over by then"


async def test_a_worker_that_comes_back_after_the_close_tells_nobody(here: Stage) -> None:
    assert await letters_after(CLOSES) == []
    (before,) = await letters_after()
    assert before.person_id == here.adviser, "there was somebody to tell"


async def test_a_letter_that_waited_for_its_mail_server_until_the_close_does_not_leave(
    here: Stage, clock: Clock
) -> None:
    (letter,) = await letters_after()
    clock.go_to(CLOSES - timedelta(minutes=10))
    assert letter.id in await _taken_up([letter.id or 0])
    clock.go_to(CLOSES + timedelta(minutes=1))
    assert await _taken_up([letter.id or 0]) == {}
    async with reading() as session:
        kept = await session.get(Letter, letter.id)
    assert kept is not None and (kept.state, kept.error) == (LetterState.FAILED, TOO_LATE)


async def test_a_step_with_a_day_more_is_news_for_a_day_more_and_is_told_of_once(here: Stage) -> None:
    await letters_after()
    async with transaction() as session:
        await correspondence.extend(
            session, here.room, by=here.moderator, leaving=0, now=CLOSES - timedelta(minutes=30)
        )
    (letter,) = await letters_after()
    assert letter.person_id == here.adviser
    morning = await digest(here, here.adviser, day=DAY, now=datetime(2026, 6, 11, 14, 0, tzinfo=UTC))
    assert morning is not None and "A step of your consultation is open" in morning.text
