"""Signs of those who listen."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.engine import signs
from app.consultation.queries import sitting


async def give_sign(session: AsyncSession, room_id: int, *, by: int, symbol: str, on: bool, now: datetime) -> None:
    here = await sitting(session, room_id, lock=True)
    room = signs.give_sign(here.room, person=here.my_seat(by), symbol=symbol, on=on)
    await keep(session, here, room, now=now)
