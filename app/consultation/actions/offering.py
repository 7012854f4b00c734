"""Offers of help at the end of a consultation, and thanks for them. Each stays in the room unless both sides let it go."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.closing import conclude
from app.consultation.engine.offers import check_leaves, check_offers, check_receives, is_open_for_offers
from app.consultation.models import Contribution
from app.consultation.queries import MAY_LEAVE, OFFER, Sitting, contribution, sitting
from app.consultation.queries_offers import offers
from app.core.errors import Missing, Refused
from app.core.words import N_
from app.notices.actions import Telling, retract, seen, tell
from app.notices.rules import Kind


async def offer_help(session: AsyncSession, room_id: int, *, by: int, text: str, leaves: bool, now: datetime) -> None:
    """One offer a person; other words take its place and begin anew, none take it back.

    `leaves`: it may stand on the protocol with the name of whoever offers, if the case giver wants that too.
    """
    here = await _open(session, room_id, now=now)
    me = here.my_seat(by)
    check_offers(here.room, me, text=text)
    known = next((row for row in await offers(session, room_id) if row.seat_id == me), None)
    row = known or Contribution(
        consultation_id=room_id, seat_id=me, key=f"offer:{room_id}:{me}", deck=OFFER, step=here.room.place, text="",
        version=here.row.version, written_at=now,
    )  # fmt: skip
    if not text.strip():
        if known is not None:
            await retract(session, _topic(here), known.id or 0)
            await session.delete(known)
            await conclude(session, here, now=now)
        return
    if row.text != text.strip():
        row.text, row.answer, row.released, row.valued, row.written_at = text.strip(), "", False, False, now
    row.kind = MAY_LEAVE if leaves else ""
    row.released = row.released and leaves
    session.add(row)
    await conclude(session, here, now=now)


async def receive_offer(
    session: AsyncSession, room_id: int, *, by: int, contribution_id: int, thanks: str, release: bool, now: datetime
) -> None:
    """Accepted with thanks, of which the peer hears; `release`: it may leave the room."""
    here = await _open(session, room_id, now=now)
    check_receives(here.room, here.my_seat(by), thanks=thanks)
    row = await contribution(session, contribution_id)
    if row is None or row.consultation_id != room_id or row.deck != OFFER:
        raise Missing
    check_leaves(may=row.kind == MAY_LEAVE, released=release)
    first = not row.valued
    row.valued, row.answer, row.released = True, thanks.strip(), release
    session.add(row)
    if first:
        await _tell(session, here, row, by=by, now=now)
    await conclude(session, here, now=now)


async def thank_everybody(session: AsyncSession, room_id: int, *, by: int, thanks: str, now: datetime) -> None:
    """One sentence that stands on the protocol; an empty one takes it back."""
    here = await _open(session, room_id, now=now)
    check_receives(here.room, here.my_seat(by), thanks=thanks)
    here.row.thanks = thanks.strip()
    session.add(here.row)


async def look(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """Whoever opens the page has read the thanks for their offer."""
    await seen(session, by, f"offers:{room_id}", place=0, now=now)


async def _open(session: AsyncSession, room_id: int, *, now: datetime) -> Sitting:
    here = await sitting(session, room_id, lock=True)
    if here.row.practice or here.row.emptied_at is not None or not is_open_for_offers(here.room, now=now):
        raise Refused(N_("Help is offered in the last phase and for four weeks after the end."))
    return here


def _topic(here: Sitting) -> str:
    return f"offers:{here.id}"


async def _tell(session: AsyncSession, here: Sitting, row: Contribution, *, by: int, now: datetime) -> None:
    """Title and link; neither the offer nor the thanks travel."""
    person = here.people[row.seat_id].person_id
    who = {person: Kind.THANKS} if person is not None else {}
    await tell(
        session,
        Telling(
            event_id=here.row.event_id, audience_id=here.row.audience_id, topic=_topic(here), ref=row.id or 0, place=0,
            by_id=by, title=here.row.title, text="", lang=here.row.lang, url=f"/rooms/{here.id}/offers", who=who,
        ),
        now=now,
    )  # fmt: skip
