"""While everybody writes: for whoever leads, who has written nothing yet."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.method import NOT_TYPED, Floor, Output
from app.consultation.engine.picks import is_pick
from app.consultation.engine.room import Room
from app.consultation.engine.votes import is_vote
from app.consultation.queries import Sitting
from app.consultation.queries_picks import picked


def typed(room: Room, seat: int) -> list[Output]:
    """What this person may type now; everything else is marked on cards or picked."""
    if seat in room.state.away:
        return []
    return [
        out for out in room.outputs_for(seat) if out.kind not in NOT_TYPED and not is_pick(out) and not is_vote(out)
    ]


async def still_to_write(session: AsyncSession, here: Sitting) -> list[str]:
    """Names, while everybody writes at once. What the others have written is not the lead's to know before it is time."""
    room = here.room
    if room.phase is None or (room.state.still is None and room.phase.floor is not Floor.SILENT):
        return []
    writers = {seat: {out.key for out in typed(room, seat)} for seat in room.cast.persons}
    rows = await picked(session, here.id, decks=set().union(*writers.values()))
    have = {(row.seat_id, row.deck) for row in rows if row.step == room.place}
    return [
        here.people[seat].name for seat, decks in writers.items() if decks and not any((seat, deck) in have for deck in decks)
    ]  # fmt: skip
