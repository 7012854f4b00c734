"""Reading requests to exchange seats, and with whom somebody could."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.matching import plan as planned
from app.matching.plan import Reason
from app.matching.problem import Lock, Problem
from app.matching.swap import Exchange, Seats
from app.timetable import asked, queries, queries_clinics, queries_groups
from app.timetable.clinics import Engagement, clash
from app.timetable.models import Case, Placement, Plan, Swap
from app.timetable.problem import slot_id
from app.timetable.swaps import SwapState, is_near

SHOWN = 5  # exchanges the board names


@dataclass(frozen=True)
class Standing:
    """The published plan as exchanges are judged by: sessions ahead with everybody still here. `rows`: all of it."""

    plan: Plan
    rows: list[Placement]
    ahead: dict[int, Placement]
    cases: dict[int, Case]
    seats: Seats


@dataclass(frozen=True)
class Offer:
    """A seat of somebody else in the same part; `why`: the reason why it cannot be had, as the asker may read it."""

    person: int
    case_id: int
    title: str
    starts_at: datetime
    minutes: int
    why: Reason | None


async def with_key(session: AsyncSession, key: str, person_id: int) -> Swap | None:
    query = select(Swap).where(Swap.key == key, Swap.asked_by == person_id)
    return (await session.exec(query)).one_or_none()


async def one_of_mine(session: AsyncSession, event_id: int, swap_id: int, person_id: int) -> Swap | None:
    """A request this person made or was asked."""
    mine = or_(col(Swap.asked_by) == person_id, col(Swap.other_id) == person_id)
    query = select(Swap).where(Swap.id == swap_id, Swap.event_id == event_id, mine)
    return (await session.exec(query)).one_or_none()


async def swap_by_id(session: AsyncSession, swap_id: int) -> Swap | None:
    return (await session.exec(select(Swap).where(Swap.id == swap_id))).one_or_none()


async def waiting(session: AsyncSession, event_id: int, person_id: int | None = None) -> list[Swap]:
    """Requests without an answer: all, or those this person made or was asked."""
    query = select(Swap).where(Swap.event_id == event_id, Swap.state == SwapState.OPEN)
    if person_id is not None:
        query = query.where(or_(col(Swap.asked_by) == person_id, col(Swap.other_id) == person_id))
    return list((await session.exec(query.order_by(col(Swap.id)))).all())


async def declined(session: AsyncSession, event_id: int, person_id: int, case_id: int) -> set[tuple[int, int]]:
    """(person, case) that said no to this person's seat in `case_id`."""
    query = select(Swap.other_id, Swap.other_case_id).where(
        Swap.event_id == event_id, Swap.asked_by == person_id, Swap.case_id == case_id, Swap.state == SwapState.DECLINED
    )
    return set((await session.exec(query)).all())


async def agreed(session: AsyncSession, event_id: int) -> list[Swap]:
    """The latest exchanges, for those who plan."""
    query = select(Swap).where(Swap.event_id == event_id, Swap.state == SwapState.AGREED)
    return list((await session.exec(query.order_by(col(Swap.ended_at).desc(), col(Swap.id).desc()).limit(SHOWN))).all())


async def standing(session: AsyncSession, event_id: int, *, now: datetime) -> Standing | None:
    """None while nothing is published."""
    plan = await queries.published_plan(session, event_id)
    if plan is None:
        return None
    rows = await queries.placements(session, plan)
    attendants = await queries.attendants(session, event_id)
    cases = {case.id: case for case in await queries.cases(session, event_id) if case.id is not None}
    here = {each.id for each in attendants}
    ahead = [
        row
        for row in rows
        if row.case_id in cases and row.starts_at > now and {row.giver_id, row.moderator_id, *row.advisers} <= here
    ]
    windows = await queries.windows(session, event_id)
    problem = asked.problem_from(
        attendants,
        cases=list(cases.values()),
        drafted=ahead,
        told=ahead,
        windows=windows,
        now=now,
        apart=await queries_groups.apart(session, event_id, attendants),
    )
    problem = _booked(
        asked.by_hand(problem, attendants, ahead, now=now), await queries_clinics.engaged(session, event_id)
    )
    locks = tuple(Lock(row.case_id, slot_id(row.starts_at), row.moderator_id) for row in ahead if row.locked)
    placed = [
        planned.Placement(row.case_id, slot_id(row.starts_at), row.moderator_id, tuple(row.advisers)) for row in ahead
    ]
    return Standing(
        plan, rows, {row.case_id: row for row in ahead}, cases, Seats(replace(problem, locks=locks), placed)
    )


def _booked(problem: Problem, engaged: Mapping[int, Sequence[Engagement]]) -> Problem:
    """Nobody can while they have a slot in office hours, or give some."""
    away = {
        person: frozenset(slot.id for slot in problem.slots if clash(busy, slot.start, slot.minutes))
        for person, busy in engaged.items()
    }
    people = tuple(
        replace(each, impossible=each.impossible | away[each.id]) if each.id in away else each
        for each in problem.people
    )
    return replace(problem, people=people)


def leads(row: Placement, person_id: int) -> bool | None:
    """Whether the person moderates there (True) or advises (False); None: their seat is nobody else's."""
    if person_id == row.moderator_id:
        return True
    return False if person_id in row.advisers and person_id != row.giver_id else None


def offers(found: Standing, person_id: int, case_id: int, *, now: datetime) -> list[Offer]:
    """Every comparable seat: the same part in another session of the same kind, in order of time."""
    mine = found.ahead.get(case_id)
    part = leads(mine, person_id) if mine is not None else None
    if mine is None or part is None or is_near(mine.starts_at, mine.starts_at, now=now):
        return []
    return [
        Offer(
            other, row.case_id, found.cases[row.case_id].title, row.starts_at, row.minutes,
            found.seats.why_not(Exchange(person_id, case_id, other, row.case_id)),
        )
        for row in sorted(found.ahead.values(), key=lambda row: (row.starts_at, row.case_id))
        if row.case_id != case_id
        and found.cases[row.case_id].method == found.cases[case_id].method
        and not is_near(row.starts_at, row.starts_at, now=now)
        for other in _others(row, person_id, part)
    ]  # fmt: skip


def _others(row: Placement, person_id: int, part: bool) -> Iterator[int]:
    for other in [row.moderator_id] if part else row.advisers:
        if other != person_id:
            yield other


def still_as_asked(swap: Swap, rows: Mapping[int, Placement]) -> bool:
    """Whether both still sit where they sat, at the time it was."""
    mine, theirs = rows.get(swap.case_id), rows.get(swap.other_case_id)
    if mine is None or theirs is None:
        return False
    same_times = (mine.starts_at, theirs.starts_at) == (swap.starts_at, swap.other_starts_at)
    return same_times and leads(mine, swap.asked_by) is swap.leads is leads(theirs, swap.other_id)
