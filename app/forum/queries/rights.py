"""Conditions and columns that several questions share: who may do what here, what is new for whom."""

from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from app.core.audience import AudienceMember
from app.events.models import Participation
from app.events.rules import MODERATORS
from app.forum.models import Post, ReadMark, Space, Thread
from app.forum.rules import Standing


def mark_of(person_id: int | None) -> ColumnElement[bool]:
    return (col(ReadMark.thread_id) == col(Thread.id)) & (col(ReadMark.person_id) == (person_id or 0))


def standing_posts() -> tuple[ColumnElement[bool], ...]:
    """Conditions: the post is neither taken away nor hidden."""
    return col(Post.deleted_at).is_(None), col(Post.hidden_at).is_(None)


def has_news() -> ColumnElement[bool]:
    return col(Thread.id).is_not(None) & (
        col(ReadMark.position).is_(None) | (col(Thread.last_position) > col(ReadMark.position))
    )


def rights(
    owner: type[Space] | type[Thread], person_id: int | None
) -> tuple[ColumnElement[bool], ColumnElement[list[str]]]:
    """Two columns: may this person write in the owner's audience, and their roles in its event."""
    writes = (
        select(AudienceMember.writes)
        .where(AudienceMember.audience_id == owner.audience_id, AudienceMember.person_id == (person_id or 0))
        .scalar_subquery()
    )
    roles = (
        select(Participation.roles)
        .where(Participation.event_id == owner.event_id, Participation.person_id == (person_id or 0))
        .scalar_subquery()
    )
    return writes, roles


def standing_of(person_id: int | None, writes: bool | None, roles: list[str] | None) -> Standing:
    return Standing(
        person_id, reads=True, writes=bool(writes), moderates=bool(writes) and bool(MODERATORS & set(roles or ()))
    )
