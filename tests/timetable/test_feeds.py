"""The private calendar address: what a calendar that cannot sign in reads there, and when it reads nothing more."""

import re
from datetime import UTC, datetime

import pytest
from icalendar import Calendar, Event
from sqlmodel import select

from app.core.db import reading, transaction
from app.people.models import Person
from app.timetable import leaving, planning
from app.timetable.models import Told
from app.timetable.problem import slot_id
from tests.support.clock import Clock
from tests.support.site import Site, Visitor
from tests.timetable.test_planning import draft, planned, published
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle

BASE = "/events/rain-in-the-street/timetable"


@pytest.fixture
async def world(site: Site, clock: Clock) -> World:
    clock.go_to(NOW)
    return await settle()


async def told_world(world: World) -> int:
    """One case of person 1, planned and published; its number."""
    case = await offer(world, world.people[1])
    await open_window(world, TUESDAY, 14, 16)
    await open_window(world, WEDNESDAY, 14, 16)
    await planned(world)
    await published(world)
    return case


async def address(visitor: Visitor) -> str:
    page = (await visitor.get(f"{BASE}/mine")).text
    edition = re.search(r'name="edition" value="(\d+)"', page)
    await visitor.send_form(f"{BASE}/mine/calendar", {"edition": edition[1] if edition else "0"})
    return shown((await visitor.get(f"{BASE}/mine")).text)


def shown(page: str) -> str:
    found = re.search(r'readonly value="https?://[^/]+(/calendars/[^"]+\.ics)"', page)
    assert found
    return found[1]


async def entries(site: Site, path: str) -> list[Event]:
    """As a calendar reads it: without a cookie."""
    answer = await site.stranger().get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "private" in answer.headers["cache-control"]
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


async def test_a_calendar_reads_my_sessions_at_my_address_without_signing_in(site: Site, world: World) -> None:
    case = await told_world(world)
    path = await address(await site.as_person(world.people[1]))
    (entry,) = await entries(site, path)
    assert str(entry["uid"]).startswith(f"case-{case}@")
    assert entry["dtstart"].dt.tzinfo is not None
    assert entry["dtstart"].dt.astimezone(UTC) in {datetime(2026, 10, day, 10, tzinfo=UTC) for day in (20, 21)}
    assert str(entry["status"]) == "CONFIRMED"
    assert "attendee" not in entry
    watcher = await address(await site.as_person(world.watcher))
    assert await entries(site, watcher) == []


async def test_a_moved_session_keeps_its_uid_with_a_higher_sequence_and_a_withdrawn_one_is_cancelled(
    site: Site, world: World
) -> None:
    case = await told_world(world)
    path = await address(await site.as_person(world.people[1]))
    (first,) = await entries(site, path)
    plan, (placed,) = await draft(world)
    other = next(day for day in (TUESDAY, WEDNESDAY) if day != placed.starts_at.date())
    slot = slot_id(placed.starts_at.replace(day=other.day))
    async with transaction() as session:
        await planning.move_case(
            session, event_id=world.event, case_id=case, slot=slot, moderator_id=None, seen=plan.edition, now=NOW
        )
    (same,) = await entries(site, path)
    assert same["dtstart"].dt == first["dtstart"].dt, "a draft is nobody's calendar"
    await published(world)
    (moved,) = await entries(site, path)
    assert (str(moved["uid"]), moved["dtstart"].dt.date()) == (str(first["uid"]), other)
    assert int(moved["sequence"]) > int(first["sequence"])
    async with transaction() as session:
        await leaving.withdraw_case(
            session, event_id=world.event, case_id=case, by=world.people[1], is_planner=False, now=NOW
        )
    (gone,) = await entries(site, path)
    assert (str(gone["uid"]), str(gone["status"])) == (str(first["uid"]), "CANCELLED")
    assert int(gone["sequence"]) > int(moved["sequence"])


async def test_who_is_no_longer_in_a_session_sees_it_cancelled(site: Site, world: World) -> None:
    case = await told_world(world)
    path = await address(await site.as_person(world.people[1]))
    (first,) = await entries(site, path)
    plan, _ = await draft(world)
    async with transaction() as session:
        await planning.take_out(session, event_id=world.event, case_id=case, seen=plan.edition, now=NOW)
    await published(world)
    (gone,) = await entries(site, path)
    assert (str(gone["uid"]), str(gone["status"])) == (str(first["uid"]), "CANCELLED")
    assert int(gone["sequence"]) > int(first["sequence"])


async def test_a_new_address_makes_the_old_one_worthless_and_the_end_makes_both(site: Site, world: World) -> None:
    await told_world(world)
    visitor = await site.as_person(world.people[1])
    old = await address(visitor)
    new = await address(visitor)
    assert new != old
    assert (await site.stranger().get(old)).status_code == 404
    assert len(await entries(site, new)) == 1
    await visitor.send_form(f"{BASE}/mine/calendar/end")
    assert (await site.stranger().get(new)).status_code == 404
    assert "Make my calendar address" in (await visitor.get(f"{BASE}/mine")).text
    assert await address(visitor) not in {old, new}


async def test_a_form_sent_twice_makes_one_address(site: Site, world: World) -> None:
    visitor = await site.as_person(world.people[1])
    first = await address(visitor)
    await visitor.send_form(f"{BASE}/mine/calendar", {"edition": "0"})
    assert shown((await visitor.get(f"{BASE}/mine")).text) == first


async def test_an_invented_or_changed_address_and_one_of_somebody_who_left_show_nothing(
    site: Site, world: World
) -> None:
    await told_world(world)
    path = await address(await site.as_person(world.people[1]))
    for wrong in ("/calendars/nothing.ics", path.replace("/calendars/", "/calendars/x"), path.replace(".ics", "x.ics")):
        assert (await site.stranger().get(wrong)).status_code == 404
    async with transaction() as session:
        person = (await session.exec(select(Person).where(Person.id == world.people[1]))).one()
        person.left_at = NOW
        session.add(person)
    assert (await site.stranger().get(path)).status_code == 404


async def test_everybody_in_a_published_plan_is_written_down_once_with_what_they_were_told(
    site: Site, world: World
) -> None:
    case = await told_world(world)
    _, (placed,) = await draft(world)
    async with reading() as session:
        rows = (await session.exec(select(Told))).all()
    assert {row.person_id for row in rows} == {placed.giver_id, placed.moderator_id, *placed.advisers}
    assert {(row.case_id, row.starts_at, row.gone, row.number) for row in rows} == {(case, placed.starts_at, False, 1)}
