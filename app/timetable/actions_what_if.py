"""Plans that are tried beside the draft: copied, worked on by the planner, taken or thrown away. Nobody is told of them."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Missing, Refused
from app.core.words import N_
from app.timetable import edits, planning, queries, queries_what_if
from app.timetable.actions import changed, hold
from app.timetable.models import Placement, Plan
from app.timetable.rules import WHAT_IFS, EditKind, PlanState, ProposalState, check_edition


async def try_beside(session: AsyncSession, *, event_id: int, name: str, now: datetime) -> Plan:
    """A copy of the plan as it is now, under a name. The same name again is the same copy."""
    timetable = await hold(session, event_id)
    known = await queries_what_if.what_ifs(session, event_id)
    same = next((plan for plan in known if plan.name == name), None)
    if same is not None:
        return same
    if len(known) >= WHAT_IFS:
        raise Refused(N_("There are enough plans beside each other. Throw one away first."))
    latest = await queries.latest_plan(session, event_id)
    if latest is None:
        raise Refused(N_("Nothing is planned yet, so there is nothing to copy. Let the planner propose a plan first."))
    number = min([0, *(plan.number for plan in known)]) - 1
    plan = Plan(
        event_id=event_id,
        number=number,
        state=PlanState.WHAT_IF,
        name=name,
        unplaced=latest.unplaced,
        weights=latest.weights,
        made_at=now,
    )
    session.add(plan)
    await session.flush()
    assert plan.id is not None
    for row in await queries.placements(session, latest):
        session.add(_copied(row, plan.id))
    changed(session, timetable)
    return plan


async def work_on(
    session: AsyncSession, *, event_id: int, plan_id: int, by: int, key: str, repair: bool, now: datetime
) -> None:
    """Have the planner propose a plan there, or mend what is published there."""
    plan = await _found(session, event_id, plan_id)
    await planning.propose(session, event_id=event_id, by=by, key=key, now=now, repair=repair, beside=plan)


async def adopt(session: AsyncSession, *, event_id: int, plan_id: int, seen: int, by: int, now: datetime) -> None:
    """What was tried becomes the draft, as a change its author can take back; what has begun stays. Not what cannot be any
    more: cases taken back, and those whose giver or moderator has left the event."""
    timetable = await hold(session, event_id)
    plan = await _idle(session, event_id, plan_id)
    draft = await planning.draft(session, event_id, now=now)
    check_edition(draft.edition, seen=seen)
    rows = await queries.placements(session, draft)
    before = edits.remembered(draft, rows)
    for row in rows:
        if row.starts_at > now:
            await session.delete(row)
    await session.flush()
    assert draft.id is not None
    settled = {row.case_id for row in rows if row.starts_at <= now}
    here = {each.id for each in await queries.attendants(session, event_id)}
    open_cases = {case.id for case in await queries.cases(session, event_id)}
    for row in await queries.placements(session, plan):
        is_open = row.case_id in open_cases - settled and row.starts_at > now
        if is_open and {row.giver_id, row.moderator_id} <= here:
            copy = _copied(row, draft.id)
            copy.advisers = [person for person in row.advisers if person in here]
            session.add(copy)
    draft.unplaced = [entry for entry in plan.unplaced if entry["case"] not in settled]
    draft.weights = plan.weights
    await edits.note(session, draft, EditKind.PLAN, by=by, before=before, now=now)
    await session.delete(plan)
    changed(session, timetable)


async def throw_away(session: AsyncSession, *, event_id: int, plan_id: int) -> None:
    timetable = await hold(session, event_id)
    await session.delete(await _idle(session, event_id, plan_id))
    changed(session, timetable)


async def _idle(session: AsyncSession, event_id: int, plan_id: int) -> Plan:
    plan = await _found(session, event_id, plan_id)
    run = await queries_what_if.run_of(session, plan)
    if run is not None and not ProposalState(run.state).over:
        raise Refused(N_("The planner is still at work there. Wait until it is done, or stop it first."))
    return plan


async def _found(session: AsyncSession, event_id: int, plan_id: int) -> Plan:
    plan = await queries_what_if.what_if(session, event_id, plan_id)
    if plan is None:
        raise Missing(N_("This plan is gone: somebody has taken it or thrown it away."))
    return plan


def _copied(row: Placement, plan_id: int) -> Placement:
    return Placement(**{**row.model_dump(exclude={"id"}), "plan_id": plan_id})
