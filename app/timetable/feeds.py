"""A person's sessions as a calendar that stays current, at a private address they can end."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import signs
from app.core.db import locked
from app.core.errors import Missing
from app.events import queries_programme as programme
from app.events.models import Participation
from app.people.models import Person
from app.timetable import ical, letters_clinics, queries, queries_clinics
from app.timetable.about import about_event
from app.timetable.letters import About, meeting_of
from app.timetable.models import CalendarFeed
from app.timetable.told import told_to

PURPOSE = "timetable calendar"


def path_of(feed: CalendarFeed) -> str:
    """The private address; whoever has it may read the calendar, nobody can guess it."""
    return f"/calendars/{signs.sign([feed.event_id, feed.person_id, feed.edition], purpose=PURPOSE)}.ics"


async def my_feed(session: AsyncSession, event_id: int, person_id: int) -> CalendarFeed | None:
    """The feed, if it is open."""
    query = select(CalendarFeed).where(CalendarFeed.event_id == event_id, CalendarFeed.person_id == person_id)
    found: CalendarFeed | None = (await session.exec(query)).one_or_none()
    return found if found is not None and found.open else None


async def open_feed(
    session: AsyncSession, *, event_id: int, person_id: int, edition: int, now: datetime
) -> CalendarFeed:
    """A new address; any older one is worthless then. `edition`: the newest the person had seen (0: none), so that a
    form that is sent twice makes one address."""
    feed = await _held(session, event_id, person_id)
    if feed is None:
        feed = CalendarFeed(event_id=event_id, person_id=person_id, changed_at=now)
    elif not feed.open or feed.edition == edition:
        feed.edition, feed.open, feed.changed_at = feed.edition + 1, True, now
    session.add(feed)
    await session.flush()
    return feed


async def end_feed(session: AsyncSession, *, event_id: int, person_id: int, now: datetime) -> None:
    """Calendars that read the address get nothing any more; ending twice is ending."""
    feed = await _held(session, event_id, person_id)
    if feed is not None and feed.open:
        feed.open, feed.changed_at = False, now
        session.add(feed)


async def _held(session: AsyncSession, event_id: int, person_id: int) -> CalendarFeed | None:
    query = select(CalendarFeed).where(CalendarFeed.event_id == event_id, CalendarFeed.person_id == person_id)
    found: CalendarFeed | None = (await session.exec(locked(query))).one_or_none()
    return found


async def calendar_at(session: AsyncSession, word: str, *, now: datetime) -> bytes:
    """The calendar behind a private address; Missing when it was ended, or its person is no longer in the event."""
    value = signs.unsign(word, purpose=PURPOSE)
    if not isinstance(value, list) or len(value) != 3:
        raise Missing
    event_id, person_id, edition = value
    feed = await my_feed(session, event_id, person_id)
    person = await _still_in(session, event_id, person_id)
    if feed is None or feed.edition != edition or person is None:
        raise Missing
    about = await about_event(session, event_id)
    meetings = await _meetings(session, about, person)
    return ical.feed(meetings, name=about.title, now=now)


async def _still_in(session: AsyncSession, event_id: int, person_id: int) -> Person | None:
    query = (
        select(Person)
        .join(Participation, col(Participation.person_id) == col(Person.id))
        .where(Participation.event_id == event_id, Person.id == person_id)
    )
    person: Person | None = (await session.exec(query)).one_or_none()
    return person if person is not None and person.left_at is None else None


async def _meetings(session: AsyncSession, about: About, person: Person) -> list[ical.Meeting]:
    """Every session as it was told last; what is gone or withdrawn is there as cancelled."""
    assert person.id is not None
    told = {case: row for (_, case), row in (await told_to(session, about.event_id, [person.id])).items()}
    mine = {each.placement.case_id: each for each in await queries.my_sessions(session, about.event_id, person.id)}
    open_cases = {case.id for case in await queries.cases(session, about.event_id)}
    found = []
    for case, each in mine.items():
        row, gone = each.placement, case not in open_cases
        sequence = told[case].number if case in told else each.number
        found.append(_meeting(about, person, case, row.starts_at, row.minutes, sequence + gone, gone=gone))
    for case, last in told.items():
        if case not in mine:
            found.append(_meeting(about, person, case, last.starts_at, last.minutes, last.number, gone=True))
    zone = person.zone
    for booking, clinic in await queries_clinics.my_bookings(session, about.event_id, person.id):
        found.append(letters_clinics.booked(booking, clinic, about, zone=zone))
    for clinic in await queries_clinics.my_clinics(session, about.event_id, person.id):
        found.append(letters_clinics.given(clinic, about, zone=zone))
    found.extend(await _sittings(session, about, person.id, zone=zone))
    return sorted(found, key=lambda meeting: (meeting.start, meeting.uid))


async def _sittings(session: AsyncSession, about: About, person_id: int, *, zone: str) -> list[ical.Meeting]:
    """The live parts that have several sittings, in the one that is theirs; with the UID of the event's own calendar."""
    event = await queries.event_by_id(session, about.event_id)
    mine = await programme.my_sittings(session, event, person_id)
    blocks = [block for block in await programme.blocks_of(session, event) if mine.get(block.id or 0)] if mine else []
    return [
        ical.Meeting(
            uid=f"block-{block.id}@fortnight", sequence=0, title=f"{block.title} ({block.sitting})" if block.sitting else block.title,
            start=programme.begins(event, block), minutes=block.minutes, zone=zone,
            url=f"{about.house.url}/events/{about.slug}/days/{block.day}", organiser=about.title,
            organiser_email=f"timetable@{about.house.domain}",
        )
        for block in blocks
    ]  # fmt: skip


def _meeting(
    about: About, person: Person, case: int, start: datetime, minutes: int, sequence: int, *, gone: bool
) -> ical.Meeting:
    return meeting_of(about, case=case, start=start, minutes=minutes, zone=person.zone, sequence=sequence, gone=gone)
