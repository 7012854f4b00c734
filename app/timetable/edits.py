"""Who changed the draft: written down with every change, told to whoever comes second, taken back by whoever made it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Refused
from app.core.words import N_
from app.matching import plan as planned
from app.matching.check import broken_rules
from app.matching.problem import Problem
from app.timetable import queries, queries_edits
from app.timetable.actions import changed, hold
from app.timetable.asked import problem_by_hand
from app.timetable.models import Edit, Placement, Plan
from app.timetable.problem import slot_id
from app.timetable.rules import EDITS_KEPT, EditKind, PlanState, check_not_begun

_GONE = N_("There is nothing of yours to take back: somebody has changed the same since, or it was taken back already.")


def remembered(plan: Plan, rows: Sequence[Placement], case_id: int | None = None) -> dict[str, Any]:
    """How one case lies in the draft, or all do, before a change."""
    weights = {"weights": plan.weights} if case_id is None else {}
    return weights | {
        "placements": [row.model_dump(mode="json", exclude={"id"}) for row in rows if case_id in {None, row.case_id}],
        "unplaced": [entry for entry in plan.unplaced if case_id in {None, entry["case"]}],
    }


async def note(
    session: AsyncSession, plan: Plan, kind: EditKind, *, by: int | None, before: dict[str, Any], now: datetime,
    case_id: int | None = None,
) -> None:  # fmt: skip
    """The draft is another one now; say who made it so."""
    plan.edition += 1
    session.add(plan)
    assert plan.id is not None
    session.add(
        Edit(plan_id=plan.id, edition=plan.edition, by_id=by, kind=kind, case_id=case_id, before=before, at=now)
    )
    await session.exec(delete(Edit).where(col(Edit.plan_id) == plan.id, col(Edit.edition) <= plan.edition - EDITS_KEPT))


async def check_seen(session: AsyncSession, plan: Plan, *, seen: int, case_id: int) -> None:
    """Refuses a change of a case that has been changed since the page was opened, and says by whom; what happened to other
    cases meanwhile is no reason."""
    later = await queries_edits.since(session, plan, seen)
    if len(later) < plan.edition - seen or seen > plan.edition:
        raise Refused(
            N_("Somebody else has changed the draft since you opened this page. Look at it again, then decide.")
        )
    for edit in later:
        if edit.case_id in {None, case_id}:
            name = (await queries.names(session, [edit.by_id or 0])).get(edit.by_id or 0, "")
            raise Refused(
                N_(
                    "{name} has changed this case since you opened the page. It is shown as it is now; look, then decide."
                ),
                name=name or "…",
            )


async def undo(session: AsyncSession, *, event_id: int, by: int, edition: int, now: datetime) -> None:
    """Take back one's own last change, the one that led to `edition`. Taken back twice is taken back."""
    timetable = await hold(session, event_id)
    plan = await queries.latest_plan(session, event_id)
    mine = await queries_edits.last_of(session, plan, by)
    if plan is None or plan.state != PlanState.DRAFT or mine is None or mine.edition != edition:
        raise Refused(_GONE)
    rows = await queries.placements(session, plan)
    before, case_id = remembered(plan, rows, mine.case_id), mine.case_id
    for row in rows:
        if case_id in {None, row.case_id} and row.starts_at > now:
            await session.delete(row)
    await session.flush()
    fresh = [Placement.model_validate(each) for each in mine.before["placements"]]
    rest = [row for row in rows if case_id not in {None, row.case_id} or row.starts_at <= now]
    for row in fresh:
        if row.case_id in {each.case_id for each in rest}:
            continue
        check_not_begun(row.starts_at, now=now)
        session.add(row)
    await session.flush()
    if case_id is not None and fresh:
        await _check_room(session, event_id, rest, fresh[0], now=now)
    others = [entry for entry in plan.unplaced if case_id not in {None, entry["case"]}]
    plan.unplaced = [*others, *mine.before["unplaced"]]
    plan.weights = mine.before.get("weights", plan.weights)
    mine.undone = True
    session.add(mine)
    await note(session, plan, EditKind.UNDO, by=by, before=before, case_id=case_id, now=now)
    changed(session, timetable)


async def _check_room(
    session: AsyncSession, event_id: int, rest: Sequence[Placement], back: Placement, *, now: datetime
) -> None:
    """Others may have put something where it was, or taken its people."""
    problem = await problem_by_hand(session, event_id, [*rest, back], now=now)
    if set(_broken(problem, [*rest, back])) - set(_broken(problem, rest)):
        raise Refused(N_("It cannot go back to where it was: its people or its room are taken now. Move it by hand."))


def _broken(problem: Problem, rows: Sequence[Placement]) -> list[str]:
    people = {person.id for person in problem.people}
    known = {case.id for case in problem.cases} & {
        row.case_id for row in rows if {row.moderator_id, *row.advisers} <= people
    }
    placed = [
        planned.Placement(row.case_id, slot_id(row.starts_at), row.moderator_id, tuple(row.advisers))
        for row in rows
        if row.case_id in known
    ]
    left = {case.id for case in problem.cases} - known
    plan = planned.Plan(
        tuple(placed), tuple(planned.Unplaced(case, (planned.Reason("-"),)) for case in left), score=0, steps=0
    )
    lost = [f"case {row.case_id} has somebody who is not here" for row in rows if row.case_id not in known]
    return [*broken_rules(problem, plan), *lost]
