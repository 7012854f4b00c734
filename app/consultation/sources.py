"""What consultations offer: a way back into an open room on Today, new protocols there and in the letter of the morning."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import PRACTICE
from app.consultation.engine.library import methods
from app.consultation.engine.method import said
from app.consultation.queries import Sitting
from app.consultation.queries_outside import Outside, rooms_of_event
from app.consultation.queries_written import written_of
from app.consultation.steps_page import my_step
from app.core.gather import Asking, Part, for_many


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """Titles and links; what was said in a room is nowhere but in the room."""
    rooms = await rooms_of_event(session, asking.event_id, person_id=asking.person_id)
    written = await _my_steps(session, asking)
    in_writing = {step["room_id"] for step in written}
    running = [
        room for room in rooms
        if room.mine and room.status == "running" and room.room_id not in in_writing and not _left(room, asking.now)
    ]  # fmt: skip
    fresh = _since(rooms, asking.since)
    parts = [Part("consultation/_today_open.html", {"rooms": running}, order=5)] if running else []
    parts += [Part("consultation/_today_written.html", {"steps": written}, order=15)] if written else []
    return (
        [*parts, Part("consultation/_today_protocols.html", {"rooms": fresh}, order=30, place="side")]
        if fresh
        else parts
    )


@for_many
async def digest(session: AsyncSession, readers: Sequence[Asking]) -> Mapping[int, Sequence[Part]]:
    rooms = await rooms_of_event(session, readers[0].event_id, person_id=None)
    written = await written_of(session, readers[0].event_id, [reader.person_id for reader in readers])
    parts: dict[int, Sequence[Part]] = {}
    for reader in readers:
        steps, fresh = _steps(written.get(reader.person_id, ()), reader), _since(rooms, reader.since)
        theirs = [Part("mail/consultation/_steps", {"steps": steps}, order=15)] if steps else []
        parts[reader.person_id] = (
            [*theirs, Part("mail/consultation/_protocols", {"rooms": fresh}, order=30)] if fresh else theirs
        )
    return parts


async def _my_steps(session: AsyncSession, asking: Asking) -> list[dict[str, Any]]:
    found = await written_of(session, asking.event_id, [asking.person_id])
    return _steps(found.get(asking.person_id, ()), asking)


def _steps(found: Sequence[tuple[Sitting, bool]], asking: Asking) -> list[dict[str, Any]]:
    """Where my consultations in writing stand and what is mine there; titles of steps, nothing that was written."""
    return [
        my_step(here, person_id=asking.person_id, wrote=wrote, lang=asking.lang, now=asking.now)
        for here, wrote in found
    ]


def _left(room: Outside, now: datetime) -> bool:
    """A practice room of hours ago was left by its visitor: the way back is on the page of rooms, until it closes."""
    return room.practice and room.opens_at is not None and now - room.opens_at > PRACTICE


def _since(rooms: Sequence[Outside], since: datetime | None) -> list[Outside]:
    """Protocols of the time since the last visit, practice left out."""
    done = [room for room in rooms if room.has_protocol and room.released_at and not room.practice]
    return [room for room in done if since is None or (room.released_at and room.released_at > since)]


async def offered_methods(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """What a live block of a programme can be held as."""
    named = [(key, said(method.title, asking.lang)) for key, method in methods().items()]
    return [Part("", {"methods": sorted(named, key=lambda each: each[1].casefold())})]


sources = [("today", today), ("digest", digest), ("methods", offered_methods)]
