"""Who may read a thing, and who may write in it: one row that forum, search, files and the live gate all ask.

An audience is public or a list of people. An event's, a group's or a room's audience is kept by the slice that owns
the membership; everything else only points at it.
"""

from typing import Any

from sqlalchemy import or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.core import live
from app.core.db import Row


class Audience(Row, table=True):
    __tablename__ = "audience"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    public: bool = False


class AudienceMember(Row, table=True):
    __tablename__ = "audience_member"

    audience_id: int = Field(foreign_key="audience.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE", index=True)
    writes: bool = True


async def create(session: AsyncSession, *, name: str, public: bool = False) -> int:
    """A new, empty audience; `name` is for people who look into the database."""
    audience = Audience(name=name, public=public)
    session.add(audience)
    await session.flush()
    assert audience.id is not None
    return audience.id


async def admit(session: AsyncSession, audience_id: int, *person_ids: int, writes: bool = True) -> None:
    """Let these people in; for those already in, `writes` is brought up to date."""
    known = {m.person_id: m for m in await _members(session, audience_id)}
    for person_id in dict.fromkeys(person_ids):
        member = known.get(person_id) or AudienceMember(audience_id=audience_id, person_id=person_id)
        member.writes = writes
        session.add(member)
    await session.flush()


async def dismiss(session: AsyncSession, audience_id: int, *person_ids: int) -> None:
    """Their membership ends; every process drops their live connections at once."""
    await session.exec(
        delete(AudienceMember).where(
            col(AudienceMember.audience_id) == audience_id, col(AudienceMember.person_id).in_(person_ids)
        )
    )
    for person_id in person_ids:
        live.announce(session, f"standing:{person_id}", version=0)


def readable(person_id: int | None) -> SelectOfScalar[int | None]:
    """The ids of all audiences this person belongs to: `where(col(X.audience_id).in_(readable(person_id)))`."""
    public = col(Audience.public).is_(True)
    if person_id is None:
        return select(col(Audience.id)).where(public)
    mine = select(AudienceMember.audience_id).where(AudienceMember.person_id == person_id)
    return select(col(Audience.id)).where(or_(public, col(Audience.id).in_(mine)))


def is_readable(audience_id: Any, person_id: Any) -> ColumnElement[bool]:
    """The same as a condition on two columns, for questions about many readers at once."""
    public = select(Audience.id).where(Audience.id == audience_id, col(Audience.public).is_(True)).exists()
    mine = select(AudienceMember.audience_id).where(
        AudienceMember.audience_id == audience_id, AudienceMember.person_id == person_id
    )
    return or_(mine.exists(), public)


def writable(person_id: int) -> SelectOfScalar[int]:
    """The ids of all audiences this person may write in."""
    return select(AudienceMember.audience_id).where(
        AudienceMember.person_id == person_id, col(AudienceMember.writes).is_(True)
    )


async def close(session: AsyncSession, *audience_ids: int) -> None:
    """These audiences end, and with them the files and search words that only they could read."""
    await session.exec(delete(Audience).where(col(Audience.id).in_(audience_ids)))


async def may_read(session: AsyncSession, audience_id: int, person_id: int | None) -> bool:
    query = readable(person_id).where(Audience.id == audience_id)
    return (await session.exec(query)).first() is not None


async def may_write(session: AsyncSession, audience_id: int, person_id: int | None) -> bool:
    if person_id is None:
        return False
    query = writable(person_id).where(AudienceMember.audience_id == audience_id)
    return (await session.exec(query)).first() is not None


async def members(session: AsyncSession, audience_id: int) -> list[int]:
    return [member.person_id for member in await _members(session, audience_id)]


async def _members(session: AsyncSession, audience_id: int) -> list[AudienceMember]:
    return list((await session.exec(select(AudienceMember).where(AudienceMember.audience_id == audience_id))).all())
