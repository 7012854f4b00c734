"""Confirming, declining and asking for another time; what it does to the board, the planner and the reminders."""

import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from app.core.jobs import Job
from app.core.mail import Letter
from app.matching.check import broken_rules
from app.matching.repair import broken, repair
from app.timetable import answers, asked, leaving, planning, reminding
from app.timetable.jobs import RemindOfSession
from app.timetable.models import Placement
from app.timetable.problem import slot_id
from app.timetable.rules import Answer
from tests.support.clock import Clock
from tests.support.site import Site
from tests.timetable.test_planning import draft, everybody, letters, planned, published
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle

pytestmark = pytest.mark.usefixtures("database")
BASE = "/events/rain-in-the-street/timetable"


async def told_world() -> tuple[World, Placement]:
    """One case, published, with another time open beside it."""
    world = await settle()
    await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await open_window(world, WEDNESDAY, 14, 16)
    await planned(world)
    await published(world)
    return world, (await draft(world))[1][0]


async def says(world: World, placed: Placement, person: int, answer: Answer, *, note: str = "", slot: str = "") -> None:
    async with transaction() as session:
        await answers.answer(
            session, event_id=world.event, case_id=placed.case_id, person_id=person,
            slot=slot or slot_id(placed.starts_at), says=answer, note=note, now=NOW,
        )  # fmt: skip


async def mended(world: World) -> None:
    async with transaction() as session:
        run = await planning.propose(
            session, event_id=world.event, by=world.elene, key="mend it now", now=NOW, repair=True
        )
        problem = await asked.problem_of(session, world.event, now=NOW)
        plan = repair(problem)
        assert broken_rules(problem, plan) == []
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=plan, now=NOW)


async def test_the_last_answer_counts_and_is_one_row() -> None:
    world, placed = await told_world()
    await says(world, placed, placed.advisers[0], Answer.OTHER, note="  mornings, please ")
    await says(world, placed, placed.advisers[0], Answer.YES)
    await says(world, placed, placed.advisers[0], Answer.YES)
    async with reading() as session:
        (said,) = (await answers.said_of_cases(session, world.event))[placed.case_id]
    assert (said.answer, said.note) == (Answer.YES, "")


async def test_an_answer_to_a_time_that_is_no_longer_so_or_to_somebody_elses_session_is_not_taken() -> None:
    world, placed = await told_world()
    with pytest.raises(Refused, match="another time now"):
        await says(world, placed, placed.giver_id, Answer.YES, slot="20261022T1000Z")
    outside = next(person for person in [*world.people, world.watcher] if person not in everybody(placed))
    with pytest.raises(Missing):
        await says(world, placed, outside, Answer.YES)


async def test_nobody_answers_once_the_session_has_begun() -> None:
    world, placed = await told_world()
    with pytest.raises(Refused, match="already begun"):
        async with transaction() as session:
            await answers.answer(
                session, event_id=world.event, case_id=placed.case_id, person_id=placed.giver_id,
                slot=slot_id(placed.starts_at), says=Answer.NO, note="", now=placed.starts_at,
            )  # fmt: skip


async def test_who_declines_is_taken_out_by_a_repair_and_not_asked_for_that_time_again() -> None:
    world, placed = await told_world()
    gone = placed.advisers[0]
    await says(world, placed, gone, Answer.NO)
    async with reading() as session:
        found = broken(await asked.problem_of(session, world.event, now=NOW))
    assert [(why.sentence, why.values["people"]) for why in found[placed.case_id]] == [
        ("No longer there at {slot}: {people}.", [gone])
    ]
    await mended(world)
    (after,) = (await draft(world))[1]
    assert (after.starts_at, gone in after.advisers) == (placed.starts_at, False)
    await published(world)
    await mended(world)
    (again,) = (await draft(world))[1]
    assert gone not in again.advisers


async def test_a_giver_who_declines_moves_the_case_and_everybody_is_asked_anew() -> None:
    world, placed = await told_world()
    await says(world, placed, placed.moderator_id, Answer.YES)
    await says(world, placed, placed.giver_id, Answer.NO)
    await mended(world)
    (after,) = (await draft(world))[1]
    assert after.starts_at != placed.starts_at
    await published(world)
    async with reading() as session:
        assert await answers.said_of_cases(session, world.event) == {}


async def test_a_reminder_comes_a_day_before_too_and_not_to_those_who_declined() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, WEDNESDAY, 14, 16)
    await planned(world)
    await published(world)
    _, (placed,) = await draft(world)
    async with reading() as session:
        jobs = (await session.exec(select(Job).where(Job.name == "RemindOfSession").order_by(col(Job.run_at)))).all()
    assert [(job.args["early"], placed.starts_at - job.run_at) for job in jobs] == [
        (True, timedelta(days=1)), (False, timedelta(minutes=15)),
    ]  # fmt: skip
    away = placed.advisers[0]
    await says(world, placed, away, Answer.NO)
    work = RemindOfSession(world.event, case, placed.starts_at.isoformat(), early=True)
    at = placed.starts_at - timedelta(days=1)
    for _ in range(2):
        async with transaction() as session:
            await reminding.remind(session, work, now=at)
    written = await letters("timetable/reminder")
    assert sorted(letter.person_id or 0 for letter in written) == sorted(everybody(placed) - {away})
    assert "is coming up" in written[0].text and "/timetable/mine" in written[0].text
    assert written[0].subject == "Coming up: Who owns the rain?"


async def test_an_early_reminder_that_is_late_or_of_a_session_that_is_gone_is_not_written() -> None:
    world, placed = await told_world()
    work = RemindOfSession(world.event, placed.case_id, placed.starts_at.isoformat(), early=True)
    async with transaction() as session:
        assert await reminding.remind(session, work, now=placed.starts_at - timedelta(hours=1)) == 0
    async with transaction() as session:
        await leaving.withdraw_case(
            session, event_id=world.event, case_id=placed.case_id, by=placed.giver_id, is_planner=False, now=NOW
        )
    async with transaction() as session:
        assert await reminding.remind(session, work, now=placed.starts_at - timedelta(days=1)) == 0


async def test_answering_on_the_page_and_reading_it_on_the_board(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world, placed = await told_world()
    giver = await site.as_person(placed.giver_id)
    page = (await giver.get(f"{BASE}/mine")).text
    slot = re.search(r'name="slot" value="(\w+)"', page)
    assert slot
    url = f"{BASE}/mine/{placed.case_id}/answer"
    sent = await giver.send_form(url, {"slot": slot[1], "says": "other", "note": "Thursday is better"})
    assert sent.headers["location"] == f"{BASE}/mine#session-{placed.case_id}"
    assert "You asked for another time." in (await giver.get(f"{BASE}/mine")).text
    stale = await giver.send_form(url, {"slot": "20261022T1000Z", "says": "yes", "note": "a long thought"})
    assert stale.status_code == 409
    assert "This session has another time now." in stale.text
    assert 'value="a long thought"' in stale.text
    elene = await site.as_person(world.elene)
    board = (await elene.get(BASE)).text
    assert "1 answer needs you" in board
    assert "Thursday is better" in board
    assert "asks for another time" in (await elene.get(f"{BASE}?case={placed.case_id}")).text
    other = await site.as_person(world.watcher)
    assert (await other.send_form(url, {"slot": slot[1], "says": "yes"})).status_code == 404
    async with reading() as session:
        assert (await session.exec(select(Letter).where(Letter.kind == "timetable/reminder"))).all() == []
