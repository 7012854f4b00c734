"""Whom a giver would like as moderator, and what moderators lead: entered, asked for, and said where it fails."""

from dataclasses import asdict

import pytest

from app.core.db import reading, transaction
from app.events.queries import Here
from app.matching.problem import Problem
from app.matching.solve import solve
from app.timetable import queries
from app.timetable.actions_groups import keep_apart
from app.timetable.asked import problem_from, problem_of
from app.timetable.models import Placement
from app.timetable.rules import METHOD
from app.timetable.views_reasons import Looking, in_words
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.world import NOW, TUESDAY, World, offer, open_window, settle

pytestmark = ONE_DATABASE
BASE = "/events/rain-in-the-street/timetable"
OTHER = "premortem"


@pytest.fixture
async def world(site: Site, clock: Clock) -> World:
    clock.go_to(NOW)
    return await settle()


async def asked(world: World) -> Problem:
    async with reading() as session:
        return await problem_of(session, world.event, now=NOW)


async def test_a_giver_wishes_for_a_moderator_of_the_event_and_for_nobody_else(site: Site, world: World) -> None:
    mirela = world.moderators[1]
    giver = await site.as_person(world.people[0])
    page = (await giver.get(f"{BASE}/cases")).text
    assert f'<option value="{mirela}"' in page and f'<option value="{world.people[1]}"' not in page
    form = {"key": "a-case-of-mine", "title": "Who owns the rain?", "lang": "en"}
    await giver.send_form(f"{BASE}/cases", {**form, "prefers_id": str(world.people[1])})
    assert not (await asked(world)).cases
    await giver.send_form(f"{BASE}/cases", {**form, "prefers_id": str(mirela)})
    (case,) = (await asked(world)).cases
    assert (case.prefers, case.needs) == (frozenset({mirela}), frozenset({METHOD}))


async def test_who_moderates_says_what_they_lead_and_a_case_waits_for_somebody_who_does(
    site: Site, world: World
) -> None:
    await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 17)
    assert all(METHOD in each.skills for each in (await asked(world)).moderators), "who named none leads all"
    practitioner = await site.as_person(world.people[0])
    assert 'name="methods"' not in (await practitioner.get(f"{BASE}/hours")).text
    for moderator in world.moderators:
        visitor = await site.as_person(moderator)
        await visitor.get(f"{BASE}/hours")
        await visitor.send_form(f"{BASE}/hours", {"zone": "Europe/Berlin", "methods": [OTHER]})
        assert f'name="methods" value="{OTHER}" checked' in (await visitor.get(f"{BASE}/hours")).text
    (left_out,) = solve(await asked(world), steps=1).unplaced
    async with reading() as session:
        here = Here(world.event, world.slug, "", "dialogue_event", "UTC", "published", 0, 0)
        looking = Looking(here=here, lang="en", zone="UTC", now=NOW)
        said = await in_words(session, [asdict(reason) for reason in left_out.why], looking)
    assert said[0] == "Nobody who moderates here leads Peer consultation in six phases in English."


async def test_who_is_kept_apart_sits_in_no_session_with_the_other(world: World) -> None:
    one, other = world.people[1:3]
    async with transaction() as session:
        await keep_apart(session, event_id=world.event, one=f"p{one}", other=f"p{other}", by=world.elene, now=NOW)
    assert (await asked(world)).apart == ((one, other),)


async def test_those_who_sat_together_have_met_and_some_are_kept_apart(world: World) -> None:
    first, second = await offer(world, world.people[0]), await offer(world, world.people[1], title="Ice in the drains")
    held = Placement(
        plan_id=1, case_id=first, starts_at=NOW, giver_id=world.people[0], moderator_id=world.moderators[0],
        advisers=world.people[2:5],
    )  # fmt: skip
    async with reading() as session:
        problem = problem_from(
            await queries.attendants(session, world.event), cases=await queries.cases(session, world.event),
            drafted=[held], told=[held], windows=[], now=NOW, apart=[(world.people[0], world.people[1]), (1, 10**6)],
        )  # fmt: skip
    assert [case.id for case in problem.cases] == [second]
    assert problem.met == (tuple(sorted([world.people[0], world.moderators[0], *world.people[2:5]])),)
    assert problem.apart == ((world.people[0], world.people[1]),)
