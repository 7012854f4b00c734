"""The planner's reasons as the timetable's pages show them. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.method import said
from app.consultation.queries_methods import method_titles
from app.events.queries import Here
from app.matching.problem import Problem
from app.matching.repair import broken
from app.timetable import asked, queries
from app.timetable.models import Case, Placement, Plan
from app.timetable.saying import people_in, say

Told = Mapping[str, Any]
"""A reason as it is stored: {"sentence", "values"}."""


@dataclass(frozen=True)
class Looking:
    """Who looks: language and zone of the reader."""

    here: Here
    lang: str
    zone: str
    now: datetime
    me: int = 0


@dataclass(frozen=True)
class LeftOut:
    case: Case
    why: list[str]
    locked: bool = False


async def left_out(
    session: AsyncSession, plan: Plan | None, rows: Sequence[Placement], cases: Mapping[int, Case], looking: Looking
) -> list[LeftOut]:
    placed = {row.case_id for row in rows}
    why = {entry["case"]: entry["why"] for entry in plan.unplaced} if plan else {}
    locked = {entry["case"] for entry in plan.unplaced if "lock" in entry} if plan else set()
    waiting = {case: why.get(case, []) for case in cases if case not in placed}
    words = await _all_in_words(session, waiting, looking)
    return [LeftOut(cases[case], words[case], locked=case in locked) for case in waiting]


async def shaken(
    session: AsyncSession, problem: Problem, cases: Mapping[int, Case], rows: Sequence[Placement], looking: Looking
) -> list[LeftOut]:
    """What people know and what does not hold any more, as far as the draft has not mended it yet."""
    drafted, locked = {asked.seat(row) for row in rows}, {row.case_id for row in rows if row.locked}
    open_seats = [seat for seat in problem.previous if seat in drafted]
    found = broken(replace(problem, previous=tuple(open_seats))) if open_seats else {}
    reasons = {case: [asdict(reason) for reason in why] for case, why in found.items()}
    words = await _all_in_words(session, reasons, looking)
    return [LeftOut(cases[case], why, case in locked) for case, why in words.items()]


async def in_words(session: AsyncSession, reasons: Sequence[Told], looking: Looking) -> list[str]:
    return (await _all_in_words(session, {0: reasons}, looking))[0]


async def _all_in_words(
    session: AsyncSession, reasons: Mapping[int, Sequence[Told]], looking: Looking
) -> dict[int, list[str]]:
    """The same in the reader's language, with names of people and titles of methods."""
    everything = [reason for why in reasons.values() for reason in why]
    names: dict[Any, str] = {**await queries.names(session, people_in(everything))}
    if any("skills" in reason["values"] for reason in everything):
        titles = await method_titles(session, looking.here.event_id)
        names |= {key: said(title, looking.lang) for key, title in titles.items()}
    return {
        key: [say(reason, names, lang=looking.lang, zone=looking.zone) for reason in why]
        for key, why in reasons.items()
    }
