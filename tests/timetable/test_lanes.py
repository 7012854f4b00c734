"""Lanes over the windows: who is placed when, who is still free, how far every region is."""

import re
from datetime import UTC, date, datetime

from app.core.db import transaction
from app.events.models import Segment
from app.matching.problem import Slot
from app.timetable.changes import Sitting
from app.timetable.lanes import Of, Region, lanes, order_of, region_of, regions
from app.timetable.problem import Attendant, Can
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.arranged import with_a_plan
from tests.timetable.world import offer

DAY = date(2026, 10, 20)
MORNING, LATER = (datetime(2026, 10, 20, hour, tzinfo=UTC) for hour in (8, 12))
SLOTS = [Slot("a", MORNING), Slot("b", LATER)]


def somebody(number: int, **more: object) -> Attendant:
    return Attendant(number, "", "UTC", frozenset({"en"}), **more)  # type: ignore[arg-type]


PEOPLE = [
    somebody(1, country="GE", marks={"2026-10-20T12": Can.IMPOSSIBLE}, marks_zone="UTC"),
    somebody(2, country="DE", marks_zone="UTC"),
    somebody(3, country="GE", moderates=4, adviser=False),
    somebody(4, country="AR"),
]
SAT = [Sitting(7, MORNING, 90, giver=1, moderator=3, advisers=(2,))]


def test_a_lane_says_what_it_has_on_a_day_and_in_how_many_windows_there_is_room() -> None:
    order = order_of(Of.ADVISERS, PEOPLE, {}, SAT, free=False)
    assert [person.id for person, _ in order] == [1, 4, 2], (
        "whoever advises least first; who brings a case advises nobody by it"
    )
    found = {
        lane.person.id: lane for lane in lanes(Of.ADVISERS, order, sittings=SAT, slots=SLOTS, days=[DAY], zone="UTC")
    }
    assert [(found[who].load, found[who].days[0].free, found[who].said) for who in (1, 2, 4)] == [
        (0, 0, True), (1, 1, True), (0, 2, False),
    ]  # fmt: skip
    assert found[2].days[0].sessions == tuple(SAT) and found[2].days[0].windows == 2
    ((leads, _),) = order_of(Of.MODERATORS, PEOPLE, {}, SAT, free=False)
    (lane,) = lanes(Of.MODERATORS, [(leads, None)], sittings=SAT, slots=SLOTS, days=[DAY], zone="Asia/Tbilisi")
    assert (lane.load, lane.most, len(lane.days[0].sessions), lane.elsewhere) == (1, 4, 1, ())
    (other_week,) = lanes(
        Of.MODERATORS, [(leads, None)], sittings=SAT, slots=SLOTS, days=[date(2026, 10, 27)], zone="UTC"
    )
    assert (other_week.load, other_week.elsewhere) == (1, tuple(SAT))


def test_only_what_has_nothing_yet_can_be_asked_for() -> None:
    cases = {7: 1, 8: 2}
    assert [case for _, case in order_of(Of.CASES, PEOPLE, cases, SAT, free=False)] == [8, 7]
    assert [case for _, case in order_of(Of.CASES, PEOPLE, cases, SAT, free=True)] == [8]
    assert [person.id for person, _ in order_of(Of.ADVISERS, PEOPLE, {}, SAT, free=True)] == [1, 4]


def test_regions_count_who_is_placed_and_who_has_not_said_their_hours() -> None:
    known = [("caucasus", ["GE"]), ("europe", ["DE", "GE"])]
    where = {each.id: region_of(each, "europe" if each.id == 3 else "", known) for each in PEOPLE}
    assert where == {1: "caucasus", 2: "europe", 3: "europe", 4: ""}
    found = regions(PEOPLE, SAT, where, ["caucasus", "europe"])
    assert found == [Region("caucasus", 1, 1, 0), Region("europe", 2, 2, 1), Region("", 1, 0, 1)]
    assert [each.unplaced for each in found] == [0, 0, 1]


@ONE_DATABASE
async def test_coordinators_see_the_draft_by_case_by_moderator_and_by_adviser(site: Site, clock: Clock) -> None:
    world = await with_a_plan(clock)
    await offer(world, world.people[1], title="Who pays for shade?")
    async with transaction() as session:
        session.add(Segment(event_id=world.event, key="all", name="Everywhere", countries=[]))
    url = "/events/rain-in-the-street/timetable/lanes"
    visitor = await site.as_person(world.elene)
    page = (await visitor.get(url)).text
    assert page.index("Who pays for shade?") < page.index("Who owns the rain?"), "without a place first"
    assert "no place" in page and "14:00" in page and "elsewhere" in page and "hours not said" in page
    advisers = (await visitor.get(f"{url}?of=advisers&free=yes")).text
    assert "Person 0" in advisers and "14:00" in advisers, "whoever brings the case sits there, and advises nobody"
    assert "1 of 4" in (await visitor.get(f"{url}?of=moderators")).text
    assert "Person 0" not in (await visitor.get(f"{url}?of=advisers&region=all")).text
    other_week = (await visitor.get(f"{url}?week=2")).text
    assert re.search(r'week=1&amp;case=\d+#why">[^<]*20 Oct', other_week), "where the session lies"
    assert (await (await site.as_person(world.people[0])).get(url)).status_code == 403
