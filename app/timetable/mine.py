"""My own sessions, as pages and letters list them. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.timetable import queries
from app.timetable.answers import answers_of
from app.timetable.changes import Sitting
from app.timetable.letters import PARTS
from app.timetable.models import Case, Placement, Told
from app.timetable.problem import slot_id


@dataclass(frozen=True)
class MySession:
    """One of my sessions as pages and letters list it."""

    case_id: int
    title: str
    starts_at: datetime
    minutes: int
    part: str
    room_id: int | None
    withdrawn: bool
    answer: str = ""
    note: str = ""
    mine: bool = False  # I bring the case, so nobody else can sit there

    @property
    def slot(self) -> str:
        return slot_id(self.starts_at)


async def my_sessions(session: AsyncSession, event_id: int, person_id: int) -> list[MySession]:
    return (await _sessions_of(session, event_id, [person_id]))[person_id]


async def _sessions_of(session: AsyncSession, event_id: int, people: Sequence[int]) -> dict[int, list[MySession]]:
    found = await queries.sessions_of(session, event_id, people)
    cases = await queries.cases_by_id(session, {each.placement.case_id for some in found.values() for each in some})
    told = await answers_of(session, event_id, people)
    return {
        person_id: [
            _my_session(
                each.placement, cases[each.placement.case_id], person_id, told.get((person_id, each.placement.case_id))
            )
            for each in some
        ]
        for person_id, some in found.items()
    }


def _my_session(row: Placement, case: Case, person_id: int, told: Told | None) -> MySession:
    parts = Sitting(
        row.case_id, row.starts_at, row.minutes, row.giver_id, row.moderator_id, tuple(row.advisers)
    ).parts()
    return MySession(
        case_id=row.case_id, title=case.title, starts_at=row.starts_at, minutes=row.minutes,
        part=PARTS[parts[person_id]], room_id=case.room_id, withdrawn=case.withdrawn_at is not None,
        answer=told.answer if told else "", note=told.note if told else "",
        mine=row.giver_id == person_id,
    )  # fmt: skip


async def next_session(session: AsyncSession, event_id: int, person_id: int, *, now: datetime) -> MySession | None:
    """The one I am in or go to next."""
    return (await next_sessions(session, event_id, [person_id], now=now)).get(person_id)


async def next_sessions(
    session: AsyncSession, event_id: int, people: Sequence[int], *, now: datetime
) -> dict[int, MySession]:
    """Person → the one they are in or go to next; who has none is missing."""
    found = await _sessions_of(session, event_id, people)
    ahead = {person_id: [each for each in some if _is_ahead(each, now)] for person_id, some in found.items()}
    return {person_id: some[0] for person_id, some in ahead.items() if some}


def _is_ahead(each: MySession, now: datetime) -> bool:
    return each.starts_at + timedelta(minutes=each.minutes) > now and not each.withdrawn
