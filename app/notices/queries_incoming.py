"""Reading about mail that came in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.core.db import locked
from app.core.mail import Letter
from app.notices.models import MailIn
from app.people.models import Person

PAGE = 20
WAITING = "waiting"


@dataclass(frozen=True)
class Waits:
    """A mail that a moderator may post or discard, and who wrote it."""

    mail: MailIn
    name: str


async def with_key(session: AsyncSession, key: str) -> MailIn | None:
    return (await session.exec(select(MailIn).where(MailIn.key == key))).one_or_none()


async def who_answers(session: AsyncSession, person_id: int) -> Person | None:
    """The person, unless they have left or have no address."""
    query = select(Person).where(Person.id == person_id, col(Person.left_at).is_(None), col(Person.email).is_not(None))
    return (await session.exec(query)).one_or_none()


async def waiting(session: AsyncSession, event_id: int, *, person_id: int, page: int = 1) -> tuple[list[Waits], bool]:
    """The oldest first, of those whose place this moderator may read: (one page, is there more?)."""
    query = (
        select(MailIn, Person.name)
        .join(Person, col(Person.id) == col(MailIn.person_id))
        .where(*_waits(event_id, person_id))
        .order_by(col(MailIn.at), col(MailIn.id))
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    rows: Sequence[tuple[MailIn, str]] = (await session.exec(query)).all()
    return [Waits(mail, name) for mail, name in rows[:PAGE]], len(rows) > PAGE


async def count_waiting(session: AsyncSession, event_id: int, *, person_id: int) -> int:
    query = select(func.count()).select_from(MailIn).where(*_waits(event_id, person_id))
    return (await session.exec(query)).one()


async def to_settle(session: AsyncSession, mail_id: int, *, event_id: int, person_id: int) -> MailIn | None:
    """The mail, whatever became of it, if this moderator may read where it belongs."""
    query = select(MailIn).where(
        MailIn.id == mail_id, MailIn.event_id == event_id, col(MailIn.audience_id).in_(readable(person_id))
    )
    return (await session.exec(locked(query))).one_or_none()


async def letter(session: AsyncSession, letter_id: int) -> Letter | None:
    return (await session.exec(locked(select(Letter).where(Letter.id == letter_id)))).one_or_none()


def _waits(event_id: int, person_id: int):  # type: ignore[no-untyped-def]
    return (
        MailIn.event_id == event_id, MailIn.state == WAITING, col(MailIn.audience_id).in_(readable(person_id))
    )  # fmt: skip
