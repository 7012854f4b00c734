"""What the planner is asked: the problem of an event, put together from its rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.matching.problem import Case as AskedCase
from app.matching.problem import Lock, Problem, Seat, Slot, Weights
from app.timetable import queries, queries_groups, weighing
from app.timetable.models import Case, Placement, Plan, Window
from app.timetable.problem import Attendant, build, slot_id
from app.timetable.weighing import Levels

SOON = timedelta(hours=24)
"""What people know of and begins so soon is nothing a planner may change; a coordinator's hand or a repair may."""


async def problem_of(
    session: AsyncSession, event_id: int, *, now: datetime, standing: timedelta = timedelta(0), plan: Plan | None = None,
    levels: Levels | None = None,
) -> Problem:  # fmt: skip
    """What is still to be planned: cases that have not begun, at times to come, near what people already know; from `plan`
    on, or from the draft.

    Published sessions that begin within `standing` are not asked about; everything else is planned around them. `levels`:
    what is to be weighed, without them as it is set for the event now.
    """
    if levels is None:
        timetable = await queries.timetable(session, event_id)
        levels = timetable.weights if timetable else {}
    plan = plan or await queries.latest_plan(session, event_id)
    attendants = await queries.attendants(session, event_id)
    return problem_from(
        attendants,
        cases=await queries.cases(session, event_id),
        drafted=await queries.placements(session, plan),
        left_out=plan.unplaced if plan else (),
        told=await queries.placements(session, await queries.published_plan(session, event_id)),
        windows=await queries.windows(session, event_id),
        now=now,
        standing=standing,
        apart=await queries_groups.apart(session, event_id, attendants),
        weights=weighing.weights(levels),
    )


def problem_from(
    attendants: Sequence[Attendant],
    *,
    cases: Sequence[Case],
    drafted: Sequence[Placement],
    told: Sequence[Placement],
    windows: Sequence[Window],
    now: datetime,
    standing: timedelta = timedelta(0),
    left_out: Sequence[Mapping[str, Any]] = (),
    apart: Iterable[tuple[int, int]] = (),
    weights: Weights | None = None,
) -> Problem:
    """The same from rows that are loaded already; `left_out` are the draft's cases without a place, some of them locked.

    `apart`: who never sits with whom. Whoever sits in a session that has begun or stands has met.
    """
    known = {(row.case_id, row.starts_at) for row in told}
    stands = [row for row in drafted if now < row.starts_at < now + standing and (row.case_id, row.starts_at) in known]
    settled = {row.case_id for row in drafted if row.starts_at <= now} | {row.case_id for row in stands}
    ahead = [row for row in drafted if row.starts_at > now]
    locked = [row for row in ahead if row.locked]
    problem = build(
        attendants,
        cases=[_asked(case) for case in cases if case.id not in settled],
        slots=with_slots_of([*locked, *stands], queries.slots_of(windows, after=now)),
        locks=[
            *(Lock(row.case_id, slot_id(row.starts_at), row.moderator_id) for row in locked),
            *(Lock(entry["case"], *entry["lock"]) for entry in left_out if "lock" in entry),
        ],
        previous=[seat(row) for row in told if row.starts_at > now],
        apart=apart,
        met=[(row.giver_id, row.moderator_id, *row.advisers) for row in drafted if row.case_id in settled],
        weights=weights,
    )
    return around(problem, stands) if stands else problem


def around(problem: Problem, stands: Sequence[Placement]) -> Problem:
    """The problem with the rooms, the hours and the moderators taken that these sessions need."""
    taken: dict[int, set[str]] = defaultdict(set)
    for row in stands:
        ends = row.starts_at + timedelta(minutes=row.minutes)
        meanwhile = {slot.id for slot in problem.slots if slot.start < ends and row.starts_at < slot.end}
        for person in (row.giver_id, row.moderator_id, *row.advisers):
            taken[person] |= meanwhile
    rooms, leads = Counter(slot_id(row.starts_at) for row in stands), Counter(row.moderator_id for row in stands)
    free = [replace(slot, rooms=slot.rooms - rooms[slot.id]) for slot in problem.slots]
    slots = tuple(slot for slot in free if slot.rooms > 0)
    return replace(
        problem,
        slots=slots,
        people=tuple(replace(each, impossible=each.impossible | taken[each.id]) for each in problem.people),
        moderators=tuple(replace(each, most=max(0, each.most - leads[each.person])) for each in problem.moderators),
        locks=tuple(lock for lock in problem.locks if lock.slot in {slot.id for slot in slots}),
    )


def seat(row: Placement) -> Seat:
    return Seat(row.case_id, slot_id(row.starts_at), row.moderator_id, tuple(row.advisers))


def _asked(case: Case) -> AskedCase:
    assert case.id is not None
    return AskedCase(
        case.id, case.giver_id, case.city, case.lang, case.theme, case.least, case.most, needs=frozenset({case.method}),
        prefers=frozenset({case.prefers_id} if case.prefers_id else ()),
    )  # fmt: skip


def with_slots_of(rows: Sequence[Placement], slots: Sequence[Slot]) -> list[Slot]:
    """What is placed keeps its time even where the window has been closed since."""
    known = {slot.id: slot for slot in slots}
    for row in rows:
        name = slot_id(row.starts_at)
        known.setdefault(name, Slot(id=name, start=row.starts_at, minutes=row.minutes, rooms=len(rows)))
    return sorted(known.values(), key=lambda slot: slot.start)


async def problem_by_hand(session: AsyncSession, event_id: int, rows: Sequence[Placement], *, now: datetime) -> Problem:
    """As the planner sees it, with every placed case where it is."""
    problem = await problem_of(session, event_id, now=now)
    return by_hand(problem, await queries.attendants(session, event_id), rows, now=now)


def by_hand(problem: Problem, attendants: Sequence[Attendant], rows: Sequence[Placement], *, now: datetime) -> Problem:
    """The same from what is loaded already: `problem` as problem_from() gives it for these attendants."""
    ahead = [row for row in rows if row.starts_at > now]
    slots, previous = with_slots_of(ahead, problem.slots), [seat(row) for row in ahead]
    if tuple(slots) == problem.slots:  # whoever can when is known, then
        asked = {case.id for case in problem.cases}
        return replace(problem, locks=(), previous=tuple(each for each in previous if each.case in asked))
    return build(
        attendants,
        cases=problem.cases,
        slots=slots,
        previous=previous,
        apart=problem.apart,
        met=problem.met,
        weights=problem.weights,
    )
