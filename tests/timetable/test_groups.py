"""The group builder: proposed, moved and held by hand, applied as groups of the event; who is kept apart is the managers' own."""

import json
import re
from datetime import date

from sqlmodel import select

from app.core.db import reading, transaction
from app.events.models import Participation
from app.events.queries_members import groups_by_person
from app.people.models import Person
from app.timetable import queries_groups
from app.timetable.actions_groups import forget_apart, keep_apart
from app.timetable.grouping import Party, held_in, pairs_apart, people_of
from app.timetable.models import Sheet
from app.timetable.models_groups import Apart, Grouping
from app.timetable.problem import Attendant, Can
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor
from tests.timetable.world import NOW, World, settle

BASE = "/events/rain-in-the-street/timetable/groups"


async def crowded(world: World, many: int = 6) -> list[int]:
    """The seven practitioners and `many` more; the first of them may manage."""
    async with transaction() as session:
        for number in range(many):
            person = Person(name=f"More {number}", country="GE", zone="Asia/Tbilisi", languages=["en"], created_at=NOW)
            session.add(person)
            await session.flush()
            session.add(
                Participation(event_id=world.event, person_id=person.id or 0, roles=["practitioner"], joined_at=NOW)
            )
            world.people.append(person.id or 0)
        boss = (await session.exec(select(Participation).where(Participation.person_id == world.watcher))).one()
        boss.roles = ["manager"]
    return world.people


async def row(world: World) -> Grouping:
    async with reading() as session:
        found = await queries_groups.grouping(session, world.event)
    assert found is not None
    return found


async def sent(visitor: Visitor, page: str, **fields: object) -> str:
    """Sends a form of the page as it stands; the page that follows."""
    seen = re.search(r'name="seen" value="(\d+)"', (await visitor.get(BASE)).text)
    await visitor.send_form(
        f"{BASE}{page}",
        {"seen": seen[1] if seen else "0", "key": f"a key of the browser {seen and seen[1]} {page}", **fields},
    )
    return (await visitor.get(BASE)).text


async def in_the_event(world: World) -> dict[int, list[str]]:
    async with reading() as session:
        found = await groups_by_person(session, world.event)
    return {person: [group.key for group in groups] for person, groups in found.items()}


