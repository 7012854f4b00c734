"""A country changes its clock rules after the invitations: who hears of it, once, and what their calendar gets."""

import pytest
from icalendar import Calendar
from sqlmodel import select

from app.core import signs
from app.core.db import reading, transaction
from app.core.jobs import Job
from app.notices.models import Notice
from app.timetable.jobs import WatchClocks
from app.timetable.models import Told
from tests.timetable.test_planning import letters
from tests.timetable.test_swaps import TUE, Town, a_town
from tests.timetable.world import NOW
from workers import timetable as hands

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def town(database: object) -> Town:
    signs.use_secret("for tests " * 4)
    return await a_town()


async def watched() -> None:
    async with transaction() as session:
        await hands.watch_clocks(session, WatchClocks(), now=NOW)


async def test_every_letter_remembers_what_its_readers_clocks_were_to_show(town: Town) -> None:
    async with reading() as session:
        rows = (await session.exec(select(Told).where(Told.case_id == town.rain))).all()
    assert {row.person_id: (row.zone, row.ahead) for row in rows} == {
        town.world.people[0]: ("Europe/Berlin", 120), town.world.people[2]: ("Europe/Kyiv", 180),
        town.world.people[3]: ("Europe/Belgrade", 120), town.world.people[4]: ("Asia/Yerevan", 240),
        town.world.moderators[0]: ("Europe/Berlin", 120),
    }  # fmt: skip
    await watched()
    assert await letters("timetable/clocks") == [], "the rules are as they were"


async def test_whose_clocks_change_is_written_to_once_and_nobody_else_and_those_who_plan_hear_of_it(town: Town) -> None:
    """As if Kyiv had been without summer time by the rules that were known when the plan was published."""
    async with transaction() as session:
        for row in (await session.exec(select(Told).where(Told.zone == "Europe/Kyiv"))).all():
            row.ahead = 120
            session.add(row)
    await watched()
    await watched()
    (letter,) = await letters("timetable/clocks")
    assert letter.person_id == town.mine
    assert "Tue 20 October, 13:00 Kyiv (UTC+3)" in letter.text and "clocks in Kyiv have changed" in letter.text
    calendar = Calendar.from_ical(letter.attachments[0]["text"])
    (entry,) = calendar.walk("VEVENT")
    assert calendar["method"] == "REQUEST" and entry["dtstart"].dt == TUE
    async with reading() as session:
        told = (await session.exec(select(Notice).where(Notice.kind == "clocks"))).all()
        jobs = (await session.exec(select(Job).where(Job.name == WatchClocks.name))).all()
    assert [(each.person_id, each.title) for each in told] == [(town.world.elene, "Europe/Kyiv")]
    assert len(jobs) == 1, "tomorrow again"


async def test_who_has_no_seat_there_any_more_hears_nothing(town: Town) -> None:
    async with transaction() as session:
        for row in (await session.exec(select(Told).where(Told.zone == "Europe/Kyiv"))).all():
            row.ahead, row.gone = 120, True
            session.add(row)
    await watched()
    assert await letters("timetable/clocks") == []
