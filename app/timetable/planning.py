"""The draft: the planner's proposals, moving by hand, locks. Nobody is told anything before it is published."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import locked
from app.core.errors import Missing, Refused
from app.core.i18n import CODES
from app.core.jobs import schedule
from app.core.times import in_words
from app.core.words import N_
from app.matching import plan as planned
from app.matching.by_hand import place_one
from app.matching.plan import Reason
from app.matching.problem import Slot
from app.matching.solve import STEPS
from app.timetable import edits, queries, queries_what_if
from app.timetable.actions import changed, hold
from app.timetable.asked import problem_by_hand, seat, with_slots_of
from app.timetable.jobs import ProposePlan
from app.timetable.models import Placement, Plan, Proposal
from app.timetable.problem import slot_id, slot_start
from app.timetable.rules import EditKind, PlanState, ProposalState, check_not_begun


async def draft(session: AsyncSession, event_id: int, *, now: datetime) -> Plan:
    """The draft of this event; where the newest plan is published, a copy of it becomes the next draft."""
    latest = await queries.latest_plan(session, event_id)
    if latest is not None and latest.state == PlanState.DRAFT:
        return latest
    fresh = Plan(event_id=event_id, number=1, made_at=now)
    if latest is not None:
        fresh.number, fresh.edition = latest.number + 1, latest.edition
        fresh.unplaced, fresh.weights = latest.unplaced, latest.weights
    session.add(fresh)
    await session.flush()
    assert fresh.id is not None
    for row in await queries.placements(session, latest):
        session.add(Placement(**{**row.model_dump(exclude={"id"}), "plan_id": fresh.id}))
    await session.flush()
    return fresh


async def propose(
    session: AsyncSession, *, event_id: int, by: int | None, key: str, now: datetime, repair: bool = False,
    beside: Plan | None = None,
) -> Proposal:  # fmt: skip
    """Have the planner work on the draft, or on a plan `beside` it. The same `key` again is the same run; there is one run
    at a time.

    With `repair` it keeps the published plan and changes as little as the world asks for; locks hold.
    """
    timetable = await hold(session, event_id)
    latest = await queries.proposal(session, event_id)
    if latest is not None and latest.key == key:
        return latest
    if latest is not None and not ProposalState(latest.state).over:
        raise Refused(N_("The planner is already at work. Wait until it is done, or stop it first."))
    if repair and await queries.published_plan(session, event_id) is None:
        raise Refused(N_("Nothing is published yet, so there is nothing to mend. Let the planner propose a plan."))
    plan = beside or await draft(session, event_id, now=now)
    cases = await queries.cases(session, event_id)
    if not cases:
        raise Refused(N_("There is no case to plan yet. Cases appear here as soon as people offer them."))
    assert plan.id is not None
    run = Proposal(
        key=key, event_id=event_id, plan_id=plan.id, asked_by=by, edition=plan.edition, steps=STEPS,
        cases=len(cases), asked_at=now, repair=repair, weights=timetable.weights,
    )  # fmt: skip
    session.add(run)
    await session.flush()
    assert run.id is not None
    changed(session, timetable)
    await schedule(session, ProposePlan(run.id), at=now, key=f"propose:{run.id}")
    return run


async def stop_proposal(session: AsyncSession, *, event_id: int) -> None:
    """End the search early; the best so far is taken."""
    timetable = await hold(session, event_id)
    run = await queries.proposal(session, event_id)
    if run is not None and not ProposalState(run.state).over:
        run.stop = True
        session.add(run)
        changed(session, timetable)


async def note_progress(
    session: AsyncSession,
    *,
    proposal_id: int,
    step: int,
    placed: int,
    score: int | None = None,
    bound: int | None = None,
) -> bool:
    """Write down how far the planner is; False when somebody wants it to stop."""
    run = await _run(session, proposal_id)
    timetable = await hold(session, run.event_id)
    run.state, run.step, run.placed = ProposalState.RUNNING, step, placed
    run.score, run.bound = score, bound
    session.add(run)
    changed(session, timetable)
    return not run.stop


async def take_proposal(session: AsyncSession, *, proposal_id: int, plan: planned.Plan, now: datetime) -> None:
    """The planner is done: what it found becomes the draft, unless somebody has changed the draft meanwhile."""
    run = await _run(session, proposal_id)
    timetable = await hold(session, run.event_id)
    if ProposalState(run.state).over:
        return
    latest = await queries_what_if.plan_of(session, run)
    run.step, run.placed, run.ended_at = plan.steps, len(plan.placements), now
    run.score, run.bound = plan.score, plan.bound
    if (
        latest is None
        or latest.id != run.plan_id
        or latest.edition != run.edition
        or latest.state == PlanState.PUBLISHED
    ):
        run.state = ProposalState.LATE
    else:
        run.state = ProposalState.DONE
        await _replace(session, latest, plan, by=run.asked_by, now=now)
        latest.weights = run.weights
    session.add(run)
    changed(session, timetable)


async def give_up_proposal(session: AsyncSession, *, proposal_id: int, said: str, now: datetime) -> None:
    run = await _run(session, proposal_id)
    timetable = await hold(session, run.event_id)
    if not ProposalState(run.state).over:
        run.state, run.said, run.ended_at = ProposalState.FAILED, said[:400], now
        session.add(run)
        changed(session, timetable)


async def _run(session: AsyncSession, proposal_id: int) -> Proposal:
    found: Proposal | None = (
        await session.exec(locked(select(Proposal).where(Proposal.id == proposal_id)))
    ).one_or_none()
    if found is None:
        raise Missing
    return found


async def _replace(session: AsyncSession, draft: Plan, found: planned.Plan, *, by: int | None, now: datetime) -> None:
    """What the planner was asked about gives way to what it found, unless it has begun; locks stay locks."""
    rows = await queries.placements(session, draft)
    before = edits.remembered(draft, rows)
    kept_locked = {row.case_id for row in rows if row.locked}
    minutes = {slot.id: slot.minutes for slot in await _slots(session, draft, rows)}
    givers = {case.id: case.giver_id for case in await queries.cases(session, draft.event_id)}
    assert draft.id is not None
    asked = {each.case for each in found.placements} | {each.case for each in found.unplaced}
    stands = givers.keys() - asked
    await session.exec(
        delete(Placement).where(
            col(Placement.plan_id) == draft.id, col(Placement.starts_at) > now, col(Placement.case_id).not_in(stands)
        )
    )
    for placed in found.placements:
        if placed.case in givers and slot_start(placed.slot) > now:
            row = _row(draft.id, placed, minutes=minutes[placed.slot], giver_id=givers[placed.case])
            row.locked = placed.case in kept_locked
            session.add(row)
    locks = {entry["case"]: entry["lock"] for entry in draft.unplaced if "lock" in entry}
    locks |= {row.case_id: [slot_id(row.starts_at), row.moderator_id] for row in rows if row.locked}
    draft.unplaced = [
        asdict(left_out) | ({"lock": locks[left_out.case]} if left_out.case in locks else {})
        for left_out in found.unplaced
    ]
    await edits.note(session, draft, EditKind.PLAN, by=by, before=before, now=now)


async def _slots(session: AsyncSession, draft: Plan, rows: Sequence[Placement]) -> list[Slot]:
    return with_slots_of(rows, queries.slots_of(await queries.windows(session, draft.event_id)))


def _row(plan_id: int, placed: planned.Placement, *, minutes: int, giver_id: int) -> Placement:
    return Placement(
        plan_id=plan_id, case_id=placed.case, starts_at=slot_start(placed.slot), minutes=minutes, giver_id=giver_id,
        moderator_id=placed.moderator, advisers=list(placed.advisers), why=[asdict(reason) for reason in placed.why],
    )  # fmt: skip


async def move_case(
    session: AsyncSession,
    *,
    event_id: int,
    case_id: int,
    slot: str,
    moderator_id: int | None,
    seen: int,
    now: datetime,
    by: int | None = None,
) -> Placement:
    """Put a case at a time by hand, with the best people there; everything else stays. It is locked there."""
    timetable = await hold(session, event_id)
    plan = await draft(session, event_id, now=now)
    await edits.check_seen(session, plan, seen=seen, case_id=case_id)
    rows = await queries.placements(session, plan)
    before = edits.remembered(plan, rows, case_id)
    mine = next((row for row in rows if row.case_id == case_id), None)
    if mine is not None:
        check_not_begun(mine.starts_at, now=now)
    problem = await problem_by_hand(session, event_id, rows, now=now)
    if case_id not in {case.id for case in problem.cases} or slot not in {each.id for each in problem.slots}:
        raise Refused(N_("This time or this case is gone. Look at the board again, then choose."))
    found = place_one(problem, [seat(row) for row in rows], case=case_id, slot=slot, moderator=moderator_id)
    if isinstance(found, planned.Unplaced):
        raise await _refusal(session, event_id, found.why)
    if mine is not None:
        await session.delete(mine)
        await session.flush()
    assert plan.id is not None
    minutes = next(each.minutes for each in problem.slots if each.id == slot)
    giver = next(case.giver for case in problem.cases if case.id == case_id)
    placed = _row(plan.id, found, minutes=minutes, giver_id=giver)
    placed.locked = True
    session.add(placed)
    plan.unplaced = [left_out for left_out in plan.unplaced if left_out["case"] != case_id]
    await edits.note(session, plan, EditKind.MOVE, by=by, case_id=case_id, before=before, now=now)
    changed(session, timetable)
    return placed


async def _refusal(session: AsyncSession, event_id: int, why: Sequence[Reason]) -> Refused:
    """The planner's first reason, with words in place of ids: names, and times on the event's clocks."""
    values: dict[str, object] = dict(why[0].values)
    if "slot" in values:
        zone, start = (await queries.event_by_id(session, event_id)).zone, slot_start(str(values["slot"]))
        values["slot"] = {lang: in_words(start, zone, lang) for lang in CODES}
    person = values.get("person")
    if isinstance(person, int):
        values["person"] = (await queries.names(session, [person])).get(person, "")
    return Refused(why[0].sentence, **values)


async def lock_case(
    session: AsyncSession, *, event_id: int, case_id: int, lock: bool, seen: int, now: datetime, by: int | None = None
) -> None:
    """What is locked stays where it is when the planner works again; what was left out for its lock can be unlocked."""
    timetable = await hold(session, event_id)
    plan = await draft(session, event_id, now=now)
    await edits.check_seen(session, plan, seen=seen, case_id=case_id)
    before = edits.remembered(plan, await queries.placements(session, plan), case_id)
    left_out = next((entry for entry in plan.unplaced if entry["case"] == case_id and "lock" in entry), None)
    if left_out is not None and not lock:
        why = asdict(Reason(N_("A coordinator has unlocked it. Let the planner propose again.")))
        rest = [entry for entry in plan.unplaced if entry["case"] != case_id]
        plan.unplaced = [*rest, {"case": case_id, "why": [why]}]
    else:
        row = await _placement(session, plan, case_id)
        row.locked = lock
        session.add(row)
    kind = EditKind.LOCK if lock else EditKind.UNLOCK
    await edits.note(session, plan, kind, by=by, case_id=case_id, before=before, now=now)
    changed(session, timetable)


async def take_out(
    session: AsyncSession, *, event_id: int, case_id: int, seen: int, now: datetime, by: int | None = None
) -> None:
    """A case loses its place in the draft."""
    timetable = await hold(session, event_id)
    plan = await draft(session, event_id, now=now)
    await edits.check_seen(session, plan, seen=seen, case_id=case_id)
    before = edits.remembered(plan, await queries.placements(session, plan), case_id)
    row = await _placement(session, plan, case_id)
    check_not_begun(row.starts_at, now=now)
    await session.delete(row)
    reason = asdict(Reason(N_("A coordinator has taken it out.")))
    plan.unplaced = [*plan.unplaced, {"case": case_id, "why": [reason]}]
    await edits.note(session, plan, EditKind.OUT, by=by, case_id=case_id, before=before, now=now)
    changed(session, timetable)


async def _placement(session: AsyncSession, plan: Plan, case_id: int) -> Placement:
    query = select(Placement).where(Placement.plan_id == plan.id, Placement.case_id == case_id)
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise Missing
    return found
