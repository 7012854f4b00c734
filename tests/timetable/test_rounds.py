"""The page of tables for rounds in which people meet new people."""

import re
from itertools import combinations

from sqlmodel import select

from app.core.db import reading, transaction
from app.people.models import Person
from app.timetable import queries
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.arranged import with_a_plan
from tests.timetable.world import NOW, settle

BASE = "/events/rain-in-the-street/timetable/rounds"
pytestmark = ONE_DATABASE


def tables(page: str) -> list[list[set[str]]]:
    rounds = re.findall(r'<ol class="stack-tight">(.*?)</ol>', page, flags=re.DOTALL)
    return [
        [set(re.findall(r"<bdi>(.*?)</bdi>", row)) for row in re.findall(r"<li>(.*?)</li>", each)] for each in rounds
    ]


async def test_everybody_sits_once_a_round_and_nobody_meets_twice_nor_a_neighbour(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()  # nine people; Mara and Mirela live in the same city
    visitor = await site.as_person(world.elene)
    page = (await visitor.get(f"{BASE}?size=3&rounds=2")).text
    assert "Everybody meets only new people." in page
    found = tables(page)
    assert [sorted(len(table) for table in each) for each in found] == [[3, 3, 3], [3, 3, 3]]
    assert all(len(set().union(*each)) == 9 for each in found)
    pairs = [frozenset(pair) for each in found for table in each for pair in combinations(table, 2)]
    assert len(pairs) == len(set(pairs)) and frozenset({"Mara", "Mirela"}) not in pairs
    assert (await visitor.get(f"{BASE}?size=3&rounds=2")).text.count("<bdi>") == page.count("<bdi>")
    assert tables((await visitor.get(f"{BASE}?size=3&rounds=2")).text) == found
    assert tables((await visitor.get(f"{BASE}?size=3&rounds=2&seed=2")).text) != found


async def test_who_has_sat_together_in_a_published_session_counts_as_met(site: Site, clock: Clock) -> None:
    world = await with_a_plan(clock, known=True)
    async with reading() as session:
        (sitting,) = await queries.sittings_of(session, await queries.published_plan(session, world.event))
        names = await queries.names(session, sitting.parts())
    async with transaction() as session:  # nobody but those who sat together is left, and one more
        for person in (await session.exec(select(Person).where(Person.city != ""))).all():
            if person.id not in {*sitting.parts(), world.elene}:
                person.left_at = NOW
    visitor = await site.as_person(world.elene)
    page = (await visitor.get(f"{BASE}?size=2&rounds=1")).text
    assert set().union(*tables(page)[0]) == set(names.values())
    assert "not new ones" in page or "is not a new one" in page
    small = (await visitor.get(f"{BASE}?size=10")).text
    assert "people are here to mix: choose smaller tables." in small
    assert (await (await site.as_person(sitting.giver)).get(BASE)).status_code == 403
