"""Somebody drops out after publishing: their calendar is told, the repair is ready, and only who is moved is written to."""

import pytest
from icalendar import Calendar
from playwright.async_api import expect
from sqlmodel import select

from app.core.db import transaction
from app.events.models import Participation
from app.people.models import Person
from tests.journeys.conftest import House
from tests.support.chromium import Shots
from tests.support.clock import Clock
from tests.timetable.test_swaps import a_town
from tests.timetable.world import NOW

pytestmark = [pytest.mark.browser, pytest.mark.long]
EVENT = "/events/rain-in-the-street"
BASE = f"{EVENT}/timetable"


@pytest.mark.parametrize("house", ["together"], indirect=True)
@pytest.mark.parametrize("lang", ["de", "ar"])
async def test_from_the_drop_out_to_the_one_letter(house: House, clock: Clock, shots: Shots, lang: str) -> None:
    clock.go_to(NOW)
    async with house.rows():
        town = await a_town()
        async with transaction() as session:
            part = (
                await session.exec(select(Participation).where(Participation.person_id == town.world.watcher))
            ).one()
            part.roles = ["manager"]
            leaver = (await session.exec(select(Person.email).where(Person.id == town.mine))).one()
    house.open()
    first = await house.mailbox.arrived(10, about="Your session")
    elene = await house.person("Elene", "elene@example.org", zone="Asia/Tbilisi")
    manager = await house.person("Walter", "walter@example.org", zone="Europe/Berlin")
    await elene.context.add_cookies([{"name": "lang", "value": lang, "url": elene.url}])

    await manager.goto(f"{EVENT}/manage/people/{town.mine}")
    form = manager.locator(f'form[action="{EVENT}/manage/people/{town.mine}/end"]')
    async with manager.expect_navigation():
        await form.evaluate("form => form.requestSubmit()")
    (gone,) = await house.mailbox.arrived(1, to=leaver or "", about="has changed")
    (entry,) = [part for part in gone.walk() if part.get_content_type() == "text/calendar"]
    assert Calendar.from_ical(entry.get_content())["method"] == "CANCEL"

    await elene.goto(BASE)
    await expect(elene.locator("html")).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")
    publish = elene.locator(f'a[href="{BASE}/publication"]')
    await expect(publish).to_be_visible(timeout=30_000)
    await expect(elene.locator("#changes ~ ul li")).to_have_count(1, timeout=30_000)
    await shots.take(elene, f"repaired-{lang}")
    await elene.goto("/notices")
    await expect(elene.locator("main").get_by_text("Rain", exact=True)).to_be_visible()
    await elene.goto(f"{BASE}/publication")
    await shots.take(elene, f"review-{lang}")
    async with elene.expect_navigation():
        await elene.locator(f'form[action="{BASE}/publication"] button').click()
    changed = await house.mailbox.arrived(len(first) + 1, about="Your session")
    (moved,) = changed[len(first) :]
    async with house.rows():
        (fresh,) = set((await town.advisers())[town.rain]) - set(town.world.people[3:5])
    assert f"person-{town.world.people.index(fresh)}@" in moved["To"] and fresh != town.mine
    everything = await house.mailbox.arrived()
    assert (
        len([letter for letter in everything if "imetable" in letter["Subject"] or "session" in letter["Subject"]])
        == len(changed) + 1
    )
