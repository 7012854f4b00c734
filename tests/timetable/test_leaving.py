"""Somebody leaves the event, or takes a case back, after the plan was published: who hears what, and when."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlmodel import select

from app.core import signs
from app.core.db import reading, transaction
from app.core.jobs import Job
from app.core.mail import Letter
from app.events import actions_members
from app.events.jobs import SomebodyLeft
from app.events.models import Participation
from app.matching.repair import repair
from app.notices.models import Notice
from app.timetable import asked, leaving, planning, publishing, queries, reminding
from app.timetable.jobs import ProposePlan, RemindOfSession
from app.timetable.models import Edit, Plan, Proposal
from app.timetable.rules import PlanState
from app.timetable.swaps import SwapState
from tests.timetable.test_planning import letters
from tests.timetable.test_swaps import TUE, Town, a_town
from tests.timetable.world import NOW
from workers import timetable as hands

pytestmark = pytest.mark.usefixtures("database")
HOUR = timedelta(hours=1)


@pytest.fixture
async def town(database: object) -> Town:
    signs.use_secret("for tests " * 4)
    return await a_town()


async def left(town: Town, person: int) -> None:
    async with transaction() as session:
        await actions_members.leave(session, event_id=town.world.event, person_id=person, now=NOW)
    async with transaction() as session:
        await hands.settle_for(session, SomebodyLeft(town.world.event, person), now=NOW)


async def written(after: int) -> dict[int, Letter]:
    """Letters about the plan since the first so many: one a person."""
    found = {letter.person_id or 0: letter for letter in (await letters())[after:]}
    assert len(found) == len(await letters()) - after
    return found


async def called(town: Town) -> list[tuple[int, str]]:
    async with reading() as session:
        query = select(Notice).where(Notice.kind == "mend").order_by(Notice.person_id, Notice.ref)  # type: ignore[arg-type]
        return [(each.person_id, each.title) for each in (await session.exec(query)).all()]


async def plans(town: Town) -> Sequence[Plan]:
    async with reading() as session:
        query = select(Plan).where(Plan.event_id == town.world.event).order_by(Plan.number)  # type: ignore[arg-type]
        return (await session.exec(query)).all()


async def repaired(town: Town) -> None:
    """What the worker does with the run that was asked for."""
    async with transaction() as session:
        run = await queries.proposal(session, town.world.event)
        assert run is not None and run.repair and run.asked_by is None
        problem = await asked.problem_of(session, town.world.event, now=NOW)
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=repair(problem), now=NOW)


async def published(town: Town) -> set[int]:
    async with transaction() as session:
        draft = await queries.latest_plan(session, town.world.event)
        assert draft is not None
        found = await publishing.publish(
            session, event_id=town.world.event, number=draft.number, seen=draft.edition, by=town.world.elene, now=NOW
        )
    return set(found)


async def test_an_adviser_who_leaves_frees_their_seat_at_once_and_nobody_else_is_written_to(town: Town) -> None:
    """Three advise in each session and three it takes, so one too few is left: a repair is prepared, not published."""
    swap, before = await town.ask(), len(await letters())
    await left(town, town.mine)
    assert town.mine not in (await town.advisers())[town.rain]
    assert await town.state(swap) == SwapState.GONE
    (letter,) = (await written(before)).values()
    assert letter.person_id == town.mine
    calendar = Calendar.from_ical(letter.attachments[0]["text"])
    assert calendar["method"] == "CANCEL" and int(calendar.walk("VEVENT")[0]["sequence"]) == 2
    assert await called(town) == [(town.world.elene, "Rain")]
    async with reading() as session:
        jobs = (await session.exec(select(Job).where(Job.name == ProposePlan.name))).all()
    assert len(jobs) == 1
    await repaired(town)
    told = await published(town)
    advisers = (await town.advisers())[town.rain]
    (fresh,) = set(advisers) - {town.mine, *town.world.people[3:5]}
    assert told == {fresh}
    assert set(await written(before + 1)) == {fresh}


async def test_a_moderator_who_leaves_is_cancelled_once_and_their_session_goes_on_with_another(town: Town) -> None:
    mara, mirela = town.world.moderators
    before = len(await letters())
    await left(town, mara)
    assert set(await written(before)) == {mara}
    assert await called(town) == [(town.world.elene, "Rain")]
    async with transaction() as session:
        work = RemindOfSession(town.world.event, town.rain, TUE.isoformat())
        assert await reminding.remind(session, work, now=TUE - HOUR / 4) == 4, "all but who has left"
    await repaired(town)
    assert await published(town) == {mirela}
    assert set(await written(before + 1)) == {mirela}


async def test_a_giver_who_leaves_takes_the_case_along_and_its_people_hear_with_the_next_plan(town: Town) -> None:
    giver, before = town.world.people[0], len(await letters())
    await left(town, giver)
    mine = (await written(before))[giver]
    assert len(mine.attachments) == 2, "the case they brought, and the one they advised in"
    assert ("Rain", town.world.elene) in {(title, person) for person, title in await called(town)}
    assert town.rain in await town.advisers(), "nothing is moved before a coordinator has looked"
    await repaired(town)
    told = await published(town)
    assert giver not in told and {town.world.moderators[0], *town.world.people[2:5]} <= told
    assert town.rain not in await town.advisers()
    assert giver not in await written(before + 1)


async def test_a_draft_at_work_is_kept_and_says_that_somebody_has_left(town: Town) -> None:
    async with transaction() as session:
        plan = await planning.draft(session, town.world.event, now=NOW)
        await planning.lock_case(
            session, event_id=town.world.event, case_id=town.roots, lock=True, seen=plan.edition, now=NOW,
            by=town.world.elene,
        )  # fmt: skip
    await left(town, town.mine)
    first, second, draft = await plans(town)
    assert [first.state, second.state, draft.state] == [PlanState.PUBLISHED, PlanState.PUBLISHED, PlanState.DRAFT]
    assert (await town.advisers(drafted=True))[town.rain] == town.world.people[3:5]
    async with reading() as session:
        assert (await session.exec(select(Proposal))).all() == [], "nobody plans over what coordinators have begun"
        kinds = [(each.kind, each.case_id) for each in (await session.exec(select(Edit))).all()]
    assert ("lock", town.roots) in kinds and ("left", town.rain) in kinds
    assert await called(town) == [(town.world.elene, "Rain")]


async def test_who_comes_back_before_the_repair_is_invited_anew(town: Town) -> None:
    mara, before = town.world.moderators[0], len(await letters())
    await left(town, mara)
    async with transaction() as session:
        session.add(Participation(event_id=town.world.event, person_id=mara, roles=["moderator"], joined_at=NOW))
    await repaired(town)
    assert await published(town) == {mara}
    again = (await written(before + 1))[mara]
    assert Calendar.from_ical(again.attachments[0]["text"])["method"] == "REQUEST"


async def test_who_sits_nowhere_leaves_without_a_new_version_and_who_leaves_twice_is_told_once(town: Town) -> None:
    before = len(await letters())
    await left(town, town.world.watcher)
    assert len(await plans(town)) == 1
    await left(town, town.world.moderators[0])
    async with transaction() as session:
        await leaving.settle_for(session, event_id=town.world.event, person_id=town.world.moderators[0], now=NOW)
    assert set(await written(before)) == {town.world.moderators[0]}
    assert len([each for each in await plans(town) if each.state == PlanState.PUBLISHED]) == 2


async def test_a_case_taken_back_ends_requests_at_once_and_waits_for_publishing_in_a_draft(town: Town) -> None:
    swap, before = await town.ask(), len(await letters())
    async with transaction() as session:
        await leaving.withdraw_case(
            session, event_id=town.world.event, case_id=town.roots, by=town.world.people[1], is_planner=False, now=NOW
        )
    assert await town.state(swap) == SwapState.GONE
    assert await called(town) == [(town.world.elene, "Roots")]
    assert await written(before) == {}
    people = {town.world.people[1], town.world.moderators[1], *(await town.advisers())[town.roots]}
    assert await published(town) == people
    assert set(await written(before)) == people
