"""From the coordinator's button to the open room: planner, letters with calendar files, reminder, open room."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from playwright.async_api import expect
from sqlmodel import select

from app.consultation.models import Consultation
from app.core.db import reading
from app.timetable import queries
from app.timetable.models import Placement
from tests.journeys.conftest import MOSTLY_APART, House
from tests.support.chromium import Shots
from tests.support.clock import Clock
from tests.timetable.world import NOW, TUESDAY, World, offer, open_window, settle

pytestmark = pytest.mark.browser
BASE = "/events/rain-in-the-street/timetable"


@MOSTLY_APART
async def test_a_plan_is_proposed_published_and_its_room_opens_by_itself(
    house: House, clock: Clock, shots: Shots
) -> None:
    clock.go_to(NOW)
    async with house.rows():
        world = await settle()
        await offer(world, world.people[0])
        await open_window(world, TUESDAY, 14, 16)
    house.open()

    giver = "person-0@example.org"
    person = await house.person("Giver", giver, zone="Europe/Berlin", width=360, height=740)
    elene = await house.person("Elene", "elene@example.org", zone="Asia/Tbilisi")
    await elene.goto(BASE)
    await expect(elene.get_by_role("heading", name="1 case has no place yet")).to_be_visible()
    await elene.get_by_role("button", name="Let the planner propose").click()
    await elene.wait_for_load_state()
    tile = elene.locator(".plan .slot", has_text="Who owns the rain?")
    await expect(tile).to_be_visible(timeout=30_000)  # the page shows what the planner found by itself
    await tile.click()
    await expect(elene.get_by_role("heading", name="Why here?")).to_be_visible()
    await shots.take(elene, "board")
    await elene.get_by_role("link", name="Review 1 change and publish").click()
    await elene.get_by_role("button", name="Publish and write the letters").click()
    await expect(elene.get_by_text("letters are on their way")).to_be_visible()

    placement = await placed(house, world)
    everybody = {placement.giver_id, placement.moderator_id, *placement.advisers}
    letter = (await house.mailbox.arrived(2, to=giver))[-1]
    files = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    (meeting,) = Calendar.from_ical(files[0].get_content()).walk("VEVENT")
    assert meeting["dtstart"].dt.timestamp() == placement.starts_at.timestamp()
    written = await house.mailbox.arrived(len(everybody) + 2)
    assert len({each["To"] for each in written if "Your session" in each["Subject"]}) == len(everybody)

    clock.go_to(placement.starts_at - timedelta(minutes=14))
    assert len(await house.mailbox.arrived(to=giver, about="In a few minutes: Who owns the rain?")) == 1
    await person.goto("/events/rain-in-the-street/today")
    await expect(person.get_by_role("heading", name="Your next live session")).to_be_visible()
    await shots.take(person, "today-360")
    await person.get_by_role("link", name="Join").click()
    await expect(person.get_by_role("heading", name="Who owns the rain?").first).to_be_visible()
    async with house.rows(), reading() as session:
        (room,) = (await session.exec(select(Consultation))).all()
    assert room.status == "lobby", "the room opens by itself"
    await shots.take(person, "room-360")


async def placed(house: House, world: World) -> Placement:
    async with house.rows(), reading() as session:
        (placement,) = await queries.placements(session, await queries.published_plan(session, world.event))
    return placement
