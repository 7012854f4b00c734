"""Reminders a day and a quarter of an hour before a session; each looks at the world again when its time has come."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.core.jobs import cancel, schedule
from app.timetable import letters, queries, queries_clinics
from app.timetable.about import about_event
from app.timetable.answers import told_no
from app.timetable.changes import Sitting
from app.timetable.jobs import RemindOfSession, RemindOfTalk
from app.timetable.problem import slot_id
from app.timetable.rules import REMIND, REMIND_EARLY


async def set_both(
    session: AsyncSession,
    work: Callable[[bool], RemindOfSession | RemindOfTalk],
    key: Callable[[bool], str],
    *,
    now: datetime,
) -> None:
    """A day and a quarter of an hour before; nobody is reminded early of what they just read. `work`, `key`: early or not."""
    for early, ahead in ((True, REMIND_EARLY), (False, REMIND)):
        at = work(early).start - ahead
        if not early or at > now:
            await schedule(session, work(early), at=at, key=key(early))


async def drop_both(session: AsyncSession, key: Callable[[bool], str]) -> None:
    for early in (True, False):
        await cancel(session, key(early))


async def set_reminders(
    session: AsyncSession, event_id: int, *, before: Sequence[Sitting], after: Sequence[Sitting], now: datetime
) -> None:
    """For the sessions of the new plan instead of the old one's."""
    for sitting in before:
        await drop_both(session, partial(_key, sitting))
    for sitting in after:
        work = partial(RemindOfSession, event_id, sitting.case, sitting.start.isoformat())
        await set_both(session, work, partial(_key, sitting), now=now)


def _key(sitting: Sitting, early: bool) -> str:
    return f"remind{'-early' if early else ''}:{sitting.case}:{slot_id(sitting.start)}"


async def remind(session: AsyncSession, work: RemindOfSession, *, now: datetime) -> int:
    """Write to everybody in the session that begins `work.at`, if it still does; returns how many letters.

    Who said that they cannot come is left alone.
    """
    start = work.start
    case = await queries.case_of(session, work.event_id, work.case_id)
    told = await queries.sittings_of(session, await queries.published_plan(session, work.event_id))
    sitting = next((each for each in told if each.case == work.case_id and each.start == start), None)
    if case is None or case.withdrawn_at or sitting is None or work.is_late(now):
        return 0
    about = await about_event(session, work.event_id)
    parts, away = sitting.parts(), await told_no(session, work.case_id)
    here = await queries_clinics.still_here(session, work.event_id, parts)
    found = await queries.readers(session, (parts.keys() & here) - away)
    for person, reader in found.items():
        await mail.write(
            session,
            letter="timetable/reminder",
            to=reader.in_zone(about.zone),
            values={
                "title": case.title, "start": start, "minutes": sitting.minutes, "event": about.title,
                "event_zone": about.zone, "part": letters.PARTS[parts[person]], "early": work.early,
                "url": letters.my_page(about) if work.early else letters.room_page(about, work.case_id),
            },
            key=f"{_key(sitting, work.early)}:{person}",
            now=now,
            event_id=work.event_id,
        )  # fmt: skip
    return len(found)
