"""Exchanging seats with consent: one asks, the other answers, and only what these two do is published anew."""

from dataclasses import asdict
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Missing, Refused
from app.core.jobs import schedule
from app.core.words import N_
from app.matching.plan import Reason
from app.matching.swap import Exchange
from app.timetable import publishing, queries
from app.timetable import queries_swaps as reads
from app.timetable.actions import changed, hold
from app.timetable.changes import changes
from app.timetable.jobs import EndSwap
from app.timetable.models import Placement, Swap
from app.timetable.rules import EditKind
from app.timetable.swapping import ask_by_notice, end, key_of
from app.timetable.swaps import TOO_SOON, SwapState, check_more, is_near, until
from app.timetable.versions import carry_over, next_version

_OTHER_NOW = N_("One of these sessions is another one now. Look at your sessions again, then ask.")
_OVER = N_("This request is over.")


async def ask(
    session: AsyncSession, *, event_id: int, person_id: int, case_id: int, other_id: int, other_case: int, key: str,
    now: datetime,
) -> Swap:  # fmt: skip
    """Ask somebody for their seat. The same `key`, or the same request while it waits, is the same one."""
    await hold(session, event_id)
    known = await reads.with_key(session, key, person_id)
    if known is not None:
        return known
    wanted = Exchange(person_id, case_id, other_id, other_case)
    open_ones = await reads.waiting(session, event_id, person_id)
    for swap in open_ones:
        if _exchange(swap) == wanted:
            return swap
        if _exchange(swap) == wanted.reversed:
            raise Refused(N_("This person has asked you for just this exchange. Answer that request."))
    found = await reads.standing(session, event_id, now=now)
    offered = next(
        (
            each
            for each in (reads.offers(found, person_id, case_id, now=now) if found else ())
            if (each.person, each.case_id) == (other_id, other_case)
        ),
        None,
    )
    if found is None or offered is None:
        raise Refused(_OTHER_NOW)
    if offered.why is not None:
        raise Refused(offered.why.sentence)
    if (other_id, other_case) in await reads.declined(session, event_id, person_id, case_id):
        raise Refused(N_("This person has declined already. Ask somebody else."))
    check_more(sum(swap.asked_by == person_id for swap in open_ones))
    mine = found.ahead[case_id]
    swap = Swap(
        key=key, event_id=event_id, asked_by=person_id, case_id=case_id, starts_at=mine.starts_at, other_id=other_id,
        other_case_id=other_case, other_starts_at=offered.starts_at, leads=mine.moderator_id == person_id, asked_at=now,
    )  # fmt: skip
    session.add(swap)
    await session.flush()
    assert swap.id is not None
    await schedule(
        session, EndSwap(event_id, swap.id), at=until(swap.starts_at, swap.other_starts_at), key=key_of(swap)
    )
    await ask_by_notice(session, swap, now=now)
    return swap


async def withdraw(session: AsyncSession, *, event_id: int, swap_id: int, person_id: int, now: datetime) -> None:
    """Take one's own request back; twice is once."""
    await hold(session, event_id)
    swap = await reads.one_of_mine(session, event_id, swap_id, person_id)
    if swap is None or swap.asked_by != person_id:
        raise Missing
    if swap.state == SwapState.OPEN:
        await end(session, swap, SwapState.WITHDRAWN, now=now)
    elif swap.state != SwapState.WITHDRAWN:
        raise Refused(_OVER)


async def answer(
    session: AsyncSession, *, event_id: int, swap_id: int, person_id: int, yes: bool, now: datetime
) -> Swap:
    """Whoever was asked says yes or no; the same answer again changes nothing. With a yes all rules are asked anew."""
    timetable = await hold(session, event_id)
    swap = await reads.one_of_mine(session, event_id, swap_id, person_id)
    if swap is None or swap.other_id != person_id:
        raise Missing
    wanted = SwapState.AGREED if yes else SwapState.DECLINED
    if swap.state == wanted:
        return swap
    if swap.state != SwapState.OPEN:
        raise Refused(_OVER)
    if yes:
        found = await reads.standing(session, event_id, now=now)
        why = why_not(swap, found, now=now)
        if found is None or why:
            raise Refused(why)
        swap.number = await _publish(session, found, swap, now=now)
    await end(session, swap, wanted, now=now)
    changed(session, timetable)
    return swap


async def obstacle(session: AsyncSession, swap: Swap, *, now: datetime) -> str:
    """Why a yes would be refused at this moment, for whoever was asked; empty where it would not."""
    return why_not(swap, await reads.standing(session, swap.event_id, now=now), now=now)


def why_not(swap: Swap, found: reads.Standing | None, *, now: datetime) -> str:
    if is_near(swap.starts_at, swap.other_starts_at, now=now):
        return TOO_SOON
    if found is None or not reads.still_as_asked(swap, found.ahead):
        return _OTHER_NOW
    reason = found.seats.why_not(_exchange(swap).reversed)
    return reason.sentence if reason else ""


def _exchange(swap: Swap) -> Exchange:
    return Exchange(swap.asked_by, swap.case_id, swap.other_id, swap.other_case_id)


async def _publish(session: AsyncSession, found: reads.Standing, swap: Swap, *, now: datetime) -> int:
    """The published plan's next version, in which these two have each other's seat; the draft takes it over where it has
    left both seats as they were."""
    before = await queries.sittings_of(session, found.plan)
    fresh, draft = await next_version(session, found.plan, found.rows, reseat=lambda row: _reseat(row, swap), now=now)
    swap.state = SwapState.AGREED  # so that publishing does not take it for one that came to nothing
    session.add(swap)
    await session.flush()
    told = changes(before, await queries.sittings_of(session, fresh))
    await publishing.make_known(session, fresh, told, before=before, by=swap.other_id, now=now)
    if draft is not None:
        rows = {row.case_id: row for row in await queries.placements(session, draft)}
        both = reads.still_as_asked(swap, rows)
        await carry_over(
            session, draft, (swap.case_id, swap.other_case_id), by=swap.other_id, kind=EditKind.SWAP, now=now,
            reseat=(lambda row: _reseat(row, swap)) if both else None,
        )  # fmt: skip
    return fresh.number


def _reseat(row: Placement, swap: Swap) -> None:
    gone, new = {
        swap.case_id: (swap.asked_by, swap.other_id), swap.other_case_id: (swap.other_id, swap.asked_by)
    }.get(row.case_id, (0, 0))  # fmt: skip
    if not gone:
        return
    row.moderator_id = new if row.moderator_id == gone else row.moderator_id
    row.advisers = [new if each == gone else each for each in row.advisers]
    row.why = [asdict(Reason(N_("Two people have exchanged their seats here, each with the other's consent.")))]