async def test_groups_are_proposed_moved_held_and_become_groups_of_the_event(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    people = await crowded(world)
    visitor = await site.as_person(world.elene)
    page = await sent(visitor, "", topics="mixed")
    first = await row(world)
    assert sorted(len(group) for group in first.groups) == [6, 7]
    assert sorted(person for group in first.groups for person in group) == sorted(people)
    assert "All speak English" in page and "hours at which all can" in page
    assert await in_the_event(world) == {}, "a proposal is nothing yet"
    one = first.groups[1][0]
    page = await sent(visitor, "/people", does="move", people=str(one), group="0")
    assert one in (await row(world)).groups[0] and (await row(world)).held == [one]
    await sent(visitor, "", topics="alike")
    again = await row(world)
    assert one in again.groups[0] and again.alike and again.seed == 2
    await sent(visitor, "/application")
    expected = {person: [f"built-{number + 1}"] for number, group in enumerate(again.groups) for person in group}
    assert await in_the_event(world) == expected
    other = again.groups[1][0]
    await sent(visitor, "/people", does="free", people=str(one))
    assert (await row(world)).held == []
    page = await sent(visitor, "/people", does="move", people=str(other), group="0")
    assert "The event has other groups" in page
    await sent(visitor, "/application")
    assert await in_the_event(world) == {**expected, other: ["built-1"]}, "the same groups with other people"


@ONE_DATABASE
async def test_the_same_form_twice_is_one_change_and_nobody_overwrites_what_they_have_not_seen(
    site: Site, clock: Clock
) -> None:
    clock.go_to(NOW)
    world = await settle()
    visitor = await site.as_person(world.elene)
    form = {"seen": "0", "key": "a key of the browser", "topics": "mixed"}
    for _ in range(2):
        assert (await visitor.send_form(BASE, form)).status_code == 303
    assert (await row(world)).edition == 1
    late = await visitor.send_form(BASE, {**form, "key": "a key of another"})
    assert late.status_code != 303 and "Somebody else has changed the groups" in late.text
    assert (await row(world)).edition == 1


@ONE_DATABASE
async def test_who_is_kept_apart_meets_in_no_group_and_only_managers_read_who_that_is(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    one, other, *_ = await crowded(world, many=5)
    boss, coordinator = await site.as_person(world.watcher), await site.as_person(world.elene)
    for mark in ({"one": f"p{one}", "other": f"p{other}"}, {"one": "cGE", "other": f"p{one}"}):
        await boss.send_form(f"{BASE}/apart", mark)
    assert (await boss.get(f"{BASE}/apart")).text.count("everybody from Georgia") == 1
    assert (await coordinator.get(f"{BASE}/apart")).status_code == 403
    page = await sent(coordinator, "", topics="mixed")
    found = await row(world)
    home = next(number for number, group in enumerate(found.groups) if one in group)
    assert not {other, *world.people[7:]} & set(found.groups[home])
    assert sorted(map(len, found.groups)) == [6, 6] and "Without a group" not in page
    refused = await coordinator.send_form(
        f"{BASE}/people",
        {"seen": "1", "key": "by hand, by hand", "does": "move", "people": str(other), "group": str(home)},
    )
    assert "keep apart" in refused.text and "Person 0" not in re.findall(r'role="alert">([^<]*)', refused.text)[0]
    assert (await row(world)).edition == 1
    await boss.send_form(f"{BASE}/apart/end", {"one": f"p{other}", "other": f"p{one}"})
    await sent(coordinator, "/people", does="move", people=str(other), group=str(home))
    assert other in (await row(world)).groups[home]


async def test_who_leaves_the_event_is_kept_apart_from_nobody_any_more(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    one, other, third, *_ = world.people
    async with transaction() as session:
        for first, second in ((one, other), (third, one), (other, third)):
            await keep_apart(
                session, event_id=world.event, one=f"p{first}", other=f"p{second}", by=world.elene, now=NOW
            )
    visitor = await site.as_person(one)
    held = json.loads((await visitor.get("/me/data.json")).text)
    marks = [mark for title, rows in held.items() if title.startswith("kept apart") for mark in rows]
    assert [(mark["event_id"], mark["made_by"]) for mark in marks] == [(world.event, world.elene)] * 2
    assert all(mark.keys() == {"event_id", "made_by", "made_at"} for mark in marks), "not from whom"
    for _ in range(2):
        async with transaction() as session:
            await forget_apart(session, event_id=world.event, person_id=one)
    async with reading() as session:
        (left,) = (await session.exec(select(Apart))).all()
    assert {left.one_id, left.other_id} == {other, third}


def attendant(number: int, zone: str, **more: object) -> Attendant:
    return Attendant(number, "", zone, frozenset({"en"}), **more)  # type: ignore[arg-type]


def test_hours_are_counted_by_everybodys_own_clocks_and_a_mark_takes_what_it_touches() -> None:
    monday = date(2026, 10, 19)
    berlin, managua, kathmandu, busy = people_of(
        [
            attendant(1, "Europe/Berlin"),
            attendant(2, "America/Managua"),
            attendant(3, "Asia/Kathmandu"),
            attendant(4, "Europe/Berlin", marks={"2026-10-19T09": Can.IMPOSSIBLE}, marks_zone="Asia/Kathmandu"),
        ],
        [monday],
    )
    assert [each.hours.bit_count() for each in (berlin, managua)] == [16, 16], "6 to 22"
    assert (berlin.hours & managua.hours).bit_count() == 8, "14 to 22 in Berlin is 6 to 14 in Managua"
    assert kathmandu.hours.bit_count() == 15, "an hour in UTC begins at a quarter to, and has to be over by 22"
    assert (berlin.hours & ~busy.hours).bit_count() == 1, "9 to 10 in Kathmandu is a quarter past 5 to a quarter past 6"
    noon = people_of([attendant(5, "Europe/Berlin", marks={"2026-10-19T12": Can.IMPOSSIBLE})], [monday])[0]
    assert (berlin.hours & ~noon.hours).bit_count() == 1


def parties(one: str, other: str) -> list[tuple[Party, Party]]:
    return [(Party.of(one), Party.of(other))]


def test_parties_are_people_and_countries() -> None:
    people = [attendant(1, "UTC", country="DE"), attendant(2, "UTC", country="GE"), attendant(3, "UTC", country="GE")]
    assert pairs_apart(parties("cGE", "p1"), people) == {(1, 2), (1, 3)}
    assert pairs_apart(parties("cGE", "cGE"), people) == {(2, 3)}
    assert pairs_apart(parties("p9", "cFR"), people) == set()
    assert held_in([[1, 2], [3]], {3, 9}) == {3: 1}


@ONE_DATABASE
async def test_what_somebody_says_of_their_gender_is_theirs_and_kept(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    visitor = await site.as_person(world.people[0])
    url = "/events/rain-in-the-street/timetable/hours"
    await visitor.send_form(url, {"zone": "Europe/Berlin", "gender": "woman"})
    async with reading() as session:
        (sheet,) = (await session.exec(select(Sheet))).all()
    assert sheet.gender == "woman" and '<option value="woman" selected>' in (await visitor.get(url)).text
    assert "woman" in (await visitor.get("/me/data.json")).text
    page = await sent(await site.as_person(world.elene), "", topics="mixed")
    assert "woman" not in page and "as even as the number of groups allows" in page
