"""The worker's part: the planner as a child process, its progress in the rows, and what becomes of a broken one."""

import sys

import pytest
from sqlmodel import select

from app.consultation.models import Consultation, ConsultationSeat
from app.core.db import reading, transaction
from app.core.errors import Refused
from app.core.jobs import Job
from app.matching.solve import QUICK
from app.timetable import actions_hours, planning, queries, reminding
from app.timetable.jobs import ProposePlan, RemindOfSession
from app.timetable.models import Proposal
from tests.support.clock import Clock
from tests.timetable.test_planning import draft, letters, people_of_changed, published
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle
from workers import registry, timetable
from workers.registry import Again, Turn

pytestmark = pytest.mark.usefixtures("database")
TURN = Turn(now=NOW, attempt=1, last=False)


@pytest.fixture(autouse=True)
def _before_the_event(clock: Clock) -> None:
    clock.go_to(NOW)


async def asked(world: World) -> ProposePlan:
    async with transaction() as session:
        run = await planning.propose(session, event_id=world.event, by=world.elene, key="asked once", now=NOW)
    return ProposePlan(run.id or 0)


async def state(world: World) -> Proposal:
    async with reading() as session:
        run = await queries.proposal(session, world.event)
    assert run is not None
    return run


async def two_cases() -> World:
    world = await settle()
    await offer(world, world.people[0])
    await offer(world, world.people[1], title="Ice in the drains")
    await open_window(world, TUESDAY, 14, 17)
    await open_window(world, WEDNESDAY, 14, 17)
    return world


async def test_the_planner_works_in_a_child_process_and_its_plan_becomes_the_draft() -> None:
    world = await two_cases()
    work = await asked(world)
    await timetable.propose(work, turn=TURN)
    run = await state(world)
    assert (run.state, run.placed, run.step) == ("done", 2, QUICK)
    assert run.bound is not None and run.score is not None
    assert run.score <= run.bound <= run.score + 6, "all but how often three pairs meet again is proved"
    assert len((await draft(world))[1]) == 2


async def test_done_twice_it_changes_nothing_more() -> None:
    world = await two_cases()
    work = await asked(world)
    await timetable.propose(work, turn=TURN)
    plan, placements = await draft(world)
    await timetable.propose(work, turn=TURN)
    again, same = await draft(world)
    assert (again.edition, [each.id for each in same]) == (plan.edition, [each.id for each in placements])


async def test_told_to_stop_it_keeps_the_best_so_far() -> None:
    world = await two_cases()
    work = await asked(world)
    async with transaction() as session:
        run = await queries.proposal(session, world.event)
        assert run is not None
        run.steps = 100_000_000
        session.add(run)
        await planning.stop_proposal(session, event_id=world.event)
    await timetable.propose(work, turn=TURN)
    run = await state(world)
    assert run.state == "done"
    assert 0 < run.step < run.steps
    assert run.placed == len((await draft(world))[1]) == 2


async def test_a_planner_that_breaks_is_tried_once_more_and_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await two_cases()
    work = await asked(world)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Again):
        await timetable.propose(work, turn=TURN)
    assert (await state(world)).state == "waiting"
    await timetable.propose(work, turn=Turn(now=NOW, attempt=2, last=False))
    assert (await state(world)).state == "failed"
    async with transaction() as session:
        await planning.propose(session, event_id=world.event, by=world.elene, key="asked again", now=NOW)
    assert (await state(world)).state == "waiting"


async def test_every_job_of_the_timetable_has_its_handler() -> None:
    registry.load()
    assert {ProposePlan.name, RemindOfSession.name} <= registry.names()


async def test_publishing_makes_the_room_with_its_people_and_a_job_that_opens_it() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await timetable.propose(await asked(world), turn=TURN)
    await published(world)
    _, (placement,) = await draft(world)
    async with reading() as session:
        (room,) = (await session.exec(select(Consultation))).all()
        seats = (await session.exec(select(ConsultationSeat).where(ConsultationSeat.consultation_id == room.id))).all()
        opening = (await session.exec(select(Job).where(Job.name == "OpenRoom"))).one()
        assert await queries.room_ids(session, world.event) == {case: room.id}
    assert (room.title, room.opens_at, room.city) == ("Who owns the rain?", placement.starts_at, "")
    parts = {seat.person_id: seat.role for seat in seats}
    assert parts[world.people[0]] == "case_giver"
    assert parts[placement.moderator_id] == "moderator"
    assert sorted(parts[adviser] for adviser in placement.advisers) == ["adviser"] * (len(placement.advisers) - 1) + [
        "scribe"
    ]
    assert opening.run_at < placement.starts_at


async def test_a_session_taken_out_takes_its_room_with_it_and_one_that_stays_is_left_alone() -> None:
    world = await two_cases()
    await timetable.propose(await asked(world), turn=TURN)
    await published(world)
    plan, (first, second) = await draft(world)
    async with transaction() as session:
        before = {room.key: room.version for room in (await session.exec(select(Consultation))).all()}
        await planning.take_out(session, event_id=world.event, case_id=first.case_id, seen=plan.edition, now=NOW)
    await published(world)
    async with reading() as session:
        after = {room.key: room.version for room in (await session.exec(select(Consultation))).all()}
    assert after == {f"case:{second.case_id}": before[f"case:{second.case_id}"]}
    async with transaction() as session:
        work = RemindOfSession(world.event, first.case_id, first.starts_at.isoformat())
        assert await reminding.remind(session, work, now=NOW) == 0


async def test_a_repair_leaves_everybody_where_they_are_but_those_it_concerns_and_writes_to_them_alone() -> None:
    world = await two_cases()
    await timetable.propose(await asked(world), turn=TURN)
    await published(world)
    _, before = await draft(world)
    told = len(await letters())
    leaving = before[0].advisers[0]
    hours = [f"{day}T{hour:02}" for day in (TUESDAY, WEDNESDAY) for hour in range(6, 22)]
    async with transaction() as session:
        await actions_hours.save_hours(
            session, event_id=world.event, person_id=leaving, zone="Europe/Berlin", impossible=hours, if_need_be=[],
            copy=False, now=NOW,
        )  # fmt: skip
        run = await planning.propose(
            session, event_id=world.event, by=world.elene, key="a repair", now=NOW, repair=True
        )
    await timetable.propose(ProposePlan(run.id or 0), turn=TURN)
    assert (await state(world)).state == "done"
    _, after = await draft(world)
    assert [(each.case_id, each.starts_at, each.moderator_id) for each in after] == [
        (each.case_id, each.starts_at, each.moderator_id) for each in before
    ]
    for old, new in zip(before, after, strict=True):
        stayed = set(old.advisers) - {leaving}
        assert stayed <= set(new.advisers)
        assert len(set(new.advisers) - stayed) == max(0, 3 - len(stayed))
    assert await published(world) == len(people_of_changed(before, after))
    news = (await letters())[told:]
    assert {letter.person_id for letter in news} == people_of_changed(before, after)
    assert leaving in people_of_changed(before, after)


async def test_there_is_nothing_to_mend_before_something_is_published() -> None:
    world = await two_cases()
    with pytest.raises(Refused, match="Nothing is published yet"):
        async with transaction() as session:
            await planning.propose(session, event_id=world.event, by=world.elene, key="too early", now=NOW, repair=True)
