"""What the timetable offers: my next session and my hours on Today, my next session in the letter of the morning."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part, for_many
from app.timetable import mine, queries, queries_clinics, queries_swaps
from app.timetable.rules import REMIND

SOON = timedelta(hours=36)  # what the letter of the morning reminds of


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """First my next session, with the way into it; beside it the question for my hours while it is open."""
    parts = []
    found = await mine.next_session(session, asking.event_id, asking.person_id, now=asking.now)
    if found is not None:
        opens_at = found.starts_at - REMIND
        values = {
            "session": found,
            "soon": asking.now >= opens_at,
            "opens_at": opens_at,
            "before": REMIND.seconds // 60,
        }
        parts.append(Part("timetable/_today_next.html", values, order=10))
    parts.extend(await _asked_to_swap(session, asking))
    parts.extend(await _office_hours(session, asking))
    said = await queries.hours_said(session, asking.event_id, asking.person_id, now=asking.now)
    if said is not None:
        parts.append(Part("timetable/_today_hours.html", {"known": said}, order=90 if said else 10, place="side"))
    return parts


async def _asked_to_swap(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """Somebody waits for my answer."""
    found = await queries_swaps.waiting(session, asking.event_id, asking.person_id)
    asked = [swap for swap in found if swap.other_id == asking.person_id]
    if not asked:
        return []
    names = await queries.names(session, {swap.asked_by for swap in asked})
    return [Part("timetable/_today_swaps.html", {"swaps": asked, "names": names}, order=9)]


async def _office_hours(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """What I have booked, or give, next; otherwise that there is something to book."""
    ahead = await queries_clinics.shown(session, asking.event_id, asking.person_id, now=asking.now)
    mine = [
        (slot.starts_at, each)
        for each in ahead
        for slot in each.slots
        if slot.booking and slot.booking.person_id == asking.person_id
    ]
    gives = [(each.clinic.starts_at, each) for each in ahead if each.clinic.host_id == asking.person_id]
    found = [
        (at, each)
        for at, each in sorted([*mine, *gives], key=lambda pair: pair[0])
        if each.clinic.host_id == asking.person_id or at + timedelta(minutes=each.clinic.minutes) > asking.now
    ]
    if found:
        return [Part("timetable/_today_clinics.html", {"mine": found}, order=11)]
    return [Part("timetable/_today_clinics.html", {"mine": []}, order=80, place="side")] if ahead else []


@for_many
async def digest(session: AsyncSession, readers: Sequence[Asking]) -> Mapping[int, Sequence[Part]]:
    """The session of today or tomorrow, if there is one."""
    now, slug = readers[0].now, readers[0].event_slug
    found = await mine.next_sessions(session, readers[0].event_id, [reader.person_id for reader in readers], now=now)
    return {
        person_id: [Part("mail/timetable/_next", {"session": each, "slug": slug}, order=10)]
        for person_id, each in found.items()
        if each.starts_at <= now + SOON
    }


sources = [("today", today), ("digest", digest)]
