"""Reading announcements: what was told, what waits, whom it would reach."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import locked
from app.core.i18n import CODES, DEFAULT
from app.events.models import Participation
from app.events.rules import STAFF
from app.notices.models import Announcement, Notice
from app.notices.rules import Kind
from app.notices.rules_announcing import MOST_WAITING, PAGE, State, Whom
from app.people.models import Person


@dataclass(frozen=True)
class Told:
    announcement: Announcement
    name: str


async def told(
    session: AsyncSession, event_id: int, *, staff: bool, page: int = 1, limit: int = PAGE
) -> tuple[list[Told], bool]:
    """Released ones, the newest first: (one page, is there more?). Those for the team only for the team."""
    query = _with_names(event_id, State.RELEASED).order_by(
        col(Announcement.released_at).desc(), col(Announcement.id).desc()
    )
    if not staff:
        query = query.where(Announcement.whom == Whom.ALL)
    rows = (await session.exec(query.offset((page - 1) * limit).limit(limit + 1))).all()
    return [Told(row, name or "") for row, name in rows[:limit]], len(rows) > limit


async def outbox(session: AsyncSession, event_id: int) -> list[Told]:
    """What waits to be released, the oldest first."""
    query = _with_names(event_id, State.WAITING).order_by(col(Announcement.id)).limit(MOST_WAITING)
    return [Told(row, name or "") for row, name in (await session.exec(query)).all()]


async def announcement(session: AsyncSession, announcement_id: int, event_id: int) -> Told | None:
    query = (
        select(Announcement, Person.name)
        .outerjoin(Person, col(Person.id) == col(Announcement.by_id))
        .where(Announcement.id == announcement_id, Announcement.event_id == event_id)
    )
    row = (await session.exec(query)).one_or_none()
    return None if row is None else Told(row[0], row[1] or "")


async def to_change(session: AsyncSession, announcement_id: int, event_id: int) -> Announcement | None:
    query = select(Announcement).where(Announcement.id == announcement_id, Announcement.event_id == event_id)
    return (await session.exec(locked(query))).one_or_none()


async def with_key(session: AsyncSession, key: str) -> Announcement | None:
    return (await session.exec(select(Announcement).where(Announcement.key == key))).one_or_none()


async def with_id(session: AsyncSession, announcement_id: int) -> Announcement | None:
    return await session.get(Announcement, announcement_id)


async def readers(session: AsyncSession, event_id: int, whom: str) -> dict[str, list[int]]:
    """language of the interface → the people it would reach."""
    query = (
        select(Person.id, Person.lang, Participation.roles)
        .join(Participation, col(Participation.person_id) == col(Person.id))
        .where(Participation.event_id == event_id, col(Person.left_at).is_(None))
        .order_by(col(Person.id))
    )
    found: dict[str, list[int]] = {}
    for person_id, lang, roles in (await session.exec(query)).all():
        if whom == Whom.ALL or STAFF & set(roles):
            found.setdefault(lang if lang in CODES else DEFAULT, []).append(person_id or 0)
    return found


async def unread(session: AsyncSession, person_id: int, event_id: int, *, limit: int) -> list[Notice]:
    """Announcements this person has not opened yet, the newest first."""
    query = (
        select(Notice)
        .where(Notice.person_id == person_id, Notice.event_id == event_id, Notice.kind == Kind.ANNOUNCED)
        .where(col(Notice.read_at).is_(None))
        .order_by(col(Notice.at).desc())
        .limit(limit)
    )
    return list((await session.exec(query)).all())


def _with_names(event_id: int, state: State) -> Any:
    return (
        select(Announcement, Person.name)
        .outerjoin(Person, col(Person.id) == col(Announcement.by_id))
        .where(Announcement.event_id == event_id, Announcement.state == state)
    )
