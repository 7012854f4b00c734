"""Who carries the inconvenient hours, before a plan is published."""

from datetime import UTC, datetime

import pytest

from app.timetable.changes import Sitting
from app.timetable.fairness import Share, shares, spread
from tests.support.clock import Clock
from tests.support.site import Site
from tests.timetable.test_planning import planned
from tests.timetable.world import NOW, TUESDAY, offer, open_window, settle

ZONES = {1: "Europe/Berlin", 2: "America/Managua", 3: "Asia/Kathmandu"}


def sitting(case: int, hour: int, *people: int) -> Sitting:
    giver, moderator, *advisers = people
    return Sitting(case, datetime(2026, 10, 26, hour, tzinfo=UTC), 60, giver, moderator, tuple(advisers))


def test_points_are_counted_on_everybodys_own_clocks_and_the_most_loaded_comes_first() -> None:
    found = shares([sitting(1, 13, 1, 2, 3), sitting(2, 14, 1, 3)], ZONES)
    assert found == [Share(3, 2 + 4, 2, 2), Share(2, 2, 1, 1), Share(1, 0, 0, 2)]
    assert spread(found) == 6


def test_the_same_hour_counts_differently_after_the_clocks_have_changed() -> None:
    before = Sitting(1, datetime(2026, 10, 24, 6, 30, tzinfo=UTC), 60, 1, 4, ())
    after = Sitting(1, datetime(2026, 10, 26, 6, 30, tzinfo=UTC), 60, 1, 4, ())
    assert (shares([before], ZONES)[0].points, shares([after], ZONES)[0].points) == (1, 2)


def test_a_plan_without_sessions_is_fair() -> None:
    assert spread(shares([], ZONES)) == 0


@pytest.mark.parametrize(("begins", "shown"), [(9, True), (12, False)])
async def test_the_table_is_shown_before_publishing_where_somebody_carries_something(
    site: Site, clock: Clock, begins: int, shown: bool
) -> None:
    clock.go_to(NOW)
    world = await settle()
    await offer(world, world.people[1])
    await open_window(world, TUESDAY, begins, begins + 2)
    await planned(world)
    page = (await (await site.as_person(world.elene)).get("/events/rain-in-the-street/timetable/publication")).text
    assert ("Inconvenient hours" in page) is shown
    assert ("up to 8 are fair" in page) is shown
