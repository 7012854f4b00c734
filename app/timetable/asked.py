"""What the planner is asked: the problem of an event, put together from its rows."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.matching.problem import Case as AskedCase
from app.matching.problem import Lock, Problem, Seat, Slot
from app.timetable import queries
from app.timetable.models import Case, Placement, Window
from app.timetable.problem import Attendant, build, slot_id


async def problem_of(session: AsyncSession, event_id: int, *, now: datetime) -> Problem:
    """What is still to be planned: cases that have not begun, at times to come, near what people already know."""
    return problem_from(
        await queries.attendants(session, event_id),
        cases=await queries.cases(session, event_id),
        drafted=await queries.placements(session, await queries.latest_plan(session, event_id)),
        told=await queries.placements(session, await queries.published_plan(session, event_id)),
        windows=await queries.windows(session, event_id),
        now=now,
    )


def problem_from(
    attendants: Sequence[Attendant],
    *,
    cases: Sequence[Case],
    drafted: Sequence[Placement],
    told: Sequence[Placement],
    windows: Sequence[Window],
    now: datetime,
) -> Problem:
    """The same from rows that are loaded already."""
    begun = {row.case_id for row in drafted if row.starts_at <= now}
    ahead = [row for row in drafted if row.starts_at > now]
    slots = queries.slots_of(windows, after=now)
    return build(
        attendants,
        cases=[_asked(case) for case in cases if case.id not in begun],
        slots=with_slots_of([row for row in ahead if row.locked], slots),
        locks=[Lock(row.case_id, slot_id(row.starts_at), row.moderator_id) for row in ahead if row.locked],
        previous=[seat(row) for row in told if row.starts_at > now],
    )


def seat(row: Placement) -> Seat:
    return Seat(row.case_id, slot_id(row.starts_at), row.moderator_id, tuple(row.advisers))


def _asked(case: Case) -> AskedCase:
    assert case.id is not None
    return AskedCase(case.id, case.giver_id, case.city, case.lang, case.theme, case.least, case.most)


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
    ahead = [row for row in rows if row.starts_at > now]
    everybody = await queries.attendants(session, event_id)
    return build(
        everybody,
        cases=problem.cases,
        slots=with_slots_of(ahead, problem.slots),
        previous=[seat(row) for row in ahead],
    )
