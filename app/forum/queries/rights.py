"""Conditions and columns that several questions share: who may do what here, what is new for whom."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from app.core.audience import AudienceMember
from app.events.models import Participation
from app.events.rules import MODERATORS
from app.forum.models import Follow, Post, ReadMark, Space, SpaceHearing, Thread
from app.forum.rules import Standing
from app.notices.rules import Level


def mark_of(person_id: Any) -> ColumnElement[bool]:
    """The person: a number, the column of a query, or None for nobody."""
    return (col(ReadMark.thread_id) == col(Thread.id)) & (
        col(ReadMark.person_id) == (0 if person_id is None else person_id)
    )


def standing_posts() -> tuple[ColumnElement[bool], ...]:
    """Conditions: the post is neither taken away nor hidden."""
    return col(Post.deleted_at).is_(None), col(Post.hidden_at).is_(None)


def has_news() -> ColumnElement[bool]:
    return col(Thread.id).is_not(None) & (
        col(ReadMark.position).is_(None) | (col(Thread.last_position) > col(ReadMark.position))
    )


def hears_of_thread(person_id: Any) -> ColumnElement[bool]:
    """Condition: the thread is this person's to hear about: said for the thread, else for its space, else they follow it."""
    of_thread = (
        select(Follow.level)
        .where(col(Follow.thread_id) == col(Thread.id), Follow.person_id == person_id)
        .scalar_subquery()
    )
    said = func.coalesce(func.nullif(of_thread, ""), _of_space(person_id), of_thread, Level.NOTHING)
    return said != Level.NOTHING


def space_is_heard(person_id: Any) -> ColumnElement[bool]:
    """Condition: this person has not said that they want to hear nothing from the thread's space."""
    return func.coalesce(_of_space(person_id), "") != Level.NOTHING


def _of_space(person_id: Any) -> Any:
    query = select(SpaceHearing.level).where(
        col(SpaceHearing.space_id) == col(Thread.space_id), SpaceHearing.person_id == person_id
    )
    return query.scalar_subquery()


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
