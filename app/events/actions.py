"""Writing events: from the draft to the archive, and who stands behind them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import audience, mail
from app.core.errors import Missing, Refused
from app.core.times import local
from app.core.wordings import check_seen, seal
from app.core.words import N_
from app.events import queries, queries_members
from app.events import queries_programme as programme
from app.events.actions_programme import lay
from app.events.models import Event, Feedback, Organiser, Programme, RegionSet, Segment
from app.events.rules import (
    State,
    check_dates,
    check_fits,
    check_holds,
    check_not_past,
    check_publishable,
    check_throws_away,
    slug_for,
)
from app.events.templates import templates
from app.people import queries as people


async def create_event(
    session: AsyncSession,
    *,
    title: str,
    kind: str,
    starts_on: date,
    ends_on: date,
    zone: str,
    now: datetime,
    slug: str = "",
    template: str = "",
    **more: Any,
) -> Event:
    """A draft with its two audiences; `template` fills the programme; `more` are further fields of Event.

    Raises Invalid for impossible dates.
    """
    check_dates(starts_on, ends_on)
    wanted = slug_for(slug or title)
    address = _free(wanted, await queries.slugs_like(session, wanted))
    event = Event(
        slug=address, kind=kind, title=title, starts_on=starts_on, ends_on=ends_on, zone=zone, created_at=now,
        audience_id=await audience.create(session, name=f"event {address}"),
        staff_audience_id=await audience.create(session, name=f"event {address}, team"), **more,
    )  # fmt: skip
    session.add(event)
    await session.flush()
    if template:
        check_holds(len(programme.dates(event)), template=templates()[template].working_days)
        await lay(session, event, templates()[template])
    return event


async def edit_about(session: AsyncSession, *, event_id: int, seen: str, now: datetime, **fields: Any) -> Event:
    """What its page says, all of it. `seen`: the seal of what it said before this person's eyes."""
    await queries.hold(session, event_id)
    event = await queries.event(session, event_id)
    check_seen(seen, seal({name: getattr(event, name) for name in fields}))
    today = local(now, fields["zone"]).date()
    if event.starts_on > today:
        check_not_past(fields["starts_on"], today=today)
    return await edit_event(session, event_id=event_id, **fields)


async def edit_event(session: AsyncSession, *, event_id: int, **fields: Any) -> Event:
    """Change what is said about an event; blocks and tasks keep their working day when its dates move."""
    await queries.hold(session, event_id)
    event = await queries.event(session, event_id)
    check_dates(fields.get("starts_on", event.starts_on), fields.get("ends_on", event.ends_on))
    before = len(programme.dates(event))
    for name, value in fields.items():
        setattr(event, name, value)
    if (now_has := len(programme.dates(event))) < before:
        check_fits(now_has, last=await programme.last_day(session, event))
    session.add(event)
    return event


async def throw_away(session: AsyncSession, *, event_id: int, by: int) -> None:
    """A draft that nobody else has to do with is gone, and everything that was made for it."""
    await queries.hold(session, event_id)
    event = await queries.event(session, event_id)
    people = {each.person_id for each in await queries_members.participations(session, event_id)}
    asked = await queries_members.invitations(session, event_id)
    check_throws_away(event.state, others=bool(asked) or people != {by})
    await session.delete(event)
    await session.flush()
    await audience.close(session, event.audience_id, event.staff_audience_id)


async def publish(session: AsyncSession, *, event_id: int) -> Event:
    """Show the event to everybody."""
    event = await queries.event(session, event_id)
    blocks, tasks = await programme.blocks_of(session, event), await programme.tasks_of(session, event)
    check_publishable(state=event.state, blocks=len(blocks), tasks=len(tasks))
    event.state = State.PUBLISHED
    session.add(event)
    return event


async def withdraw(session: AsyncSession, *, event_id: int) -> Event:
    """Back to a draft: only those who take part see it. Also takes an archived event back."""
    return await _to_state(session, event_id, State.DRAFT)


async def archive(session: AsyncSession, *, event_id: int, today: date) -> Event:
    event = await queries.event(session, event_id)
    if event.ends_on >= today:
        raise Refused(N_("This event is not over yet. It can be archived after its last day."))
    return await _to_state(session, event_id, State.ARCHIVED)


