"""What the timetable offers: my next session and my hours on Today, my next session in the letter of the morning, sessions in
the event's calendar."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part, for_many
from app.events.ical import Dates
from app.timetable import mine, queries, queries_clinics, queries_swaps
from app.timetable.about import about_event
from app.timetable.letters import About, room_page
from app.timetable.models import Placement
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
        parts.append(Part("timetable/_today_next.html", values, order=10, at=found.starts_at))
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
        return [Part("timetable/_today_clinics.html", {"mine": found}, order=11, at=found[0][0])]
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


async def calendar(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """Published sessions for the event's calendar file: one's own; for those who plan all of them, with the working title."""
    event_id = asking.event_id
    plan = await queries.published_plan(session, event_id)
    rows = await queries.placements(session, plan)
    open_cases = {case.id for case in await queries.cases(session, event_id)}
    plans = await queries.version_for(session, asking.person_id, event_id) is not None
    if not plans:
        rows = [row for row in rows if asking.person_id in {row.giver_id, row.moderator_id, *row.advisers}]
    if plan is None or not rows:
        return []
    about = await about_event(session, event_id)
    return [
        Part("", {"entry": _dates(row, about, stamp=plan.published_at or asking.now)})
        for row in rows
        if row.case_id in open_cases
    ]


def _dates(row: Placement, about: About, *, stamp: datetime) -> Dates:
    """The same UID as in a letter or a person's own calendar, so that no calendar shows a session twice."""
    return Dates(
        uid=f"case-{row.case_id}@{about.house.domain}", title=about.titles.get(row.case_id, ""), text="",
        url=room_page(about, row.case_id), first=row.starts_at, last=row.starts_at + timedelta(minutes=row.minutes),
        stamp=stamp, zone=about.zone,
    )  # fmt: skip


sources = [("today", today), ("digest", digest), ("calendar", calendar)]
