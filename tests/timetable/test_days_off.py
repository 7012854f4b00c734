"""Holidays and weekends of one's own country: shown on the sheet and the board, marked only when asked."""

from datetime import date, timedelta

from sqlmodel import select

from app.core.db import reading, transaction
from app.people.models import Person
from app.timetable import queries
from app.timetable.daysoff import DayOff, days_off, in_countries
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.world import FIRST, NOW, TUESDAY, World, open_window, settle

DAYS = [FIRST + timedelta(days=passed) for passed in range(12)]
BASE = "/events/rain-in-the-street/timetable"


def test_every_country_has_its_own_weekend_and_its_holidays_in_the_readers_language_as_far_as_they_are_known() -> None:
    jordan = days_off("JO", DAYS, "en")
    assert [day.isoformat() for day in jordan] == ["2026-10-23", "2026-10-24", "2026-10-30"]
    assert set(jordan.values()) == {DayOff()}
    assert days_off("NP", DAYS, "de")[date(2026, 10, 20)] == DayOff("Bijaya Dashami", "en")
    assert days_off("DE", [date(2026, 10, 3)], "de") == {date(2026, 10, 3): DayOff("Tag der Deutschen Einheit", "de")}
    assert days_off("XK", [date(2026, 2, 17)], "en")[date(2026, 2, 17)].name == "Independence Day"
    assert days_off("", DAYS, "en") == days_off("ZZ", DAYS, "en") == {}


def test_the_turn_of_the_year_has_the_holidays_of_both_years() -> None:
    found = in_countries(["DE", "US"], [date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 4)], "en")
    assert {day: sorted(countries) for day, countries in found.items()} == {
        date(2026, 12, 25): ["DE", "US"], date(2027, 1, 1): ["DE", "US"]
    }  # fmt: skip


async def living_in(world: World, person: int, country: str) -> None:
    async with transaction() as session:
        (await session.exec(select(Person).where(Person.id == person))).one().country = country


@ONE_DATABASE
async def test_the_sheet_shows_days_off_and_marks_them_when_asked_and_the_board_says_whose_they_are(
    site: Site, clock: Clock
) -> None:
    clock.go_to(NOW)
    world = await settle()
    await living_in(world, world.people[0], "JO")
    visitor = await site.as_person(world.people[0])
    page = (await visitor.get(f"{BASE}/hours")).text
    assert page.count('class="day-off"') == 2  # the two Fridays of the event
    assert "Weekends and holidays are impossible for me: Jordan" in page
    await visitor.send_form(
        f"{BASE}/hours", {"zone": "Europe/Berlin", "days_off": "yes", "if_need_be": "2026-10-20T09"}
    )
    async with reading() as session:
        sheet = await queries.sheet(session, world.event, world.people[0])
    assert sheet is not None
    assert {hour[:10] for hour, said in sheet.marks.items() if said == "impossible"} == {"2026-10-23", "2026-10-30"}
    assert sheet.marks["2026-10-20T09"] == "if_need_be"
    await open_window(world, TUESDAY, 14, 16)
    board = (await (await site.as_person(world.elene)).get(f"{BASE}?week=1")).text
    assert "Days off on 1 of these days" in board and "Jordan" in board


@ONE_DATABASE
async def test_whoever_has_moved_sees_their_marks_on_the_new_clocks(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    visitor = await site.as_person(world.people[0])
    await visitor.get(f"{BASE}/hours")
    await visitor.send_form(f"{BASE}/hours", {"zone": "Europe/Berlin", "impossible": ["2026-10-20T10"]})
    async with transaction() as session:
        (await session.exec(select(Person).where(Person.id == world.people[0]))).one().zone = "Asia/Kathmandu"
    page = (await visitor.get(f"{BASE}/hours")).text
    marked = [part.split('"')[0] for part in page.split('name="impossible" value="')[1:] if "checked" in part[:30]]
    assert marked == ["2026-10-20T13", "2026-10-20T14"]  # 13:45 to 14:45 in Kathmandu
