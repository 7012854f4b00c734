"""The door of a room: locked, somebody asked to leave, let in again. Whoever has to leave loses the live line at once."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.engine import rules
from app.consultation.engine.door import check_asks_to_leave, check_keeps_order
from app.consultation.engine.touched import ORDER
from app.consultation.models import ConsultationSeat
from app.consultation.queries import Sitting, sitting
from app.core import audience
from app.core.errors import Invalid, Missing
from app.core.live import announce
from app.core.words import N_


async def lock(session: AsyncSession, room_id: int, *, by: int, on: bool, now: datetime) -> None:
    """Nobody new comes in; who has been in and lost the line may always come back."""
    here = await sitting(session, room_id, lock=True)
    check_keeps_order(here.room, here.my_seat(by))
    if here.row.locked != on:
        here.row.locked = on
        await keep(session, here, here.room, now=now, parts=[ORDER])


async def ask_to_leave(
    session: AsyncSession, room_id: int, *, by: int, who: int, blocked: bool, sure: bool, now: datetime
) -> None:
    """`who` has to leave; `blocked`: and cannot come back unless the lead lets them in. What they wrote stays."""
    here = await sitting(session, room_id, lock=True)
    me = here.my_seat(by)
    seat = await _seat(session, here, who)
    check_asks_to_leave(here.room, me, who=who)
    if not sure:
        raise Invalid({"sure": N_("Say that you are sure: this person loses the room at once.")})
    if seat.removed_at is not None and seat.blocked == blocked:
        return
    seat.removed_at, seat.blocked = seat.removed_at or now, blocked
    session.add(seat)
    if seat.person_id is not None:
        await audience.dismiss(session, here.row.audience_id, seat.person_id)
        announce(session, f"standing:{seat.person_id}", version=0)
    await keep(session, here, rules.lose_line(here.room, person=who, now=now), now=now, parts=[ORDER])


async def let_in(session: AsyncSession, room_id: int, *, by: int, who: int, now: datetime) -> None:
    """The lead takes it back: they may come in again as if nothing had been."""
    here = await sitting(session, room_id, lock=True)
    check_keeps_order(here.room, here.my_seat(by))
    seat = await _seat(session, here, who)
    if seat.removed_at is None:
        return
    seat.removed_at, seat.blocked = None, False
    session.add(seat)
    if seat.person_id is not None:
        await audience.admit(session, here.row.audience_id, seat.person_id)
    await keep(session, here, here.room, now=now, parts=[ORDER])


async def _seat(session: AsyncSession, here: Sitting, seat_id: int) -> ConsultationSeat:
    if seat_id not in here.people:
        raise Missing
    seat = await session.get(ConsultationSeat, seat_id)
    assert seat is not None  # the sitting has just named it
    return seat
