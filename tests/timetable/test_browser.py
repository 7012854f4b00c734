"""The timetable in a real browser: it fits, axe finds nothing, hours are painted with mouse, finger and keys."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page

from app.core.db import reading, transaction
from app.main import Setup, close_stores, create_app
from app.matching.solve import solve
from app.people.actions import sign_in
from app.timetable import actions_hours, asked, planning, publishing, queries
from tests.browser.bench import served
from tests.browser.look import too_small, too_wide, violations
from tests.support.chromium import Shots, visitor
from tests.support.clock import Clock
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle

pytestmark = pytest.mark.browser
BASE = "/events/rain-in-the-street/timetable"
TITLES = (
    "Who owns the rain?", "Ice in the drains", "Sponge schoolyard", "Cellars under water", "Trees against heat",
    "One-week permits",
)  # fmt: skip


@pytest.fixture
async def house(
    anyio_backend: str, sqlite_url: str, valkey_url: str, tmp_path: Path, clock: Clock
) -> AsyncIterator[str]:
    clock.go_to(NOW)
    setup = Setup(database_url=sqlite_url, redis_url=valkey_url, files=tmp_path, secret="for the timetable " * 3)
    async with served(create_app(setup)) as address:
        yield address
    await close_stores()


@pytest.fixture
async def world(house: str) -> World:
    """Six cases, four of them published, one moved in the draft, and one that nobody can."""
    world = await settle()
    for number, title in enumerate(TITLES):
        await offer(world, world.people[number], title=title)
    await open_window(world, TUESDAY, 14, 17)
    await open_window(world, WEDNESDAY, 11, 14)
    async with transaction() as session:
        busy = [f"{day}T{hour:02}" for day in (TUESDAY, WEDNESDAY) for hour in range(8, 18)]
        await actions_hours.save_hours(
            session, event_id=world.event, person_id=world.people[3], zone="Europe/Belgrade", impossible=busy,
            if_need_be=[], copy=False, now=NOW,
        )  # fmt: skip
    async with transaction() as session:
        run = await planning.propose(session, event_id=world.event, by=world.elene, key="a first run", now=NOW)
        problem = await asked.problem_of(session, world.event, now=NOW)
    async with transaction() as session:
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=solve(problem, steps=50), now=NOW)
    async with transaction() as session:
        await publishing.publish(session, event_id=world.event, number=1, seen=2, by=world.elene, now=NOW)
    async with transaction() as session:
        plan = await queries.latest_plan(session, world.event)
        assert plan is not None
        first = (await queries.placements(session, plan))[0]
        await planning.take_out(session, event_id=world.event, case_id=first.case_id, seen=plan.edition, now=NOW)
    return world


async def entered(browser: Browser, house: str, person: int, **more: object) -> tuple[Page, list[str]]:
    """A browser in which this person is signed in, and the list of what goes wrong in it."""
    troubles: list[str] = []
    page = await visitor(browser, house, troubles=troubles, **more)  # type: ignore[arg-type]
    async with transaction() as session:
        token = await sign_in(session, person_id=person, device="a test", now=NOW)
    await page.context.add_cookies([{"name": "session", "value": token, "url": house}])
    return page, troubles


async def looked_at(page: Page, shots: Shots, name: str) -> None:
    await shots.take(page, name)
    assert await too_wide(page) == []
    assert await too_small(page) == []
    assert await violations(page) == []


@pytest.mark.parametrize(
    ("lang", "width", "dark"),
    [("en", 1280, False), ("en", 360, True), ("de", 360, False), ("ar", 1280, False)],
)
@pytest.mark.long  # test_every_page looks at them with less in them
async def test_the_board_fits_and_axe_finds_nothing(
    browser: Browser, house: str, world: World, shots: Shots, lang: str, width: int, dark: bool
) -> None:
    page, troubles = await entered(browser, house, world.elene, width=width, lang=lang, dark=dark)
    await page.context.add_cookies([{"name": "lang", "value": lang, "url": house}])
    await page.goto(BASE)
    await page.locator(".plan .slot").first.click()
    await page.wait_for_selector("#why")
    await looked_at(page, shots, "board")
    assert [trouble for trouble in troubles if "script" in trouble] == []
    await page.context.close()


@pytest.mark.long  # test_every_page looks at them with less in them
@pytest.mark.parametrize("name", ["hours", "cases", "windows", "publication", "mine"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_the_other_pages_fit_and_axe_finds_nothing(
    browser: Browser, house: str, world: World, shots: Shots, name: str, width: int
) -> None:
    person = world.elene if name in {"windows", "publication"} else world.moderators[0]
    page, _ = await entered(browser, house, person, width=width)
    await page.goto(f"{BASE}/{name}")
    await looked_at(page, shots, name)
    await page.context.close()


def cell(page: Page, hour: str) -> str:
    return f'td:has([name="impossible"][value="{hour}"])'


async def said(page: Page) -> list[str]:
    """What the boxes say that will be sent."""
    return list(
        await page.eval_on_selector_all(".hours input:checked", "those => those.map(i => i.name + ' ' + i.value)")
    )


async def test_hours_are_drawn_with_the_mouse_and_taken_back(browser: Browser, house: str, world: World) -> None:
    page, _ = await entered(browser, house, world.people[0])
    await page.goto(f"{BASE}/hours")
    await page.wait_for_selector("week-grid[data-ready]")
    first, last = page.locator(cell(page, "2026-10-20T09")), page.locator(cell(page, "2026-10-20T11"))
    await first.hover()
    await page.mouse.down()
    await page.locator(cell(page, "2026-10-20T10")).hover()
    await last.hover()
    await page.mouse.up()
    assert await said(page) == [f"impossible 2026-10-20T{hour:02}" for hour in (9, 10, 11)]
    await last.click()
    await page.get_by_label("only if need be", exact=True).first.check()
    await first.click()
    assert await said(page) == ["if_need_be 2026-10-20T09", "impossible 2026-10-20T10"]
    await page.get_by_role("button", name="Save my hours").click()
    await page.wait_for_selector(".banner")
    async with reading() as session:
        sheet = await queries.sheet(session, world.event, world.people[0])
    assert sheet is not None
    assert sheet.marks == {"2026-10-20T09": "if_need_be", "2026-10-20T10": "impossible"}
    await page.context.close()


async def test_hours_are_marked_by_keyboard_alone(browser: Browser, house: str, world: World) -> None:
    page, _ = await entered(browser, house, world.people[0])
    await page.goto(f"{BASE}/hours")
    await page.wait_for_selector("week-grid[data-ready]")
    await page.locator(".hours .hour-cell").first.focus()
    for key in ("Space", "ArrowDown", "Space", "ArrowRight", "ArrowDown", "Space", "Space"):
        await page.keyboard.press(key)
    assert await said(page) == ["impossible 2026-10-19T06", "impossible 2026-10-19T07"]
    label = await page.locator(".hours .hour-cell").first.get_attribute("aria-label")
    assert label == "Mon 19 October 06:00: impossible"
    await page.context.close()


async def test_a_tap_marks_and_a_finger_that_rests_draws(browser: Browser, house: str, world: World) -> None:
    page, _ = await entered(browser, house, world.people[0], width=360, has_touch=True)
    await page.goto(f"{BASE}/hours")
    await page.wait_for_selector("week-grid[data-ready]")
    await page.locator(cell(page, "2026-10-19T09")).tap()
    assert await said(page) == ["impossible 2026-10-19T09"]
    line = await page.context.new_cdp_session(page)
    await page.locator(cell(page, "2026-10-19T12")).scroll_into_view_if_needed()
    spots = []
    for hour in (10, 11, 12):
        box = await page.locator(cell(page, f"2026-10-19T{hour}")).bounding_box()
        assert box is not None
        spots.append({"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2})
    await line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [spots[0]]})
    await page.wait_for_selector(f"{cell(page, '2026-10-19T10')} [name=impossible]:checked", state="attached")
    for spot in spots[1:]:
        await line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [spot]})
    await line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert await said(page) == [f"impossible 2026-10-19T{hour:02}" for hour in (9, 10, 11, 12)]
    await page.context.close()


async def test_a_window_is_drawn_over_the_hours_of_a_day_with_mouse_and_finger(
    browser: Browser, house: str, world: World, shots: Shots
) -> None:
    page, troubles = await entered(browser, house, world.elene, zone="Asia/Tbilisi", has_touch=True)
    await page.goto(f"{BASE}?week=1")
    await page.wait_for_selector("window-draw[data-ready]")
    thursday = await page.locator('.plan th[data-day="2026-10-22"]').evaluate("head => head.cellIndex")

    def hour(at: int) -> Locator:
        return page.locator(f'.plan tr[data-hour="{at}"] > :nth-child({thursday + 1})')

    await hour(9).scroll_into_view_if_needed()
    await hour(12).hover()
    await page.mouse.down()
    await hour(11).hover()
    await hour(10).hover()
    await page.mouse.up()
    dialog = page.get_by_role("dialog")
    await shots.take(page, "drawn")
    assert [await dialog.locator(f"[name={name}]").input_value() for name in ("day", "begins", "ends")] == [
        "2026-10-22", "10:00", "13:00",
    ]  # fmt: skip
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    assert await page.locator(".drawn").count() == 0
    line = await page.context.new_cdp_session(page)
    await hour(15).scroll_into_view_if_needed()
    spots = []
    for at in (14, 15):
        box = await hour(at).bounding_box()
        assert box is not None
        spots.append({"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2})
    await line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": spots[:1]})
    await page.wait_for_selector(".drawn")
    await line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": spots[1:]})
    await line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await dialog.get_by_role("button", name="Open this window").click()
    await page.wait_for_selector(".banner")
    async with reading() as session:
        window = (await queries.windows(session, world.event))[-1]
    assert (window.day.isoformat(), window.begins.hour, window.ends.hour) == ("2026-10-22", 14, 16)
    assert await hour(14).evaluate("cell => cell.classList.contains('open')")
    assert not await hour(13).evaluate("cell => cell.classList.contains('open')")
    assert [trouble for trouble in troubles if "script" in trouble] == []
    await page.context.close()
