"""Reading the glossary of an event."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import locked
from app.events.models import Term


async def terms(session: AsyncSession, event_id: int) -> list[Term]:
    """All of them; actions_glossary.MOST_TERMS at most."""
    query = select(Term).where(Term.event_id == event_id).order_by(col(Term.id)).limit(1000)
    return list((await session.exec(query)).all())


async def term(session: AsyncSession, term_id: int, event_id: int) -> Term | None:
    return (await session.exec(select(Term).where(Term.id == term_id, Term.event_id == event_id))).one_or_none()


async def to_change(session: AsyncSession, term_id: int, event_id: int) -> Term | None:
    query = select(Term).where(Term.id == term_id, Term.event_id == event_id)
    return (await session.exec(locked(query))).one_or_none()


async def with_key(session: AsyncSession, key: str) -> Term | None:
    return (await session.exec(select(Term).where(Term.key == key))).one_or_none()
