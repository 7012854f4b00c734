"""What whoever leads, or schedules, reads about a group that is too small: how many are there, and where they could go."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine import repair
from app.consultation.queries import Sitting
from app.consultation.queries_repair import rooms_beside


async def few_values(session: AsyncSession, here: Sitting, *, now: datetime) -> dict[str, Any] | None:
    """None while there are enough, or may still come."""
    if here.row.practice or not repair.needs_people(here.room, begins=here.row.opens_at, now=now):
        return None
    arriving = repair.here(here.room)
    return {
        "count": arriving, "least": here.room.method.least,
        "rooms": await rooms_beside(session, here, arriving=max(1, arriving)),
    }  # fmt: skip
