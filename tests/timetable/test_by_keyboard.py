"""A coordinator's whole work with keys alone, in German and Arabic: a window, the planner, a lock, publishing; and groups,
lanes and a plan beside the draft."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from app.core.db import reading, transaction
from app.events.queries_members import groups_by_person
from app.main import Setup, close_stores, create_app
from app.matching.solve import solve
from app.timetable import asked, planning, queries, queries_groups, queries_what_if
from tests.browser.bench import served
from tests.support.chromium import Shots
from tests.support.clock import Clock
from tests.timetable.test_browser import BASE, entered
from tests.timetable.test_groups import crowded
from tests.timetable.test_planning import draft, letters, planned
from tests.timetable.test_web import plan
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, offer, open_window, settle

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


async def opened(page: Page, name: str) -> None:
    """One of the board's rarer ways, behind its menu."""
    await page.goto(BASE)
    await to(page, ".board-head .menu > summary")
    await page.keyboard.press("Enter")
    await press(page, f'.board-head a[href="{BASE}/{name}"]')


async def chosen(page: Page, selector: str, words: str) -> None:
    await to(page, selector)
    await page.keyboard.type(words)


@pytest.mark.long
async def test_groups_lanes_and_a_plan_beside_the_draft_without_a_mouse(
    browser: Browser, house: str, shots: Shots
) -> None:
    world = await settle()
    one, other, *_ = await crowded(world, many=45)
    await offer(world, one)
    await open_window(world, TUESDAY, 14, 16)
    await planned(world)
    second = await offer(world, other, title="Who pays for shade?")
    await open_window(world, WEDNESDAY, 14, 16)
    page, troubles = await entered(browser, house, world.watcher)  # who manages may keep people apart

    await opened(page, "groups")
    await press(page, f'a[href="{BASE}/groups/apart"]')
    await chosen(page, "#f-one", "Person 0")
    await chosen(page, "#f-other", "Person 1")
    await press(page, f'form[action="{BASE}/groups/apart"] button')
    async with reading() as session:
        (mark,) = await queries_groups.marks(session, world.event)
    assert {mark.one_id, mark.other_id} == {one, other} and mark.made_by == world.watcher
    await press(page, f'main a[href="{BASE}/groups"]')
    await press(page, f'form[action="{BASE}/groups"] button')
    await to(page, f'input[name="people"][value="{one}"]')
    await page.keyboard.press("Space")
    await press(page, 'button[value="hold"]')
    await press(page, f'form[action="{BASE}/groups"] button')
    await shots.take(page, "groups")
    await press(page, f'form[action="{BASE}/groups/application"] button')
    async with reading() as session:
        built = await queries_groups.grouping(session, world.event)
        groups = await groups_by_person(session, world.event)
    assert built is not None and (built.held, built.seed, built.applied) == ([one], 2, built.edition)
    assert groups[one][0].key != groups[other][0].key

    await page.goto(BASE)
    await press(page, f'a[href="{BASE}/lanes"]')
    await press(page, 'main a[href*="of=advisers"]')
    await to(page, "#f-free")
    await page.keyboard.press("Space")
    await press(page, f'form[action="{BASE}/lanes"] button')
    await press(page, 'a[rel="next"]')
    assert "of=advisers" in page.url and "free=yes" in page.url and "page=2" in page.url
    await shots.take(page, "lanes")
    await press(page, 'main a[href*="of=cases"]')
    await press(page, ".lanes th a")
    assert f"case={second}" in page.url and await page.locator("#why").count() == 1

    await opened(page, "what-if")
    await chosen(page, "#f-name", "One more")
    await press(page, f'form[action="{BASE}/what-if"] button')
    await press(page, 'button[value="propose"]')
    async with reading() as session:
        (beside,) = await queries_what_if.what_ifs(session, world.event)
        run = await queries_what_if.run_of(session, beside)
        problem = await asked.problem_of(session, world.event, now=NOW, plan=beside)
    assert run is not None
    async with transaction() as session:
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=solve(problem, steps=30), now=NOW)
    await page.reload()
    await shots.take(page, "what-if")
    await press(page, 'form[action$="/adoption"] button')
    assert second in {row.case_id for row in (await draft(world))[1]}
    assert [trouble for trouble in troubles if "script" in trouble] == []
    await page.context.close()
