"""Two coordinators in two browsers, one in German and one in Arabic, change one draft at the same time."""

import pytest
from playwright.async_api import Page, expect
from sqlmodel import select

from app.core.db import reading, transaction
from app.events.models import Participation
from app.matching.solve import solve
from app.timetable import asked, planning, queries
from tests.journeys.conftest import House
from tests.support.chromium import Shots
from tests.support.clock import Clock
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle

pytestmark = [pytest.mark.browser, pytest.mark.long]
BASE = "/events/rain-in-the-street/timetable"


async def drafted(world: World) -> dict[int, bool]:
    """Case → whether it is locked, of those that have a place in the draft."""
    async with reading() as session:
        rows = await queries.placements(session, await queries.latest_plan(session, world.event))
    return {row.case_id: row.locked for row in rows}


async def two_cases() -> tuple[World, int, int]:
    world = await settle()
    rain, roots = [await offer(world, world.people[at], title=title) for at, title in ((0, "Rain"), (1, "Roots"))]
    for day in (TUESDAY, WEDNESDAY):
        await open_window(world, day, 14, 17)
    async with transaction() as session:
        part = (await session.exec(select(Participation).where(Participation.person_id == world.watcher))).one()
        part.roles = ["coordinator"]
        run = await planning.propose(session, event_id=world.event, by=world.elene, key="a first run", now=NOW)
        problem = await asked.problem_of(session, world.event, now=NOW)
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=solve(problem, steps=30), now=NOW)
    return world, rain, roots


async def pressed(page: Page, selector: str) -> None:
    async with page.expect_navigation():
        await page.locator(selector).first.click()


@pytest.mark.parametrize("house", ["together"], indirect=True)
async def test_each_sees_live_what_the_other_did_nothing_is_lost_and_each_takes_back_their_own(
    house: House, clock: Clock, shots: Shots
) -> None:
    clock.go_to(NOW)
    async with house.rows():
        world, rain, roots = await two_cases()
    house.open()
    elene = await house.person("Elene", "elene@example.org", zone="Asia/Tbilisi")
    walter = await house.person("Walter", "walter@example.org", zone="Europe/Berlin", width=360, height=740)
    for page, lang, case in ((elene, "de", rain), (walter, "ar", roots)):
        await page.context.add_cookies([{"name": "lang", "value": lang, "url": page.url}])
        await page.goto(f"{BASE}?case={case}")
        await expect(page.locator("html")).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")

    await pressed(elene, 'form[action*="/lock"] button')
    await expect(walter.locator("live-region .banner")).to_contain_text("Elene")
    await expect(walter.locator("live-region .banner")).to_contain_text("Rain")
    await shots.take(walter, "told-live")
    await pressed(walter, f'form[action*="/placements/{roots}/end"] button')
    await expect(elene.locator("live-region .banner")).to_contain_text("Walter")
    async with house.rows():
        assert await drafted(world) == {rain: True}, "both changes hold, though both began from the same draft"

    await walter.goto(f"{BASE}?case={rain}")
    await elene.goto(f"{BASE}?case={rain}")
    await pressed(elene, f'form[action*="/placements/{rain}/lock"] button')
    await pressed(walter, f'form[action*="/placements/{rain}/end"] button')
    await expect(walter.get_by_role("alert")).to_contain_text("Elene")
    async with house.rows():
        assert await drafted(world) == {rain: False}, "the second to change the same case reads who was first"
    await shots.take(walter, "refused")

    for page in (walter, elene):
        await page.goto(BASE)
        await pressed(page, f'form[action="{BASE}/undo"] button')
    async with house.rows():
        assert await drafted(world) == {rain: True, roots: False}, "each has taken back their own last change alone"

    (refused,) = [trouble for trouble in house.troubles if "409 (Conflict)" in trouble]
    house.troubles.remove(refused)  # the browser reports the refusal that was wanted
