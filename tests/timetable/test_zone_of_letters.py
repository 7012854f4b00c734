"""Letters to people whose zone nobody knows: the event's clocks by name, and the way to say one's own."""

import pytest
from icalendar import Calendar
from sqlmodel import select

from app.core.db import transaction
from app.people.models import Person
from tests.timetable.test_planning import letters, planned, published
from tests.timetable.world import TUESDAY, World, offer, open_window, settle

pytestmark = pytest.mark.usefixtures("database")


async def told(*, zone: str, confirmed: bool) -> tuple[World, str, str]:
    """The letter and the calendar file of the giver, whose zone is as given."""
    world = await settle()
    async with transaction() as session:
        giver = (await session.exec(select(Person).where(Person.id == world.people[1]))).one()
        giver.zone, giver.zone_confirmed = zone, confirmed
    await offer(world, world.people[1])
    await open_window(world, TUESDAY, 14, 16)
    await planned(world)
    await published(world)
    letter = next(each for each in await letters() if each.person_id == world.people[1])
    return world, letter.text + letter.html, letter.attachments[0]["text"]


async def test_whose_zone_nobody_knows_reads_the_events_clocks_by_name_and_is_asked_for_theirs() -> None:
    _, text, file = await told(zone="UTC", confirmed=False)
    assert "Tue 20 October, 12:00 Berlin (UTC+2)" in text
    assert "We do not know your time zone yet: hours are on the clocks of Berlin." in text
    assert "/me#zone" in text and "UTC (" not in text and "10:00 UTC" not in text
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert event["dtstart"].params["tzid"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("zone", "confirmed", "hour"), [("UTC", True, "10:00 UTC"), ("Asia/Tbilisi", False, "14:00 Tbilisi")]
)
async def test_whoever_has_said_a_zone_or_brought_it_with_their_browser_keeps_it(
    zone: str, confirmed: bool, hour: str
) -> None:
    _, text, _ = await told(zone=zone, confirmed=confirmed)
    assert hour in text
    assert "We do not know your time zone yet" not in text
