"""A coordinator's whole work with keys alone, in German and Arabic: a window, the planner, a lock, publishing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from app.core.db import reading
from app.main import Setup, close_stores, create_app
from app.timetable import queries
from tests.browser.bench import served
from tests.support.chromium import Shots
from tests.support.clock import Clock
from tests.timetable.test_browser import BASE, entered
from tests.timetable.test_planning import letters
from tests.timetable.test_web import plan
from tests.timetable.world import NOW, offer, settle

pytestmark = pytest.mark.browser


@pytest.fixture
async def house(
    anyio_backend: str, sqlite_url: str, valkey_url: str, tmp_path: Path, clock: Clock
) -> AsyncIterator[str]:
    clock.go_to(NOW)
    setup = Setup(database_url=sqlite_url, redis_url=valkey_url, files=tmp_path, secret="for the keyboard " * 3)
    async with served(create_app(setup)) as address:
        yield address
    await close_stores()


async def to(page: Page, selector: str) -> None:
    """Tab until it has the focus, as somebody does who has no mouse; what cannot be reached fails."""
    for _ in range(150):
        if await page.evaluate("what => document.activeElement.matches(what)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


async def press(page: Page, selector: str) -> None:
    await to(page, selector)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def next_day(page: Page, wanted: str) -> None:
    """A day later in a field for dates, wherever this browser has the number of the day in it."""
    for _ in range(3):
        await page.keyboard.press("ArrowUp")
        if await page.input_value("#f-day") == wanted:
            return
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
    raise AssertionError("no key makes it a day later")


@pytest.mark.parametrize("lang", ["de", pytest.param("ar", marks=pytest.mark.long)])
async def test_from_the_window_to_the_letters_without_a_mouse(
    browser: Browser, house: str, shots: Shots, lang: str
) -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    page, troubles = await entered(browser, house, world.elene, lang=lang, zone="Asia/Tbilisi")
    await page.context.add_cookies([{"name": "lang", "value": lang, "url": house}])
    await page.goto(BASE)
    assert await page.get_attribute("html", "dir") == ("rtl" if lang == "ar" else "ltr")
    await press(page, f'a[href="{BASE}/windows"]')
    await to(page, "#f-day")
    await next_day(page, "2026-10-20")
    await to(page, "#f-rooms")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("2")
    await press(page, f'form[action="{BASE}/windows"] button')
    async with reading() as session:
        (window,) = await queries.windows(session, world.event)
    assert (window.day.isoformat(), window.rooms, window.opened_by) == ("2026-10-20", 2, world.elene)
    await press(page, f'main a[href="{BASE}"]')
    await press(page, f'form[action="{BASE}/proposal"] button')
    await plan(world)
    await page.goto(BASE)
    await press(page, f'.plan a.slot[href*="case={case}"]')
    await press(page, 'form[action*="/lock"] button')
    assert await page.get_attribute('form[action*="/lock"] button', "aria-pressed") == "true"
    await shots.take(page, f"locked-{lang}")
    await press(page, f'a[href="{BASE}/publication"]')
    await press(page, f'form[action="{BASE}/publication"] button')
    async with reading() as session:
        (placed,) = await queries.placements(session, await queries.published_plan(session, world.event))
    assert placed.locked
    assert {letter.person_id for letter in await letters()} == {placed.giver_id, placed.moderator_id, *placed.advisers}
    assert [trouble for trouble in troubles if "script" in trouble] == []
    await page.context.close()
