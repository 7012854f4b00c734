"""Reading about people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, String, bindparam
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.core.db import glance, locked
from app.core.mail import Letter, Reader
from app.core.security import Someone
from app.people.models import MailLink, Organisation, Person, SignIn
from app.people.rules import as_address

SIGNS_IN = ("sign_in", "invitation")
"""Purposes of links that sign in; a link that confirms an address does not."""
WHO = col(Person.id)
"""The person of `someone_signed_in`, for what more is asked about them."""


def who_holds(*more: ColumnElement[Any]) -> Executable:
    """The question who holds a session token that lasts, when they were last seen with it, and `more` about them."""
    question: Executable = (
        select(  # type: ignore[call-overload]
            Person.id, Person.name, Person.lang, Person.zone, Person.admin, Person.email, Person.theme,
            Person.zone_confirmed, Person.returned_at, SignIn.seen_at, *more,
        )
        .join(SignIn, col(SignIn.person_id) == col(Person.id))
        .where(SignIn.token_hash == bindparam("token_hash", type_=String))
        .where(col(SignIn.expires_at) > bindparam("now"), col(Person.left_at).is_(None))
    )  # fmt: skip
    return question


async def someone_signed_in(
    question: Executable, *, token_hash: str, now: datetime
) -> tuple[Someone, datetime, tuple[Any, ...]] | None:
    """(who, when they were last seen with this token, what more `question` asks about them)."""
    for found in await glance(question, token_hash=token_hash, now=now):
        return as_someone(found), found.seen_at, tuple(found[10:])
    return None


def as_someone(person: Any) -> Someone:
    """`person`: the row of a person, or one with these columns."""
    return Someone(
        id=person.id, name=person.name, lang=person.lang, zone=person.zone, admin=person.admin,
        email=person.email or "", theme=person.theme, zone_confirmed=person.zone_confirmed,
        address_fails=person.returned_at is not None,
    )  # fmt: skip


async def readers(session: AsyncSession, person_ids: Iterable[int]) -> list[Reader]:
    """How to write to these people; those without an address or who have left are not among them."""
    query = select(Person).where(
        col(Person.id).in_(list(person_ids)), col(Person.email).is_not(None), col(Person.left_at).is_(None)
    )
    return [as_reader(found) for found in (await session.exec(query)).all()]


def as_reader(person: Person) -> Reader:
    known = person.zone_confirmed or person.zone != "UTC"
    return Reader(person.id, person.email or "", person.name, person.lang, person.zone, zone_known=known)


async def person(session: AsyncSession, person_id: int) -> Person | None:
    return await session.get(Person, person_id)


async def person_to_change(session: AsyncSession, person_id: int) -> Person | None:
    return (await session.exec(locked(select(Person).where(Person.id == person_id)))).one_or_none()


async def returning(session: AsyncSession, person_ids: Iterable[int]) -> dict[int, str]:
    """person → their address, of those from whose address letters come back."""
    query = select(Person.id, Person.email).where(
        col(Person.id).in_(list(person_ids)), col(Person.returned_at).is_not(None)
    )
    return {person_id or 0: email or "" for person_id, email in (await session.exec(query)).all()}


async def person_with_address(session: AsyncSession, email: str) -> Person | None:
    """Who has this address and has not left."""
    query = select(Person).where(Person.email == as_address(email), col(Person.left_at).is_(None))
    return (await session.exec(query)).one_or_none()


async def address_is_taken(session: AsyncSession, email: str) -> bool:
    """Also by somebody who has left."""
    return (await session.exec(select(Person.id).where(Person.email == as_address(email)))).first() is not None


async def letter_is_written(session: AsyncSession, key: str) -> bool:
    return (await session.exec(select(Letter.id).where(Letter.key == key))).first() is not None


async def is_empty(session: AsyncSession) -> bool:
    """Is there nobody yet? Then the first one sets the installation up."""
    return (await session.exec(select(Person.id).limit(1))).first() is None


async def admins(session: AsyncSession) -> list[Person]:
    query = select(Person).where(col(Person.admin).is_(True), col(Person.left_at).is_(None)).order_by(col(Person.id))
    return list((await session.exec(query)).all())


async def sign_ins(session: AsyncSession, person_id: int, *, now: datetime) -> list[SignIn]:
    """Where somebody is signed in, the latest first."""
    query = select(SignIn).where(SignIn.person_id == person_id, col(SignIn.expires_at) > now)
    return list((await session.exec(query.order_by(col(SignIn.seen_at).desc(), col(SignIn.id).desc()))).all())


async def mail_link(
    session: AsyncSession, *, token_hash: str, now: datetime, purposes: Sequence[str] = SIGNS_IN
) -> tuple[MailLink, Person] | None:
    """An unused link for one of these purposes that still works, and whose it is."""
    query = select(MailLink).where(
        MailLink.token_hash == token_hash, col(MailLink.purpose).in_(purposes),
        col(MailLink.used_at).is_(None), col(MailLink.expires_at) > now,
    )  # fmt: skip
    link = (await session.exec(locked(query))).one_or_none()
    owner = None if link is None else await session.get(Person, link.person_id)
    return (link, owner) if link is not None and owner is not None and owner.left_at is None else None


async def organisation(session: AsyncSession, organisation_id: int | None) -> Organisation | None:
    return await session.get(Organisation, organisation_id) if organisation_id else None


async def organisation_named(session: AsyncSession, name: str) -> Organisation | None:
    query = select(Organisation).where(Organisation.name == name).order_by(col(Organisation.id))
    return (await session.exec(query)).first()


async def organisation_names(session: AsyncSession) -> list[str]:
    """For the field that proposes names while one types."""
    query = select(Organisation.name).distinct().order_by(col(Organisation.name)).limit(500)
    return list((await session.exec(query)).all())


def sign_in_with(token_hash: str) -> SelectOfScalar[SignIn]:
    return select(SignIn).where(SignIn.token_hash == token_hash)
