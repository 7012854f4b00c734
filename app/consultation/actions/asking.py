"""Questions before the room opens: whoever sits there agrees first, asks, and the case giver answers."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.engine.before import check_answers, check_asks, is_open_before
from app.consultation.engine.touched import ASKED
from app.consultation.models import ConsultationSeat, Contribution
from app.consultation.queries import BEFORE, OUT, Sitting, contribution, contribution_with_key, sitting
from app.consultation.queries_before import asked_before
from app.core.errors import Missing, Refused
from app.core.words import N_


async def promise(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """What is written here stays here: said before the room opens, and not yet that one has come."""
    here = await sitting(session, room_id, lock=True)
    seat = await session.get(ConsultationSeat, here.own_seat(by))
    if seat is None or seat.removed_at is not None or seat.promised_at is not None:
        return
    _check_open(here)
    seat.promised_at = now
    session.add(seat)


async def ask_before(session: AsyncSession, room_id: int, *, by: int, text: str, key: str, now: datetime) -> None:
    """The same key again is the same question."""
    here = await sitting(session, room_id, lock=True)
    me = _reader(here, by)
    known = await contribution_with_key(session, key)
    if known is not None:
        if known.seat_id != me:
            raise Refused(N_("This was sent by somebody else. Reload the page and write it again."))
        return
    _check_open(here)
    mine = [row for row in await asked_before(session, room_id) if row.seat_id == me]
    check_asks(here.room, me, text=text, already=len(mine))
    row = Contribution(
        consultation_id=room_id, seat_id=me, key=key, deck=BEFORE, step=-1, text=text.strip(),
        version=here.row.version + 1, open=True, written_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await keep(session, here, here.room, now=now, parts=[ASKED])


async def answer_before(
    session: AsyncSession, room_id: int, *, by: int, contribution_id: int, answer: str, now: datetime
) -> None:
    """A new answer takes the place of the old one; an empty one takes it back."""
    here = await sitting(session, room_id, lock=True)
    me = _reader(here, by)
    row = await contribution(session, contribution_id)
    if row is None or row.consultation_id != room_id or row.deck != BEFORE:
        raise Missing
    check_answers(here.room, me, text=answer)
    _check_open(here)
    if row.answer == answer.strip():
        return
    row.answer, row.version = answer.strip(), here.row.version + 1
    session.add(row)
    await session.flush()
    await keep(session, here, here.room, now=now, parts=[ASKED])


def _reader(here: Sitting, person_id: int) -> int:
    """The seat of somebody who has agreed, before the room opened or at its door."""
    me = here.own_seat(person_id)
    if here.people[me].removed:
        raise Refused(OUT)
    if not here.people[me].reads_before:
        raise Refused(N_("Agree first that what is written here stays here."))
    return me


def _check_open(here: Sitting) -> None:
    if not is_open_before(here.room, status=here.row.status, practice=bool(here.row.practice)):
        raise Refused(N_("The room is at work now. Ask there."))
