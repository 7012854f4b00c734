"""How requests to exchange seats become known and how they end without an exchange. Asking and agreeing: actions_swaps.py."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.core.jobs import cancel
from app.notices.actions import Telling, retract, tell
from app.notices.rules import Kind
from app.timetable import letters_swaps, queries
from app.timetable import queries_swaps as reads
from app.timetable.about import about_event
from app.timetable.actions import hold
from app.timetable.models import Plan, Swap
from app.timetable.swaps import SwapState, until


async def end_swaps(session: AsyncSession, plan: Plan, *, now: datetime) -> None:
    """A plan was published: requests about seats that are other ones now are over."""
    rows = {row.case_id: row for row in await queries.placements(session, plan)}
    for swap in await reads.waiting(session, plan.event_id):
        if not reads.still_as_asked(swap, rows):
            await end(session, swap, SwapState.GONE, now=now)


async def end_swap_in_time(session: AsyncSession, event_id: int, swap_id: int, *, now: datetime) -> None:
    """Nobody has answered until the first of the two sessions came near."""
    await hold(session, event_id)
    swap = await reads.swap_by_id(session, swap_id)
    if swap is not None and swap.state == SwapState.OPEN and now >= until(swap.starts_at, swap.other_starts_at):
        await end(session, swap, SwapState.GONE, now=now)


async def end_swaps_of(session: AsyncSession, event_id: int, person_id: int, *, now: datetime) -> None:
    """Somebody has left the event."""
    for swap in await reads.waiting(session, event_id, person_id):
        await end(session, swap, SwapState.GONE, now=now)


async def end_swaps_of_case(session: AsyncSession, event_id: int, case_id: int, *, now: datetime) -> None:
    """A case was taken back, so nobody sits there."""
    for swap in await reads.waiting(session, event_id):
        if case_id in {swap.case_id, swap.other_case_id}:
            await end(session, swap, SwapState.GONE, now=now)


async def end(session: AsyncSession, swap: Swap, state: SwapState, *, now: datetime) -> None:
    """The request is answered, taken back or over. Who asked hears of it, unless they did it themselves."""
    swap.state, swap.ended_at = state, now
    session.add(swap)
    await cancel(session, key_of(swap))
    await retract(session, _topic(swap), swap.id or 0)
    if state == SwapState.AGREED:
        await _notice(session, swap, to=swap.asked_by, by=swap.other_id, kind=Kind.SWAPPED, now=now)
    elif state != SwapState.WITHDRAWN:
        await _notice(session, swap, to=swap.asked_by, by=swap.other_id, kind=Kind.UNSWAPPED, now=now)
        await write(session, swap, now=now)


async def ask_by_notice(session: AsyncSession, swap: Swap, *, now: datetime) -> None:
    await _notice(session, swap, to=swap.other_id, by=swap.asked_by, kind=Kind.SWAP, now=now)
    await write(session, swap, now=now)


async def write(session: AsyncSession, swap: Swap, *, now: datetime) -> None:
    """To whoever was asked while it is open, to whoever asked when it came to nothing."""
    about = await about_event(session, swap.event_id)
    to, name = (swap.other_id, swap.asked_by) if swap.state == SwapState.OPEN else (swap.asked_by, swap.other_id)
    names = await queries.names(session, [name])
    rows = await queries.placements(session, await queries.published_plan(session, swap.event_id))
    minutes = {row.case_id: row.minutes for row in rows}
    for reader in (await queries.readers(session, [to])).values():
        await mail.write(
            session, letter="timetable/swap", to=reader.in_zone(about.zone), key=f"swap:{swap.id}:{swap.state}", now=now,
            values=letters_swaps.values(
                swap, about, name=names.get(name, ""),
                minutes=(minutes.get(swap.case_id, 0), minutes.get(swap.other_case_id, 0)),
            ),
            event_id=swap.event_id,
        )  # fmt: skip


async def _notice(session: AsyncSession, swap: Swap, *, to: int, by: int, kind: Kind, now: datetime) -> None:
    event = await queries.event_by_id(session, swap.event_id)
    titles = await queries.titles(session, swap.event_id)
    case = swap.other_case_id if kind is Kind.SWAP else swap.case_id
    telling = Telling(
        event_id=swap.event_id, audience_id=event.audience_id, topic=_topic(swap), ref=swap.id or 0, place=0, by_id=by,
        title=titles.get(case, ""), text="", lang="", url=letters_swaps.swap_path(event.slug, swap), who={to: kind},
    )  # fmt: skip
    await tell(session, telling, now=now)


def _topic(swap: Swap) -> str:
    return topic_of(swap.id or 0)


def topic_of(swap_id: int) -> str:
    return f"swap:{swap_id}"


def key_of(swap: Swap) -> str:
    return f"swap:{swap.id}"
