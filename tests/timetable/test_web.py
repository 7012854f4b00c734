"""The pages, as a browser without scripts uses them, on both databases."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from icalendar import Calendar
from sqlmodel import select

from app.core import mail
from app.core.db import reading, transaction
from app.core.gather import Asking
from app.core.mail import Letter
from app.core.render import render
from app.core.times import wall
from app.events.actions_programme import add_block
from app.events.models import Event
from app.matching.repair import repair
from app.matching.solve import solve
from app.timetable import asked, planning, publishing, queries, sources
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor
from tests.support.site import queries as counted
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle

pytestmark = ONE_DATABASE


BASE = "/events/rain-in-the-street/timetable"
KEY = "a key of the browser"
HERE = SimpleNamespace(zone="UTC", slug="rain-in-the-street")


@pytest.fixture
async def world(site: Site, clock: Clock) -> World:
    clock.go_to(NOW)
    return await settle()


async def elene(site: Site, world: World) -> Visitor:
    visitor = await site.as_person(world.elene)
    await visitor.get(BASE)
    return visitor


async def plan(world: World) -> None:
    """What the worker does for the button."""
    async with reading() as session:
        run = await queries.proposal(session, world.event)
        problem = await asked.problem_of(session, world.event, now=NOW)
    assert run is not None
    async with transaction() as session:
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=solve(problem, steps=30), now=NOW)


def edition(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found
    return found[1]


async def test_from_the_first_window_to_the_letters_without_scripts(site: Site, world: World) -> None:
    case = await offer(world, world.people[0])
    visitor = await elene(site, world)
    assert "No window is open yet" in (await visitor.get(BASE)).text
    await visitor.get(f"{BASE}/windows")
    window = {"key": KEY, "day": TUESDAY, "begins": "14:00", "ends": "17:00", "minutes": 90, "rooms": 2}
    assert (await visitor.send_form(f"{BASE}/windows", window)).status_code == 303
    listed = await visitor.get(f"{BASE}/windows")
    assert "Tue 20 October, 14:00 Tbilisi (UTC+4)" in listed.text
    await visitor.send_form(f"{BASE}/proposal", {"key": KEY})
    assert "The planner is about to begin." in (await visitor.get(BASE)).text
    await plan(world)
    board = (await visitor.get(BASE)).text
    assert "Draft 1, not published" in board
    assert f"case={case}#why" in board
    why = (await visitor.get(f"{BASE}?case={case}")).text
    assert "people can, and speak English." in why
    review = (await visitor.get(f"{BASE}/publication")).text
    assert "people get one letter each" in review
    site.app.state.house = replace(site.app.state.house, sends_mail=False)
    sent = await visitor.send_form(f"{BASE}/publication", {"number": 1, "seen": edition(review)})
    assert sent.headers["location"] == BASE
    board = (await visitor.get(BASE)).text
    assert "Version 1 is published" in board
    assert "They wait, because no mail server is set." in board
    async with reading() as session:
        letters = (await session.exec(select(Letter).where(Letter.kind == "timetable/changes"))).all()
    assert len(letters) in (5, 6)


async def test_an_adviser_finds_the_session_in_their_zone_and_takes_the_calendar_file(site: Site, world: World) -> None:
    case = await offer(world, world.people[1])
    await open_window(world, TUESDAY, 14, 16)
    visitor = await elene(site, world)
    await visitor.send_form(f"{BASE}/proposal", {"key": KEY})
    await plan(world)
    page = (await visitor.get(f"{BASE}/publication")).text
    await visitor.send_form(f"{BASE}/publication", {"number": 1, "seen": edition(page)})
    giver = await site.as_person(world.people[1])
    assert "Tue 20 October, 14:00 Tbilisi (UTC+4)" in (await giver.get(f"{BASE}/mine")).text
    file = await giver.get(f"{BASE}/mine/{case}.ics")
    (event,) = Calendar.from_ical(file.content).walk("VEVENT")
    assert event["dtstart"].dt.astimezone(UTC) == datetime(2026, 10, 20, 10, tzinfo=UTC)
    watcher = await site.as_person(world.watcher)
    assert "Who owns the rain?" not in (await watcher.get(f"{BASE}/mine")).text
    assert (await watcher.get(f"{BASE}/mine/{case}.ics")).status_code == 404


async def test_hours_are_painted_in_ones_own_zone_kept_and_counted_on_the_board(site: Site, world: World) -> None:
    visitor = await site.as_person(world.people[1])
    empty = await visitor.get(f"{BASE}/hours")
    assert "Tbilisi (UTC+4)" in empty.text
    assert "checked" not in table(empty.text)
    marks = {"zone": "Asia/Tbilisi", "impossible": ["2026-10-20T14", "2026-10-20T15"], "if_need_be": ["2026-10-20T16"]}
    await visitor.send_form(f"{BASE}/hours", marks)
    kept = table((await visitor.get(f"{BASE}/hours")).text)
    assert re.findall(r'name="(\w+)" value="([^"]+)" checked', kept) == [
        ("impossible", "2026-10-20T14"),
        ("impossible", "2026-10-20T15"),
        ("if_need_be", "2026-10-20T16"),
    ]
    await open_window(world, TUESDAY, 14, 17)
    board = (await (await elene(site, world)).get(BASE)).text
    assert cells(board, 14)[:3] == [9, 8, 9]
    assert cells(board, 16)[:3] == [9, 9, 9]


def table(page: str) -> str:
    return page[page.index("<table") : page.index("</week-grid>")]


def cells(page: str, hour: int) -> list[int]:
    row = next(row for row in re.split(r"<tr[^>]*>", page) if f'class="hour">{hour:02}:00<' in row)
    return [int(found) for found in re.findall(r'class="can">(\d+)<', row)]


async def test_the_first_week_is_copied_when_asked(site: Site, world: World) -> None:
    visitor = await site.as_person(world.people[0])
    await visitor.get(f"{BASE}/hours")
    await visitor.send_form(
        f"{BASE}/hours", {"zone": "Europe/Berlin", "impossible": ["2026-10-20T10"], "copy_week": "yes"}
    )
    kept = table((await visitor.get(f"{BASE}/hours")).text)
    assert re.findall(r'value="([^"]+)" checked', kept) == ["2026-10-20T10", "2026-10-27T10"]


async def test_days_that_are_over_are_not_asked_about_and_keep_what_was_said(
    site: Site, world: World, clock: Clock
) -> None:
    visitor = await site.as_person(world.people[0])
    await visitor.get(f"{BASE}/hours")
    await visitor.send_form(f"{BASE}/hours", {"zone": "Europe/Berlin", "impossible": ["2026-10-20T10"]})
    clock.go_to(datetime(2026, 10, 21, 8, tzinfo=UTC))
    shown = table((await visitor.get(f"{BASE}/hours")).text)
    assert "2026-10-21T10" in shown and "2026-10-20T" not in shown
    await visitor.send_form(f"{BASE}/hours", {"zone": "Europe/Berlin", "impossible": ["2026-10-22T10"]})
    async with reading() as session:
        sheet = await queries.sheet(session, world.event, world.people[0])
    assert sheet is not None and sorted(sheet.marks) == ["2026-10-20T10", "2026-10-22T10"]


async def test_moving_with_an_old_page_is_refused_with_the_way_out(site: Site, world: World) -> None:
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await open_window(world, WEDNESDAY, 14, 16)
    visitor = await elene(site, world)
    await visitor.send_form(f"{BASE}/proposal", {"key": KEY})
    await plan(world)
    seen = edition((await visitor.get(f"{BASE}?case={case}")).text)
    move = {"seen": seen, "slot": "20261021T1000Z"}
    moved = await visitor.send_form(f"{BASE}/placements/{case}?week=1&case={case}", move)
    assert moved.headers["location"] == f"{BASE}?week=1&case={case}#why"
    assert "Wed 21 October, 14:00" in (await visitor.get(f"{BASE}?case={case}")).text
    stale = await visitor.send_form(f"{BASE}/placements/{case}?week=1&case={case}", {**move, "slot": "20261020T1000Z"})
    assert stale.status_code == 409
    assert "Elene has changed this case since you opened the page." in stale.text


async def test_a_window_that_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(
    site: Site, world: World
) -> None:
    visitor = await elene(site, world)
    await visitor.get(f"{BASE}/windows")
    window = {"key": KEY, "day": "2027-01-01", "begins": "07:35", "ends": "11:00", "minutes": 90, "rooms": 2}
    refused = await visitor.send_form(f"{BASE}/windows", window)
    assert refused.status_code == 422
    assert "This day is outside the event." in refused.text
    assert 'value="07:35"' in refused.text


@pytest.mark.parametrize("page", ["windows", "publication", "progress"])
async def test_planning_is_for_those_who_plan(site: Site, world: World, page: str) -> None:
    await offer(world, world.people[0])
    async with transaction() as session:
        await planning.draft(session, world.event, now=NOW)
    assert (await (await elene(site, world)).get(f"{BASE}/{page}")).status_code == 200
    assert (await (await site.as_person(world.people[0])).get(f"{BASE}/{page}")).status_code == 403
    assert (await site.stranger().get(f"{BASE}/{page}")).status_code == 303


async def test_a_participant_who_opens_the_timetable_gets_their_own_sessions(site: Site, world: World) -> None:
    visitor = await site.as_person(world.people[0])
    assert (await visitor.get(BASE)).headers["location"] == f"{BASE}/mine"


async def test_offering_and_withdrawing_a_case(site: Site, world: World) -> None:
    visitor = await site.as_person(world.people[0])
    await visitor.get(f"{BASE}/cases")
    await visitor.send_form(f"{BASE}/cases", {"key": KEY, "title": "Ice in the drains", "lang": "en"})
    mine = (await visitor.get(f"{BASE}/cases")).text
    assert "Ice in the drains" in mine
    assert '<option value="de"' not in mine
    async with transaction() as session:
        (await session.get_one(Event, world.event)).languages = []
    unsaid = (await visitor.get(f"{BASE}/cases")).text
    assert {"en", "de", "ar"} <= {*re.findall(r'<option value="(..)"', unsaid)}, (
        "no event leaves one without a language"
    )
    other = (await (await site.as_person(world.people[1])).get(f"{BASE}/cases")).text
    assert "Ice in the drains" not in other
    action = re.search(r'action="([^"]+/withdrawal)"', mine)
    assert action
    await visitor.send_form(action[1])
    assert "Ice in the drains" not in (await visitor.get(f"{BASE}/cases")).text


async def test_the_board_asks_the_database_as_often_for_ten_cases_as_for_one(site: Site, world: World) -> None:
    visitor = await elene(site, world)
    await open_window(world, TUESDAY, 12, 20)
    await offer(world, world.people[0])
    await plan_with_button(visitor, world, "first")
    await visitor.get(BASE)
    with counted() as one:
        await visitor.get(BASE)
    for number in range(9):
        await offer(world, world.people[number % 7], title=f"Case {number}")
    await plan_with_button(visitor, world, "second")
    with counted() as ten:
        await visitor.get(BASE)
    assert len(ten) == len(one)


async def plan_with_button(visitor: Visitor, world: World, key: str) -> None:
    await visitor.send_form(f"{BASE}/proposal", {"key": f"{key} {KEY}"})
    await plan(world)


async def test_today_shows_my_next_session_and_asks_for_my_hours_until_i_said_them(site: Site, world: World) -> None:
    await offer(world, world.people[1])
    await open_window(world, TUESDAY, 14, 16)
    visitor = await elene(site, world)
    await visitor.send_form(f"{BASE}/proposal", {"key": KEY})
    await plan(world)
    page = (await visitor.get(f"{BASE}/publication")).text
    await visitor.send_form(f"{BASE}/publication", {"number": 1, "seen": edition(page)})
    giver = await site.as_person(world.people[1])
    today = (await giver.get("/events/rain-in-the-street/today")).text
    assert "Your next live session" in today
    assert "We meet live next" not in today
    async with transaction() as session:
        await add_block(
            session, event_id=world.event, key="x", day=1, starts=time(10), minutes=30, title="Arriving", agenda=[]
        )
    today = (await giver.get("/events/rain-in-the-street/today")).text
    assert 0 < today.find("Arriving") < today.find("Your next live session"), "what comes first stands first"
    assert "Add to calendar" in today
    assert "Who owns the rain?" in today
    assert "Which hours are impossible for you?" in today
    await giver.get(f"{BASE}/hours")
    await giver.send_form(f"{BASE}/hours", {"zone": "Asia/Tbilisi"})
    assert "Which hours are impossible for you?" not in (await giver.get("/events/rain-in-the-street/today")).text
    watcher = (await (await site.as_person(world.watcher)).get("/events/rain-in-the-street/today")).text
    assert "Who owns the rain?" not in watcher
    assert "Which hours are impossible for you?" not in watcher


async def test_the_way_into_a_session_is_offered_when_its_room_is_open_and_not_days_before(world: World) -> None:
    begins = wall(TUESDAY, time(14), "Asia/Tbilisi")
    await offer(world, world.people[1])
    await open_window(world, TUESDAY, 14, 16)
    async with transaction() as session:
        await planning.propose(session, event_id=world.event, by=world.elene, key=KEY, now=NOW)
    await plan(world)
    async with transaction() as session:
        draft = await planning.draft(session, world.event, now=NOW)
        await publishing.publish(
            session, event_id=world.event, number=draft.number, seen=draft.edition, by=world.elene, now=NOW
        )
    for minutes, open_by_then in ((16, False), (15, True)):
        asking = Asking(
            person_id=world.people[1], event_id=world.event, event_slug=world.slug, zone="UTC", lang="en",
            now=begins - timedelta(minutes=minutes), since=None,
        )  # fmt: skip
        async with reading() as session:
            part = next(part for part in await sources.today(session, asking) if "next" in part.template)
        assert (part.values["soon"], part.values["opens_at"]) == (open_by_then, begins - timedelta(minutes=15))
        words = render(
            part.template, lang="en", zone="UTC", visit=SimpleNamespace(zone="UTC", here=HERE), **part.values
        )
        assert ("Join" in words) is open_by_then
        assert ("Its room opens 15 minutes before" in words) is not open_by_then


async def test_the_letter_of_the_morning_names_the_session_of_the_day(site: Site, world: World) -> None:
    await offer(world, world.people[1])
    await open_window(world, TUESDAY, 14, 16)
    visitor = await elene(site, world)
    await visitor.send_form(f"{BASE}/proposal", {"key": KEY})
    await plan(world)
    page = (await visitor.get(f"{BASE}/publication")).text
    await visitor.send_form(f"{BASE}/publication", {"number": 1, "seen": edition(page)})
    async with reading() as session:
        asking = Asking(world.people[1], world.event, world.slug, "Asia/Tbilisi", "en", NOW)
        (part,) = await sources.digest(session, asking)
        (reader,) = (await queries.readers(session, [world.people[1]])).values()
        early = replace(asking, now=NOW - timedelta(days=3))
        assert await sources.digest(session, early) == []
    for kind in ("txt", "html"):
        words = mail.part(f"{part.template}.{kind}", to=reader, values=part.values)
        assert "Tue 20 October, 14:00 Tbilisi (UTC+4)" in words
        assert "Who owns the rain?" in words


async def test_the_board_says_which_published_session_no_longer_holds_and_mends_it(site: Site, world: World) -> None:
    await offer(world, world.people[0])
    day = await open_window(world, TUESDAY, 14, 16)
    await open_window(world, WEDNESDAY, 14, 16)
    visitor = await elene(site, world)
    await plan_with_button(visitor, world, "first")
    page = (await visitor.get(f"{BASE}/publication")).text
    await visitor.send_form(f"{BASE}/publication", {"number": 1, "seen": edition(page)})
    board = (await visitor.get(BASE)).text
    assert "Mend with the fewest changes" in board
    assert "cannot stay as it is" not in board
    async with reading() as session:
        (placed,) = await queries.placements(session, await queries.published_plan(session, world.event))
        windows = await queries.windows(session, world.event)
    closed = day if placed.starts_at.date() == TUESDAY else windows[-1].id
    await visitor.send_form(f"{BASE}/windows/{closed}/end")
    board = (await visitor.get(BASE)).text
    assert "1 published session cannot stay as it is" in board
    assert "The time that was announced is no longer offered: " in board
    await visitor.send_form(f"{BASE}/repair", {"key": f"repair {KEY}"})
    assert "The planner is about to begin." in (await visitor.get(BASE)).text
    async with reading() as session:
        run = await queries.proposal(session, world.event)
        problem = await asked.problem_of(session, world.event, now=NOW)
    assert run is not None and run.repair
    async with transaction() as session:
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=repair(problem), now=NOW)
    board = (await visitor.get(BASE)).text
    assert "cannot stay as it is" not in board
    assert "Review 1 change and publish" in board


async def test_a_locked_session_that_cannot_be_held_says_so_and_can_be_unlocked(site: Site, world: World) -> None:
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    visitor = await elene(site, world)
    await plan_with_button(visitor, world, "first")
    page = (await visitor.get(f"{BASE}?case={case}")).text
    await visitor.send_form(f"{BASE}/placements/{case}/lock", {"seen": edition(page), "lock": "yes"})
    await open_window(world, WEDNESDAY, 14, 16)
    giver = await site.as_person(world.people[0])
    await giver.get(f"{BASE}/hours")
    await giver.send_form(f"{BASE}/hours", {"zone": "Asia/Tbilisi", "impossible": [f"{TUESDAY}T14"]})
    for key in ("second", "third"):  # the lock holds from run to run
        await plan_with_button(visitor, world, key)
        board = (await visitor.get(BASE)).text
        assert "1 case has no place yet" in board
        assert "Person 0, whose case it is, cannot at Tue 20 October, 14:00" in board
        assert "A coordinator has locked it at Tue 20 October, 14:00" in board
    assert "Unlock" in board
    await visitor.send_form(f"{BASE}/placements/{case}/lock", {"seen": edition(board), "lock": "no"})
    assert "A coordinator has unlocked it." in (await visitor.get(BASE)).text
    await plan_with_button(visitor, world, "fourth")
    board = (await visitor.get(BASE)).text
    assert "has no place yet" not in board
    assert "Unlock" not in board
