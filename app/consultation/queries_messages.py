"""Reading messages to all rooms of an event, and which rooms those are."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Consultation, RoomMessage
from app.core.db import locked


async def standing_message(session: AsyncSession, event_id: int, *, now: datetime) -> RoomMessage | None:
    """The one that stands in all rooms now."""
    query = select(RoomMessage).where(RoomMessage.event_id == event_id, col(RoomMessage.ends_at) > now)
    return (await session.exec(query.order_by(col(RoomMessage.id).desc()).limit(1))).first()


async def message(session: AsyncSession, message_id: int) -> RoomMessage | None:
    return await session.get(RoomMessage, message_id)


async def message_with_key(session: AsyncSession, key: str) -> RoomMessage | None:
    return (await session.exec(select(RoomMessage).where(RoomMessage.key == key))).one_or_none()


async def open_rooms(session: AsyncSession, event_id: int) -> list[Consultation]:
    """Held until the transaction ends, always in the same order."""
    query = select(Consultation).where(
        Consultation.event_id == event_id, col(Consultation.status).in_(("lobby", "running"))
    )
    return list((await session.exec(locked(query.order_by(col(Consultation.id))))).all())
