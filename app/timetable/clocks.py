"""A country changes its clock rules after people were told when to come: the instant stays, their hour is another one.

Every letter about a session remembers what the reader's clocks were to show, as minutes ahead of UTC. Once a day, and when
the house starts, that is compared with the rules the machine knows by then; whoever would come at a wrong hour is written to
with a new entry for their calendar, and those who plan hear of it, for the hour may suit nobody any more.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.core.mail import Reader
from app.core.times import local
from app.events.queries_members import member_ids
from app.events.rules import Role
from app.notices.actions import Telling, tell
from app.notices.rules import Kind as Why
from app.timetable import letters, queries, queries_clinics
from app.timetable.about import about_event
from app.timetable.actions import changed, hold
from app.timetable.changes import Change, Kind, Part
from app.timetable.letters import About
from app.timetable.models import Case, Told


def ahead_of_utc(instant: datetime, zone: str) -> int:
    """Minutes by which the clocks of `zone` are ahead then."""
    offset = local(instant, zone).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


async def remember(session: AsyncSession, event_id: int, number: int, zones: Mapping[int, str]) -> None:
    """What plan `number` told these people stands on the clocks of `zones`."""
    query = select(Told).where(
        Told.event_id == event_id,
        Told.number == number,
        col(Told.person_id).in_(list(zones)),
        col(Told.gone).is_(False),
    )
    for row in (await session.exec(query)).all():
        row.zone = zones[row.person_id]
        row.ahead = ahead_of_utc(row.starts_at, row.zone)
        session.add(row)


async def wrong(session: AsyncSession, *, now: datetime) -> dict[int, list[Told]]:
    """Event → what was told and is not what the clocks will show."""
    query = (
        select(Told)
        .join(Case, col(Case.id) == col(Told.case_id))
        .where(
            col(Told.ahead).is_not(None), col(Told.gone).is_(False), Told.starts_at > now, col(Case.withdrawn_at).is_(None)
        )
        .order_by(col(Told.starts_at), col(Told.id))
    )  # fmt: skip
    found: dict[int, list[Told]] = defaultdict(list)
    for row in (await session.exec(query)).all():
        if ahead_of_utc(row.starts_at, row.zone) != row.ahead:
            found[row.event_id].append(row)
    return found


async def alarm(session: AsyncSession, *, now: datetime) -> int:
    """Write to everybody whom it concerns, once for a change of rules; returns how many letters."""
    written = 0
    for event_id, rows in sorted((await wrong(session, now=now)).items()):
        timetable = await hold(session, event_id)
        about = await about_event(session, event_id)
        here = await queries_clinics.still_here(session, event_id, {row.person_id for row in rows})
        for person, reader in (await queries.readers(session, here)).items():
            mine = [row for row in rows if row.person_id == person]
            await _write(session, mine, about, to=reader.in_zone(about.zone), now=now)
            written += 1
        await _call(session, rows, about, now=now)
        for row in rows:
            row.ahead = ahead_of_utc(row.starts_at, row.zone)
            session.add(row)
        changed(session, timetable)
    return written


async def _write(session: AsyncSession, mine: Sequence[Told], about: About, *, to: Reader, now: datetime) -> None:
    files = [letters.calendar_files([_again(row)], about, to=to, sequence=row.number, now=now)[0] for row in mine]
    await mail.write(
        session, letter="timetable/clocks", to=to, key=f"clocks:{about.event_id}:{to.person_id}:{now.date()}", now=now, attachments=files,
        values={
            "event": about.title, "event_zone": about.zone, "url": letters.my_page(about), "named": mine[0].zone,
            "sessions": [(about.titles.get(row.case_id, ""), row.starts_at, row.minutes) for row in mine],
        },
        event_id=about.event_id,
    )  # fmt: skip


def _again(row: Told) -> Change:
    """The same time once more, for calendars to read by the new rules."""
    return Change(row.person_id, row.case_id, Kind.MOVED, Part.ADVISER, row.minutes, row.starts_at, row.starts_at)


async def _call(session: AsyncSession, rows: Sequence[Told], about: About, *, now: datetime) -> None:
    event = await queries.event_by_id(session, about.event_id)
    coordinators = await member_ids(session, about.event_id, roles=frozenset({Role.COORDINATOR}))
    who = coordinators or await member_ids(session, about.event_id, roles=frozenset({Role.MANAGER}))
    for zone in sorted({row.zone for row in rows}):
        telling = Telling(
            event_id=about.event_id, audience_id=event.audience_id, topic=f"clocks:{event.id}:{zone}", ref=now.toordinal(), place=0,
            by_id=None, title=zone.replace("_", " "), text="", lang="", url=f"/events/{event.slug}/timetable",
            who=dict.fromkeys(who, Why.CLOCKS),
        )  # fmt: skip
        await tell(session, telling, now=now)
