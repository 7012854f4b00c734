"""Reading short surveys."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import locked
from app.insight.models import Pulse, PulseAnswered

PAGE = 20


async def pulses(session: AsyncSession, event_id: int, *, page: int) -> tuple[list[Pulse], bool]:
    """The newest first: (one page, is there more?)."""
    query = select(Pulse).where(Pulse.event_id == event_id).order_by(col(Pulse.opened_at).desc(), col(Pulse.id).desc())
    rows = list((await session.exec(query.offset((page - 1) * PAGE).limit(PAGE + 1))).all())
    return rows[:PAGE], len(rows) > PAGE


async def pulse(session: AsyncSession, pulse_id: int, event_id: int) -> Pulse | None:
    query = select(Pulse).where(Pulse.id == pulse_id, Pulse.event_id == event_id)
    return (await session.exec(query)).one_or_none()


async def to_change(session: AsyncSession, pulse_id: int, event_id: int) -> Pulse | None:
    query = select(Pulse).where(Pulse.id == pulse_id, Pulse.event_id == event_id)
    return (await session.exec(locked(query))).one_or_none()


async def with_key(session: AsyncSession, key: str) -> Pulse | None:
    return (await session.exec(select(Pulse).where(Pulse.key == key))).one_or_none()


async def has_answered(session: AsyncSession, pulse_id: int, person_id: int) -> bool:
    return await session.get(PulseAnswered, (pulse_id, person_id)) is not None


async def waiting_for(session: AsyncSession, person_id: int, event_id: int, *, now: datetime) -> Pulse | None:
    """An open survey that this person has not answered, the one that closes first."""
    mine = select(PulseAnswered.pulse_id).where(PulseAnswered.person_id == person_id)
    query = (
        select(Pulse)
        .where(Pulse.event_id == event_id, Pulse.opened_at <= now, Pulse.closes_at > now, col(Pulse.id).not_in(mine))
        .order_by(col(Pulse.closes_at))
        .limit(1)
    )
    return (await session.exec(query)).one_or_none()
