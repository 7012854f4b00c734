"""One short sentence of the event's team to all its open rooms: written, taken down, over after a quarter of an hour."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.touched import MESSAGE
from app.consultation.jobs import EndRoomMessage
from app.consultation.models import RoomMessage
from app.consultation.queries import hold_event
from app.consultation.queries_messages import message, message_with_key, open_rooms, standing_message
from app.core.errors import Invalid, Refused
from app.core.jobs import schedule
from app.core.live import announce
from app.core.words import N_

LONGEST = 200
STANDS = timedelta(minutes=15)


async def tell_rooms(session: AsyncSession, event_id: int, *, by: int, text: str, key: str, now: datetime) -> None:
    """The newest message takes the place of the one before. The same key again is the same message."""
    await hold_event(session, event_id)
    known = await message_with_key(session, key)
    if known is not None:
        if known.by_id != by or known.event_id != event_id:
            raise Refused(N_("This was sent by somebody else. Reload the page and write it again."))
        return
    text = " ".join(text.split())
    if not text:
        raise Invalid({"text": N_("Write something first.")})
    if len(text) > LONGEST:
        raise Invalid({"text": N_("This is too long for a banner. Say it in two hundred characters.")})
    before = await standing_message(session, event_id, now=now)
    if before is not None:
        before.ends_at = now
        session.add(before)
    row = RoomMessage(event_id=event_id, key=key, text=text, by_id=by, at=now, ends_at=now + STANDS)
    session.add(row)
    await session.flush()
    assert row.id is not None
    await schedule(session, EndRoomMessage(row.id), at=row.ends_at, key=f"room-message:{row.id}")
    await _show(session, event_id)


async def take_down(session: AsyncSession, event_id: int, *, now: datetime) -> None:
    """A second press finds nothing left to take down."""
    await hold_event(session, event_id)
    row = await standing_message(session, event_id, now=now)
    if row is not None:
        row.ends_at = now
        session.add(row)
        await _show(session, event_id)


async def end_message(session: AsyncSession, message_id: int, *, now: datetime) -> None:
    """Its time is over: the rooms show that it is gone. One that was taken down or replaced is gone already."""
    row = await message(session, message_id)
    if row is None or row.ends_at < row.at + STANDS or now < row.ends_at:
        return
    await hold_event(session, row.event_id)
    await _show(session, row.event_id)


async def _show(session: AsyncSession, event_id: int) -> None:
    """Every open room of the event has this part anew; in writing the page is one person's as a whole."""
    for row in await open_rooms(session, event_id):
        row.version += 1
        row.marks = {**row.marks, MESSAGE: row.version}
        if row.state.get("pace"):
            row.desk_version = row.version
        session.add(row)
        announce(session, f"room:{row.id}", version=row.version)
        announce(session, f"desk:{row.id}", version=row.desk_version)
