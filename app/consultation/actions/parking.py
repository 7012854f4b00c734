"""The park list of a room: thoughts put aside for later, ticked off by whoever leads. They stay in the room."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.engine.parking import check_parks, check_ticks
from app.consultation.engine.touched import PARKED
from app.consultation.models import Contribution
from app.consultation.queries import DONE, PARK, Sitting, contribution, contribution_with_key, count_parked, sitting
from app.core.errors import Missing, Refused
from app.core.words import N_


async def park(session: AsyncSession, room_id: int, *, by: int, text: str, key: str, now: datetime) -> None:
    """The same key again is the same thought."""
    here = await sitting(session, room_id, lock=True)
    await park_as(session, here, here.my_seat(by), text=text, key=key, now=now)


async def park_as(session: AsyncSession, here: Sitting, me: int, *, text: str, key: str, now: datetime) -> None:
    """The seat `me` parks it: a person's, or a simulated peer's."""
    known = await contribution_with_key(session, key)
    if known is not None:
        if known.seat_id != me:
            raise Refused(N_("This was sent by somebody else. Reload the page and write it again."))
        return
    check_parks(here.room, me, text=text, already=await count_parked(session, here.id))
    step = here.room.step
    row = Contribution(
        consultation_id=here.id, seat_id=me, key=key, deck=PARK, step=here.room.place, round=step.round if step else 0,
        phase=step.phase if step else "", text=text.strip(), version=here.row.version + 1, open=True, written_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await keep(session, here, here.room, now=now, parts=[PARKED])


async def tick_off(
    session: AsyncSession, room_id: int, *, by: int, contribution_id: int, done: bool, now: datetime
) -> None:
    here = await sitting(session, room_id, lock=True)
    check_ticks(here.room, here.my_seat(by))
    row = await contribution(session, contribution_id)
    if row is None or row.consultation_id != room_id or row.deck != PARK:
        raise Missing
    if (row.kind == DONE) == done:
        return
    row.kind, row.version = DONE if done else "", here.row.version + 1
    session.add(row)
    await session.flush()
    await keep(session, here, here.room, now=now, parts=[PARKED])
