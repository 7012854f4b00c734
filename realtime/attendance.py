"""Who tells a slice that a person came to a topic, or has been gone for a while: a room waits for its people.

Every process that sees it says it: the slice's action is told twice and changes something once.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions import moves as consultation

Attended = Callable[[AsyncSession, int, int, bool, datetime], Awaitable[None]]
"""(session, ref, person_id, here, now): `here` says whether they came or went."""
Attendance = Mapping[str, Attended]


async def _room(session: AsyncSession, ref: int, person: int, here: bool, now: datetime) -> None:
    act = consultation.line_found if here else consultation.line_lost
    await act(session, ref, person_id=person, now=now)


ATTENDANCE: dict[str, Attended] = {
    "room": _room,
}
