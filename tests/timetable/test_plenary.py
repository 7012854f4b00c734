"""Live parts of the programme across the zones: who comes to which sitting, and what it costs whom."""

from datetime import UTC, datetime, time

from app.core.db import transaction
from app.events.models import Block
from app.timetable.plenary import Offer, seated
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.world import NOW, settle

MORNING, EVENING = datetime(2026, 6, 8, 8, tzinfo=UTC), datetime(2026, 6, 8, 16, tzinfo=UTC)
ZONES = {1: "Asia/Ulaanbaatar", 2: "Europe/Berlin", 3: "America/Managua", 4: "Europe/Berlin"}


def test_everybody_comes_to_the_sitting_that_lies_best_on_their_own_clocks() -> None:
    east, west = Offer(1, (1, "Opening"), MORNING, 90), Offer(2, (1, "Opening"), EVENING, 90)
    (part,), points = seated([west, east], ZONES)
    assert part.comes == {1: 3, 2: 1} and part.night == [] and part.second is None
    assert points == {1: 1, 2: 0, 3: 0, 4: 0}, "16 to half past 17 in Ulaanbaatar, 10 in Managua"


def test_who_would_come_at_night_is_named_with_the_hour_that_would_help_most() -> None:
    (part,), points = seated([Offer(1, (1, "Opening"), MORNING, 90)], ZONES)
    assert part.night == [3] and points[3] == 10
    assert part.second is not None
    start, left = part.second
    assert left == 0
    (again,), _ = seated([part.offers[0], Offer(2, (1, "Opening"), start, 90)], ZONES)
    assert again.night == [], "as it was said"


def test_points_add_up_over_the_parts_and_nobody_takes_part_in_none() -> None:
    offers = [Offer(day, (day, "Round"), MORNING.replace(day=day), 90) for day in (8, 9, 10)]
    parts, points = seated(offers, ZONES)
    assert [part.comes for part in parts] == [{8: 4}, {9: 4}, {10: 4}] and points[3] == 30
    assert seated([], ZONES) == ([], dict.fromkeys(ZONES, 0))
    assert seated(offers, {})[1] == {}


@ONE_DATABASE
async def test_those_who_plan_read_it_before_the_programme_is_published(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    async with transaction() as session:
        for starts, called, optional in ((time(3), "East", False), (time(3, 30), "", True)):
            session.add(
                Block(
                    event_id=world.event, day=2, starts=starts, minutes=90, title="If you like" if optional else "Opening",
                    sitting=called, optional=optional,
                )
            )  # fmt: skip
    url = f"/events/{world.slug}/timetable/plenary"
    page = (await (await site.as_person(world.elene)).get(url)).text
    assert "Opening" in page and "East" in page and "If you like" not in page
    assert "At night for:" in page and "Person 3" in page and "one more sitting" in page
    assert (await (await site.as_person(world.people[0])).get(url)).status_code in {403, 404}
