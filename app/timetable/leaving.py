"""Somebody leaves the event, or takes a case back: their seats are free at once, and those who plan find what to mend.

Whoever has left is told at once, their calendar too. Everybody else hears with the next plan that is published, in the one
letter about all their changes; nothing is moved before a coordinator has looked.
"""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.planning import call_off
from app.core.errors import Missing
from app.events.queries_members import member_ids
from app.events.rules import Role
from app.matching.repair import broken
from app.notices.actions import Telling, tell
from app.notices.rules import Kind as Why
from app.timetable import asked, planning, publishing, queries
from app.timetable.actions import changed, hold
from app.timetable.changes import Change, Kind, Part, Sitting, changes
from app.timetable.models import Case, Placement, Plan
from app.timetable.rooms import room_key
from app.timetable.rules import EditKind, PlanState, ProposalState
from app.timetable.swapping import end_swaps_of, end_swaps_of_case
from app.timetable.told import parted
from app.timetable.versions import carry_over, next_version


async def withdraw_case(
    session: AsyncSession, *, event_id: int, case_id: int, by: int, is_planner: bool, now: datetime
) -> None:
    """Take a case back. Its room does not open; whoever has been invited hears of it when the plan is published."""
    timetable = await hold(session, event_id)
    case = await queries.case_of(session, event_id, case_id)
    if case is None or (case.giver_id != by and not is_planner):
        raise Missing
    if case.withdrawn_at is None:
        known = [row for row in await _ahead(session, event_id, now=now) if row.case_id == case_id]
        await _withdraw(session, case, now=now)
        changed(session, timetable)
        if known:
            plan = await planning.draft(session, event_id, now=now)
            await _call(session, plan, known, by=by, now=now)


async def settle_for(session: AsyncSession, *, event_id: int, person_id: int, now: datetime) -> None:
    """Somebody has left the event. Where a session cannot go on without them, a repair is prepared, unless coordinators
    have a draft at work: then the board tells them what no longer holds."""
    timetable = await hold(session, event_id)
    await end_swaps_of(session, event_id, person_id, now=now)
    held = await _ahead(session, event_id, now=now)
    begun = {row.case_id for row in await _published(session, event_id)} - {row.case_id for row in held}
    for case in await queries.cases(session, event_id):
        if case.giver_id == person_id and case.id not in begun:
            await _withdraw(session, case, now=now)
    known = {case for person, case in await parted(session, event_id) if person == person_id}
    mine = [row for row in held if person_id in _people(row) and row.case_id not in known]
    if mine:
        await _release(session, event_id, person_id, mine, now=now)
        await _prepare(session, event_id, person_id, mine, now=now)
    changed(session, timetable)


async def _withdraw(session: AsyncSession, case: Case, *, now: datetime) -> None:
    assert case.id is not None
    case.withdrawn_at, case.text = now, ""
    session.add(case)
    await session.flush()
    await call_off(session, key=room_key(case.id))
    await end_swaps_of_case(session, case.event_id, case.id, now=now)


async def _published(session: AsyncSession, event_id: int) -> list[Placement]:
    return await queries.placements(session, await queries.published_plan(session, event_id))


async def _ahead(session: AsyncSession, event_id: int, *, now: datetime) -> list[Placement]:
    return [row for row in await _published(session, event_id) if row.starts_at > now]


def _people(row: Placement) -> set[int]:
    return {row.giver_id, row.moderator_id, *row.advisers}


async def _release(
    session: AsyncSession, event_id: int, person_id: int, mine: list[Placement], *, now: datetime
) -> None:
    """A next version without them among the advisers. Who brings a case or leads it stays named until the repair is
    published, but knows now that they are free."""
    plan = await queries.published_plan(session, event_id)
    assert plan is not None
    rows = await queries.placements(session, plan)
    cases = {row.case_id for row in mine}

    def without(row: Placement) -> None:
        if row.case_id in cases:
            row.advisers = [each for each in row.advisers if each != person_id]

    before = [each for each in queries.as_sittings(rows) if each.start > now]
    fresh, draft = await next_version(session, plan, rows, reseat=without, now=now)
    told = changes(before, queries.as_sittings(await queries.placements(session, fresh))).get(person_id, ())
    told = (*told, *(_gone(person_id, each) for each in before if _leads(each, person_id) and each.case in cases))
    news = tuple(sorted(told, key=lambda change: change.when))
    await publishing.make_known(session, fresh, {person_id: news}, before=before, by=None, now=now)
    if draft is not None:
        await carry_over(session, draft, sorted(cases), reseat=without, kind=EditKind.LEFT, by=None, now=now)


def _leads(sitting: Sitting, person_id: int) -> bool:
    return sitting.parts().get(person_id) in {Part.GIVER, Part.MODERATOR}


def _gone(person_id: int, sitting: Sitting) -> Change:
    part = sitting.parts()[person_id]
    return Change(person_id, sitting.case, Kind.GONE, part, sitting.minutes, before=sitting.start)


async def _prepare(
    session: AsyncSession, event_id: int, person_id: int, mine: list[Placement], *, now: datetime
) -> None:
    """What cannot go on as it is, is told to those who plan; the planner mends it for them to look at."""
    shaken = broken(await asked.problem_of(session, event_id, now=now))
    hurt = [row for row in mine if row.giver_id == person_id or row.case_id in shaken]
    if not hurt:
        return
    latest, run = await queries.latest_plan(session, event_id), await queries.proposal(session, event_id)
    assert latest is not None
    free = latest.state == PlanState.PUBLISHED and (run is None or ProposalState(run.state).over)
    if free and await queries.cases(session, event_id):
        key = f"left:{event_id}:{person_id}:{latest.number}"
        await planning.propose(session, event_id=event_id, by=None, key=key, now=now, repair=True)
    plan = await planning.draft(session, event_id, now=now)
    await _call(session, plan, hurt, by=person_id, now=now)


async def _call(session: AsyncSession, plan: Plan, rows: list[Placement], *, by: int, now: datetime) -> None:
    """Those who plan are told, once a version and case."""
    event = await queries.event_by_id(session, plan.event_id)
    coordinators = await member_ids(session, plan.event_id, roles=frozenset({Role.COORDINATOR}))
    asked_now = coordinators or await member_ids(session, plan.event_id, roles=frozenset({Role.MANAGER}))
    titles = await queries.titles(session, plan.event_id)
    for row in rows:
        telling = Telling(
            event_id=plan.event_id, audience_id=event.audience_id, topic=f"mend:{plan.id}", ref=row.case_id, place=0,
            by_id=by, title=titles.get(row.case_id, ""), text="", lang="",
            url=f"/events/{event.slug}/timetable?case={row.case_id}#why",
            who={person: Why.MEND for person in asked_now if person != by},
        )  # fmt: skip
        await tell(session, telling, now=now)
