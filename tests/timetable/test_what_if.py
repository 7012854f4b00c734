"""Plans that are tried beside the draft: nobody is told of them, and what is published stays what it is until one is taken."""

import re

from sqlmodel import select

from app.core.db import reading, transaction
from app.core.mail import Letter
from app.matching.repair import repair
from app.matching.solve import solve
from app.people.models import Person
from app.timetable import asked, edits, planning, queries, queries_what_if
from app.timetable.actions_what_if import adopt, throw_away, try_beside, work_on
from app.timetable.figures import worth
from app.timetable.models import Placement, Plan
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.arranged import with_a_plan
from tests.timetable.test_planning import draft, planned, published
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle

BASE = "/events/rain-in-the-street/timetable"


async def copied(world: World, name: str = "On Wednesday") -> Plan:
    async with transaction() as session:
        return await try_beside(session, event_id=world.event, name=name, now=NOW)


async def solved(world: World, plan: Plan, *, mend: bool = False) -> None:
    """Ask the planner there, and do what the worker does."""
    async with transaction() as session:
        await work_on(
            session, event_id=world.event, plan_id=plan.id or 0, by=world.elene, key=f"a run on {plan.id}", repair=mend,
            now=NOW,
        )  # fmt: skip
    async with reading() as session:
        run = await queries_what_if.run_of(session, plan)
        assert run is not None
        at_work = await queries_what_if.plan_of(session, run)
        problem = await asked.problem_of(session, world.event, now=NOW, plan=at_work)
    found = repair(problem) if mend else solve(problem, steps=40)
    async with transaction() as session:
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=found, now=NOW)


async def rows(plan: Plan | None) -> list[Placement]:
    async with reading() as session:
        return await queries.placements(session, plan)


async def test_what_is_tried_changes_nothing_until_it_is_taken_and_can_be_taken_back(site: Site, clock: Clock) -> None:
    world = await with_a_plan(clock, known=True)
    known, (told,) = await draft(world)
    first = told.case_id
    plan = await copied(world)
    assert (await copied(world)).id == plan.id, "the same name again is the same copy"
    second = await offer(world, world.people[1], title="Who pays for shade?")
    await open_window(world, WEDNESDAY, 14, 16)
    await solved(world, plan)
    assert {row.case_id for row in await rows(plan)} == {first, second}
    latest, beside = await draft(world)
    assert (latest.id, latest.edition, [row.id for row in beside]) == (known.id, known.edition, [told.id])
    async with reading() as session:
        assert len((await session.exec(select(Letter).where(Letter.kind == "timetable/changes"))).all()) == 6
        run = await queries.proposal_of_draft(session, world.event)
        assert run is not None and run.plan_id == known.id, "the board says nothing of what is tried"
    async with transaction() as session:
        await adopt(session, event_id=world.event, plan_id=plan.id or 0, seen=latest.edition, by=world.elene, now=NOW)
    taken, now_there = await draft(world)
    assert taken.state == "draft" and {row.case_id for row in now_there} == {first, second}
    async with reading() as session:
        assert await queries_what_if.what_ifs(session, world.event) == []
        public = await queries.placements(session, await queries.published_plan(session, world.event))
    assert [row.case_id for row in public] == [first]
    async with transaction() as session:
        await edits.undo(session, event_id=world.event, by=world.elene, edition=taken.edition, now=NOW)
    assert [row.case_id for row in (await draft(world))[1]] == [first]


@ONE_DATABASE
async def test_coordinators_lay_it_beside_what_is_published_and_throw_it_away(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    visitor = await site.as_person(world.elene)
    nothing = await visitor.send_form(f"{BASE}/what-if", {"name": "Too early", "key": "a key of the browser"})
    assert "Nothing is planned yet" in nothing.text
    await planned(world)
    await published(world)
    await visitor.send_form(f"{BASE}/what-if", {"name": "Everybody on Wednesday", "key": "a key of the browser"})
    number = re.search(r"/what-if/(\d+)", (await visitor.get(f"{BASE}/what-if")).text)
    assert number
    url = f"{BASE}/what-if/{number[1]}"
    page = (await visitor.get(url)).text
    assert "No case changes." in page and "Version 1 is published" in page
    await offer(world, world.people[1], title="Who pays for shade?")
    await open_window(world, WEDNESDAY, 14, 16)
    async with reading() as session:
        plan = await queries_what_if.what_if(session, world.event, int(number[1]))
    assert plan is not None
    await visitor.send_form(f"{url}/proposal", {"does": "propose", "key": f"a run on {plan.id}"})
    busy = (await visitor.get(url)).text
    assert "The planner is at work" in busy and "Take it as the draft" not in busy
    assert "stop it first" in (await visitor.send_form(f"{url}/end")).text
    await solved(world, plan)
    page = (await visitor.get(url)).text
    assert "Who pays for shade?" in page and "Person 1" in page
    figures = dict(re.findall(r'<th scope="row">([^<]*)</th><td>(-?\d+)</td>', page))
    assert figures["Cases with a place"] == "2" and figures["Cases without a place"] == "0"
    assert int(figures["People who would get a letter"]) >= 5
    late = await visitor.send_form(f"{url}/adoption", {"seen": "99"})
    assert "Somebody else has changed the draft" in late.text
    assert (await (await site.as_person(world.people[0])).get(url)).status_code == 403
    await visitor.send_form(f"{url}/end")
    assert (await visitor.get(url)).status_code == 404
    assert [row.case_id for row in (await draft(world))[1]] == [1]


@ONE_DATABASE
async def test_who_has_left_or_taken_a_case_back_does_not_come_in_again(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    first, second = await offer(world, world.people[0]), await offer(world, world.people[1], title="Shade")
    await open_window(world, TUESDAY, 14, 18)
    await planned(world)
    plan = await copied(world)
    gone = next(row for row in await rows(plan) if row.case_id == first).advisers[0]
    async with transaction() as session:
        known = await queries.case_of(session, world.event, second)
        person = await session.get(Person, gone)
        assert known is not None and person is not None
        known.withdrawn_at, person.left_at = NOW, NOW
    latest, _ = await draft(world)
    async with transaction() as session:
        await adopt(session, event_id=world.event, plan_id=plan.id or 0, seen=latest.edition, by=world.elene, now=NOW)
    (row,) = (await draft(world))[1]
    assert row.case_id == first and gone not in row.advisers and len(row.advisers) >= 2


@ONE_DATABASE
async def test_figures_are_the_planners_own_and_mending_there_keeps_what_people_know(site: Site, clock: Clock) -> None:
    world = await with_a_plan(clock, until=18, known=True)
    plan = await copied(world)
    before = await rows(plan)
    await solved(world, plan, mend=True)
    after = await rows(plan)
    assert [(row.starts_at, row.advisers) for row in after] == [(row.starts_at, row.advisers) for row in before]
    async with reading() as session:
        problem = await asked.problem_of(session, world.event, now=NOW, plan=plan)
        run = await queries_what_if.run_of(session, plan)
    assert run is not None and worth(problem, [asked.seat(row) for row in after]) == run.score
    assert worth(problem, []) == -problem.weights.left_out
    async with transaction() as session:
        await throw_away(session, event_id=world.event, plan_id=plan.id or 0)
    assert await rows(plan) == []
