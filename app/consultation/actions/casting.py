"""Parts: given by whoever leads, asked for by everybody else."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.engine import casting
from app.consultation.engine.room import Room
from app.consultation.engine.touched import ORDER
from app.consultation.queries import Sitting, sitting
from app.core.errors import Refused
from app.core.words import N_


async def give_part(session: AsyncSession, room_id: int, *, by: int, to: int, role: str, now: datetime) -> None:
    """The lead casts: before the first phase, and in a phase that is for casting."""
    here = await sitting(session, room_id, lock=True)
    room = casting.give_part(here.room, by=here.my_seat(by), to=to, role=role, now=now)
    if here.row.practice and room.cast != here.room.cast:
        raise Refused(N_("In a practice room everybody keeps the part of the script."))
    await keep_cast(session, here, room)
    await keep(session, here, room, now=now, parts=[ORDER])


async def volunteer(session: AsyncSession, room_id: int, *, by: int, role: str, now: datetime) -> None:
    """The part I would take; none takes my word back."""
    here = await sitting(session, room_id, lock=True)
    await keep(session, here, casting.volunteer(here.room, person=here.my_seat(by), role=role), now=now)


async def keep_cast(session: AsyncSession, here: Sitting, room: Room) -> None:
    """The seats as they are cast in `room`. What somebody wrote about their case beforehand stays theirs alone."""
    before, after = here.room.case_givers(), room.case_givers()
    if here.row.case_text and here.row.case_seat is None and before and set(before) != set(after):
        here.row.case_seat = before[0]
        session.add(here.row)
    for row in here.seats:
        seat = room.cast.seat(row.id or 0)
        if (row.role, row.deputy) != (seat.role, seat.deputy):
            row.role, row.deputy = seat.role, seat.deputy
            session.add(row)