async def set_organiser(
    session: AsyncSession, *, event_id: int, organiser_id: int | None = None, **fields: Any
) -> Organiser:  # fmt: skip
    """Add an organiser, or change the one with this id. The same name in the same role is the same organiser."""
    await queries.hold(session, event_id)
    known = {each.id: each for each in await queries.organisers(session, event_id)}
    if organiser_id is None:
        there = (each.id for each in known.values() if (each.name, each.role) == (fields["name"], fields.get("role")))
        organiser_id = next(there, None)
    elif organiser_id not in known:
        raise Missing
    organiser = known.get(organiser_id) or Organiser(event_id=event_id, name="", position=len(known))
    for name, value in fields.items():
        setattr(organiser, name, value)
    session.add(organiser)
    await session.flush()
    return organiser


async def drop_organiser(session: AsyncSession, *, event_id: int, organiser_id: int) -> None:
    """Take an organiser off the page; twice is the same as once."""
    for organiser in await queries.organisers(session, event_id):
        if organiser.id == organiser_id:
            await session.delete(organiser)


async def set_segment(
    session: AsyncSession, *, event_id: int, segment_id: int | None = None, **fields: Any
) -> Segment:  # fmt: skip
    """Add an audience with its contact, or change the one with this id. The same name is the same audience."""
    await queries.hold(session, event_id)
    known = {each.id: each for each in await queries.segments(session, event_id)}
    if segment_id is None:
        segment_id = next((each.id for each in known.values() if each.name == fields["name"]), None)
    elif segment_id not in known:
        raise Missing
    segment = known.get(segment_id) or Segment(event_id=event_id, key="", name="", position=len(known))
    for name, value in fields.items():
        setattr(segment, name, value)
    segment.key = segment.key or slug_for(segment.name)
    session.add(segment)
    await session.flush()
    return segment


async def drop_segment(session: AsyncSession, *, event_id: int, segment_id: int) -> None:
    if (segment := await queries.segment(session, event_id, segment_id)) is not None:
        await session.delete(segment)


async def set_region_set(session: AsyncSession, *, key: str, name: str, countries: Sequence[str], note: str) -> None:
    """Change a region set, or add one; the row stands for the shipped set from now on."""
    rows = {row.key: row for row in await queries.region_set_rows(session)}
    row = rows.get(key) or RegionSet(key=key, name=name)
    row.name, row.countries, row.note = name, sorted(set(countries)), note
    session.add(row)


async def set_programme(session: AsyncSession, **fields: Any) -> Programme:
    """Name, look and operator of the installation."""
    row = await queries.programme(session) or Programme(name="")
    for name, value in fields.items():
        setattr(row, name, value)
    session.add(row)
    await session.flush()
    return row


async def release_letter(session: AsyncSession, *, outbox: queries.Outbox, letter_id: int, now: datetime) -> None:
    """Let a held letter leave, or one that failed try again; one that is on its way or sent stays as it is."""
    letter = await queries.letter(session, outbox, letter_id)
    if letter is None:
        raise Missing
    if letter.state in {mail.LetterState.HELD, mail.LetterState.FAILED}:
        await mail.post(session, letter, now=now)


async def release_letters(session: AsyncSession, *, outbox: queries.Outbox, now: datetime) -> int:
    """Let all held letters leave; returns how many."""
    held = await queries.held_letters(session, outbox)
    for letter in held:
        await mail.post(session, letter, now=now)
    return len(held)


async def give_feedback(
    session: AsyncSession, *, key: str, text: str, about: str, email: str, person_id: int | None, contact: str, url: str,
    now: datetime,
) -> None:  # fmt: skip
    """Keep what somebody told us and write it to `contact`, or to the administrators; the same key is the same row."""
    if await queries.feedback_with_key(session, key) is not None:
        return
    session.add(Feedback(key=key, text=text, about=about, email=email, person_id=person_id, at=now))
    readers = [people.as_reader(person) for person in await people.admins(session) if person.email]
    if contact:
        readers = [mail.Reader(person_id=None, email=contact, name=contact, lang="en", zone="UTC")]
    for reader in readers:
        await mail.write(
            session, letter="events/feedback", to=reader, now=now, key=f"feedback:{key}:{reader.email}",
            values={"text": text, "about": about, "email": email, "url": url},
        )  # fmt: skip


async def _to_state(session: AsyncSession, event_id: int, state: State) -> Event:
    event = await queries.event(session, event_id)
    event.state = state
    session.add(event)
    return event


def _free(wanted: str, taken: set[str]) -> str:
    taken = {*taken, "new"}  # stands for the page that makes events
    if wanted not in taken:
        return wanted
    return next(f"{wanted}-{n}" for n in range(2, len(taken) + 3) if f"{wanted}-{n}" not in taken)
