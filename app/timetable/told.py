"""What people have been told of their sessions: written down with every plan that is published."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.events.models import Participation
from app.timetable.changes import Change, Kind
from app.timetable.models import Told


async def told_to(session: AsyncSession, event_id: int, person_ids: Iterable[int]) -> dict[tuple[int, int], Told]:
    """(person, case) → what they were told last."""
    people = list(person_ids)
    if not people:
        return {}
    query = select(Told).where(Told.event_id == event_id, col(Told.person_id).in_(people))
    return {(row.person_id, row.case_id): row for row in (await session.exec(query)).all()}


async def parted(session: AsyncSession, event_id: int) -> dict[tuple[int, int], bool]:
    """(person, case) whose seat was taken back, and whether the person takes part (again)."""
    query = (
        select(Told.person_id, Told.case_id, Participation.id)
        .outerjoin(
            Participation, (col(Participation.person_id) == Told.person_id) & (col(Participation.event_id) == event_id)
        )
        .where(Told.event_id == event_id, col(Told.gone).is_(True))
    )
    return {(person, case): here is not None for person, case, here in (await session.exec(query)).all()}


async def write_down(
    session: AsyncSession, found: Mapping[int, Sequence[Change]], *, event_id: int, number: int
) -> None:
    """`found`: person → what plan `number` changes for them. A new time asks for a new answer; that somebody could
    not come to a session that is gone is remembered, so that they are not asked for that time again."""
    known = await told_to(session, event_id, found)
    for person, news in found.items():
        for change in news:
            row = known.get((person, change.case)) or Told(
                event_id=event_id, case_id=change.case, person_id=person, starts_at=change.when, number=number
            )
            if change.kind in {Kind.NEW, Kind.MOVED}:
                row.answer, row.note, row.answered_at = "", "", None
            row.starts_at, row.minutes, row.number = change.when, change.minutes, number
            row.gone = change.kind is Kind.GONE
            session.add(row)
