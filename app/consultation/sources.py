"""What consultations offer: a way back into an open room on Today, new protocols there and in the letter of the morning."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.queries import Outside, rooms_of_event
from app.core.gather import Asking, Part


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """Titles and links; what was said in a room is nowhere but in the room."""
    rooms = await rooms_of_event(session, asking.event_id, person_id=asking.person_id)
    running = [room for room in rooms if room.mine and room.status == "running"]
    fresh = _since(rooms, asking.since)
    parts = [Part("consultation/_today_open.html", {"rooms": running}, order=5)] if running else []
    return (
        [*parts, Part("consultation/_today_protocols.html", {"rooms": fresh}, order=30, place="side")]
        if fresh
        else parts
    )


async def digest(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    rooms = await rooms_of_event(session, asking.event_id, person_id=asking.person_id)
    fresh = _since(rooms, asking.since)
    return [Part("mail/consultation/_protocols", {"rooms": fresh}, order=30)] if fresh else []


def _since(rooms: Sequence[Outside], since: datetime | None) -> list[Outside]:
    """Protocols of the time since the last visit, practice left out."""
    done = [room for room in rooms if room.has_protocol and room.released_at and not room.practice]
    return [room for room in done if since is None or (room.released_at and room.released_at > since)]


sources = [("today", today), ("digest", digest)]
