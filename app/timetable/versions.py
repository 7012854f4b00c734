"""A next version of what people know in which only a little is another, made without the coordinators' draft.

Two people exchange their seats, or somebody has left: that holds at once. A draft keeps its place behind it and takes the
same over, so nothing that coordinators have prepared is lost and nothing they have not seen is published.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.timetable import edits, queries
from app.timetable.models import Placement, Plan
from app.timetable.rules import EditKind, PlanState

Reseat = Callable[[Placement], None]


async def next_version(
    session: AsyncSession, plan: Plan, rows: Sequence[Placement], *, reseat: Reseat, now: datetime
) -> tuple[Plan, Plan | None]:
    """The published plan's successor, its rows as `reseat` changes them, not published yet; and the draft, if any."""
    latest = await queries.latest_plan(session, plan.event_id)
    assert latest is not None
    draft = latest if latest.state == PlanState.DRAFT else None
    number = latest.number if draft else latest.number + 1
    if draft is not None:
        draft.number += 1
        session.add(draft)
        await session.flush()
    fresh = Plan(
        event_id=plan.event_id,
        number=number,
        edition=latest.edition + 1,
        unplaced=plan.unplaced,
        weights=plan.weights,
        made_at=now,
    )
    session.add(fresh)
    await session.flush()
    assert fresh.id is not None
    for row in rows:
        copy = Placement(**{**row.model_dump(exclude={"id"}), "plan_id": fresh.id})
        reseat(copy)
        session.add(copy)
    await session.flush()
    return fresh, draft


async def carry_over(
    session: AsyncSession, draft: Plan, cases: Sequence[int], *, reseat: Reseat | None, kind: EditKind, by: int | None,
    now: datetime,
) -> None:  # fmt: skip
    """The same in the draft, case by case, where it can be (`reseat`); either way it says so, and whoever looks at it has
    to look again before they publish."""
    rows = await queries.placements(session, draft)
    for case_id in cases:
        before = edits.remembered(draft, rows, case_id)
        for row in rows:
            if reseat is not None and row.case_id == case_id:
                reseat(row)
                session.add(row)
        await edits.note(session, draft, kind, by=by, case_id=case_id, before=before, now=now)
