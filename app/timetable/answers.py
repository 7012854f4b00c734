"""What people say of the sessions they were told of: they come, they cannot, they ask for another time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Missing, Refused
from app.core.words import N_
from app.timetable import queries
from app.timetable.actions import changed, hold
from app.timetable.models import Told
from app.timetable.problem import slot_id
from app.timetable.rules import Answer, check_not_begun


async def answer(
    session: AsyncSession,
    *,
    event_id: int,
    case_id: int,
    person_id: int,
    slot: str,
    says: Answer,
    note: str,
    now: datetime,
) -> Told:
    """Keep the answer for the time `slot`; the last one counts. Who cannot is not planned at that time any more."""
    timetable = await hold(session, event_id)
    mine = {each.placement.case_id: each for each in await queries.my_sessions(session, event_id, person_id)}
    open_cases = {case.id for case in await queries.cases(session, event_id)}
    if case_id not in mine or case_id not in open_cases:
        raise Missing
    placed = mine[case_id].placement
    if slot_id(placed.starts_at) != slot:
        raise Refused(N_("This session has another time now. Look at it again, then answer."))
    check_not_begun(placed.starts_at, now=now)
    query = select(Told).where(Told.person_id == person_id, Told.case_id == case_id)
    row: Told | None = (await session.exec(query)).one_or_none()
    if row is None:
        row = Told(
            event_id=event_id, case_id=case_id, person_id=person_id, starts_at=placed.starts_at,
            minutes=placed.minutes, number=mine[case_id].number,
        )  # fmt: skip
    row.answer, row.note, row.answered_at = says.value, note.strip(), now
    session.add(row)
    changed(session, timetable)
    return row


async def told_no(session: AsyncSession, case_id: int) -> set[int]:
    """Who said that they cannot come."""
    query = select(Told.person_id).where(Told.case_id == case_id, Told.answer == Answer.NO)
    return set((await session.exec(query)).all())


async def my_answers(session: AsyncSession, event_id: int, person_id: int) -> dict[int, Told]:
    """Case → what I was told and what I said."""
    found = await answers_of(session, event_id, [person_id])
    return {case_id: told for (_, case_id), told in found.items()}


async def answers_of(session: AsyncSession, event_id: int, people: Sequence[int]) -> dict[tuple[int, int], Told]:
    """(person, case) → what they were told and what they said."""
    theirs = (Told.event_id == event_id, col(Told.person_id).in_(people), col(Told.gone).is_(False))
    return {(row.person_id, row.case_id): row for row in (await session.exec(select(Told).where(*theirs))).all()}


@dataclass(frozen=True)
class Said:
    """One answer as coordinators read it."""

    name: str
    answer: Answer
    note: str


async def said_of_cases(session: AsyncSession, event_id: int) -> Mapping[int, list[Said]]:
    """Case → what its people said; those who ask for something first."""
    query = select(Told).where(Told.event_id == event_id, Told.answer != "", col(Told.gone).is_(False))
    rows = (await session.exec(query.order_by(col(Told.answered_at)))).all()
    names = await queries.names(session, {row.person_id for row in rows})
    found: dict[int, list[Said]] = {}
    for row in sorted(rows, key=lambda row: row.answer == Answer.YES):
        found.setdefault(row.case_id, []).append(Said(names.get(row.person_id, ""), Answer(row.answer), row.note))
    return found
