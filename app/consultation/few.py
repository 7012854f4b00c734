"""What whoever leads, or schedules, reads about a group that is too small: how many are there, and where they could go."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine import asking_in, repair
from app.consultation.queries import Sitting
from app.consultation.queries_repair import rooms_beside, title_of


async def few_values(session: AsyncSession, here: Sitting, *, now: datetime) -> dict[str, Any] | None:
    """None while there are enough, or may still come. `asks`: the room that is being asked; `declined`: those that cannot."""
    if here.row.practice or not repair.needs_people(here.room, begins=here.row.opens_at, now=now):
        return None
    arriving, state = repair.here(here.room), here.room.state
    asks = state.asks if state.asks and asking_in.is_open(state.asks, now=now) else None
    beside = await rooms_beside(session, here, arriving=max(1, arriving))
    return {
        "count": arriving, "least": here.room.method.least,
        "rooms": [room for room in beside if room.id not in state.declined],
        "declined": [room for room in beside if room.id in state.declined],
        "asks": asks and {"title": await _title(session, asks.room), "until": asks.until},
    }  # fmt: skip


async def arriving_values(session: AsyncSession, here: Sitting, *, now: datetime) -> dict[str, Any] | None:
    """The small group that asks whoever leads here to take it in: its room's title, how many would come."""
    asked = here.room.state.asked
    if asked is None or not asking_in.is_open(asked, now=now):
        return None
    title = await _title(session, asked.room)
    return {"of": asked.room, "title": title, "count": asked.count, "until": asked.until}


async def _title(session: AsyncSession, room_id: int) -> str:
    room = await title_of(session, room_id)
    return room.title if room else ""
