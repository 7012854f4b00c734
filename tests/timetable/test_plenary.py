"""Live parts of the programme across the zones: who comes to which sitting, and what it costs whom."""

from datetime import UTC, datetime, time

from app.core.db import reading, transaction
from app.events import queries_programme as programme
from app.events.models import Block
from app.timetable import feeds, leaving
from app.timetable.plenary import Offer, seated
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.test_planning import planned, published
from tests.timetable.world import NOW, TUESDAY, World, offer, open_window, settle

PLENARY = "/events/rain-in-the-street/timetable/plenary"

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


async def opening(world: World) -> tuple[int, int]:
    """A part in two sittings, 9 to 10:30 and 18 to 19:30 on the clocks of Berlin, and a later one in a single sitting."""
    rows = [
        Block(event_id=world.event, key=f"block {at}", day=2, starts=starts, minutes=90, title=title, sitting=called)
        for at, (starts, called, title) in enumerate(
            ((time(9), "East", "Opening"), (time(18), "West", "Opening"), (time(20), "", "Market"))
        )
    ]
    async with transaction() as session:
        session.add_all(rows)
        await session.flush()
        return rows[0].id or 0, rows[1].id or 0


async def seats(world: World) -> dict[int, list[tuple[int, bool]]]:
    async with reading() as session:
        found: dict[int, list[tuple[int, bool]]] = {}
        for seat in await programme.block_seats(session, world.event):
            found.setdefault(seat.person_id, []).append((seat.block_id, seat.by_hand))
    return found


async def test_everybody_gets_a_sitting_and_who_was_moved_by_hand_stays(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    east, west = await opening(world)
    visitor = await site.as_person(world.elene)
    assert "people have not been given a sitting yet" in (await visitor.get(PLENARY)).text
    await visitor.send_form(PLENARY)
    everybody = {*world.people, *world.moderators}
    assert await seats(world) == {person: [(east, False)] for person in everybody}, (
        "9 in Berlin is before 13 for all of them"
    )
    for _ in range(2):
        await visitor.send_form(f"{PLENARY}/seats", {"sitting": str(west), "people": [str(world.people[1])]})
    await visitor.send_form(PLENARY)
    assert (await seats(world))[world.people[1]] == [(west, True)]
    assert set(await seats(world)) == everybody
    page = (await visitor.get(f"{PLENARY}?part={west}")).text
    assert "Everybody has their sitting" in page and "Person 1" in page and "stays" in page
    refused = await visitor.send_form(f"{PLENARY}/seats", {"sitting": "9999", "people": [str(world.people[1])]})
    assert "This sitting is gone" in refused.text and (await seats(world))[world.people[1]] == [(west, True)]
    assert (await (await site.as_person(world.people[0])).send_form(PLENARY)).status_code == 403


@ONE_DATABASE
async def test_everybody_finds_their_own_sitting_in_the_programme_on_today_and_in_calendars(
    site: Site, clock: Clock
) -> None:
    clock.go_to(NOW)
    world = await settle()
    east, west = await opening(world)
    coordinator = await site.as_person(world.elene)
    await coordinator.send_form(PLENARY)
    await coordinator.send_form(f"{PLENARY}/seats", {"sitting": str(west), "people": [str(world.people[1])]})
    one, other = await site.as_person(world.people[0]), await site.as_person(world.people[1])
    event = "/events/rain-in-the-street"
    for visitor, mine, theirs, hour in ((one, east, west, "09:00"), (other, west, east, "20:00")):
        day = (await visitor.get(f"{event}/days/2")).text
        own = day[day.index(f'id="block-{mine}"') :]
        assert day.count("Your sitting") == 1 and day.count("not your sitting") == 1
        assert "Your sitting" in own[: own.index("</section>")] and hour in own[: own.index("</section>")]
        file = (await visitor.get(f"{event}/calendar.ics")).text
        assert f"block-{mine}@" in file and f"block-{theirs}@" not in file and "Market" in file
        assert "Your sitting" in (await visitor.get(f"{event}/today")).text
    async with transaction() as session:
        feed = await feeds.open_feed(session, event_id=world.event, person_id=world.people[1], edition=0, now=NOW)
    body = (await site.stranger().get(feeds.path_of(feed))).text
    assert "Opening (West)" in body and "East" not in body
    file = await site.stranger().get(f"{event}/calendar.ics")
    assert (
        f"block-{east}@" in file.text
        and f"block-{west}@" in file.text
        and "private" not in file.headers["cache-control"]
    )


@ONE_DATABASE
async def test_published_sessions_are_in_the_event_s_calendar_of_those_who_sit_there_or_plan(
    site: Site, clock: Clock
) -> None:
    clock.go_to(NOW)
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await planned(world)
    url = "/events/rain-in-the-street/calendar.ics"
    giver, coordinator = await site.as_person(world.people[0]), await site.as_person(world.elene)
    assert "Who owns the rain?" not in (await coordinator.get(url)).text, "nothing is published yet"
    await published(world)
    for visitor in (giver, coordinator):
        file = await visitor.get(url)
        assert (
            f"case-{case}@" in file.text
            and "Who owns the rain?" in file.text
            and "private" in file.headers["cache-control"]
        )
    for outsider in (site.stranger(), await site.as_person(world.watcher)):
        assert "Who owns the rain?" not in (await outsider.get(url)).text
    async with transaction() as session:
        await leaving.withdraw_case(
            session, event_id=world.event, case_id=case, by=world.people[0], is_planner=False, now=NOW
        )
    assert "Who owns the rain?" not in (await coordinator.get(url)).text
