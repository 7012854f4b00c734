"""Who sits in which sitting of a live part that has several: for everybody at once, or by hand."""

from collections.abc import Collection

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Refused
from app.core.words import N_
from app.events import queries_programme as programme
from app.events.models import Block, BlockSeat, Event
from app.timetable import plenary, queries
from app.timetable.actions import changed, hold


def offers_of(event: Event, blocks: Collection[Block]) -> list[plenary.Offer]:
    """The live parts everybody comes to; those with one day and title are one part in several sittings."""
    return [
        plenary.Offer(block.id or 0, (block.day, block.title), programme.begins(event, block), block.minutes)
        for block in blocks
        if not block.optional
    ]


async def seat_everybody(session: AsyncSession, *, event_id: int) -> int:
    """Everybody gets the sitting that lies best on their own clocks; what was said by hand stays. Returns how many people."""
    timetable = await hold(session, event_id)
    event = await queries.event_by_id(session, event_id)
    offers = offers_of(event, await programme.blocks_of(session, event))
    zones = {each.id: each.zone for each in await queries.attendants(session, event_id)}
    seats = await programme.block_seats(session, event_id)
    by_hand = {(seat.person_id, seat.block_id) for seat in seats if seat.by_hand}
    parts, _ = plenary.seated(offers, zones, by_hand)
    several = [part for part in parts if len(part.offers) > 1]
    if not several:
        raise Refused(N_("Every live part has one sitting only, so there is nothing to choose. Add a sitting first."))
    wanted = {(person, block) for part in several for person, block in part.sits.items()}
    for seat in seats:
        if (seat.person_id, seat.block_id) not in wanted:
            await session.delete(seat)
    known = {(seat.person_id, seat.block_id) for seat in seats}
    session.add_all(BlockSeat(block_id=block, person_id=person) for person, block in sorted(wanted - known))
    changed(session, timetable)
    return len({person for person, _ in wanted})


async def seat_by_hand(session: AsyncSession, *, event_id: int, block_id: int, people: Collection[int]) -> None:
    """These people sit in this sitting and in no other of its part, whatever is chosen for everybody later."""
    timetable = await hold(session, event_id)
    event = await queries.event_by_id(session, event_id)
    blocks = {block.id: block for block in await programme.blocks_of(session, event) if not block.optional}
    chosen = blocks.get(block_id)
    if chosen is None:
        raise Refused(N_("This sitting is gone. Look at the page again, then choose."))
    here = {each.id for each in await queries.attendants(session, event_id)} & set(people)
    same = [block.id for block in blocks.values() if (block.day, block.title) == (chosen.day, chosen.title)]
    await session.exec(
        delete(BlockSeat).where(col(BlockSeat.block_id).in_(same), col(BlockSeat.person_id).in_(sorted(here)))
    )
    session.add_all(BlockSeat(block_id=block_id, person_id=person, by_hand=True) for person in sorted(here))
    changed(session, timetable)
