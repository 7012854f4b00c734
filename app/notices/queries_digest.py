"""Reading for the letters of the morning: whose morning it is, and which events have letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.mail import Reader
from app.events.models import Event, Participation
from app.events.rules import said
from app.notices.models import Hearing
from app.notices.rules import Level
from app.people.models import Person
from app.people.queries import as_reader


@dataclass(frozen=True)
class DigestReader:
    """Somebody whose morning it is, and the event the letter is about."""

    reader: Reader
    person_id: int
    event_id: int
    slug: str
    title: str
    event_zone: str
    level: Level
    digest_at: datetime | None


@dataclass(frozen=True)
class Running:
    """An event with letters in the morning: its days and (person, zone) of those who take part."""

    event_id: int
    starts_on: date
    ends_on: date
    days_off: list[str]
    people: list[tuple[int, str]]


async def digest_readers(session: AsyncSession, person_ids: Sequence[int], event_id: int) -> list[DigestReader]:
    """Without who has left, has no address or no longer takes part; nobody for an event that is not published."""
    query = (
        select(Person, Event, Hearing)
        .join(Participation, col(Participation.person_id) == col(Person.id))
        .join(Event, col(Event.id) == col(Participation.event_id))
        .outerjoin(Hearing, (col(Hearing.event_id) == col(Event.id)) & (col(Hearing.person_id) == col(Person.id)))
        .where(col(Person.id).in_(person_ids), Event.id == event_id, Event.state == "published")
        .where(col(Person.email).is_not(None), col(Person.left_at).is_(None), col(Person.returned_at).is_(None))
        .order_by(col(Person.id))
    )
    return [
        DigestReader(
            reader=as_reader(person).in_zone(event.zone), person_id=person.id or 0, event_id=event_id, slug=event.slug,
            title=said(event, "title", person.lang), event_zone=event.zone, level=Level(hearing.level) if hearing else Level.DAILY,
            digest_at=hearing.digest_at if hearing else None,
        )
        for person, event, hearing in (await session.exec(query)).all()
    ]  # fmt: skip


async def running_events(session: AsyncSession, *, first: date, last: date) -> list[Running]:
    """Published events with a day between `first` and `last`, and who of their people wants letters."""
    query = (
        select(Event, Person)
        .join(Participation, col(Participation.event_id) == col(Event.id))
        .join(Person, col(Person.id) == col(Participation.person_id))
        .outerjoin(Hearing, (col(Hearing.event_id) == col(Event.id)) & (col(Hearing.person_id) == col(Person.id)))
        .where(Event.state == "published", col(Event.starts_on) <= last, col(Event.ends_on) >= first)
        .where(col(Person.email).is_not(None), col(Person.left_at).is_(None), col(Person.returned_at).is_(None))
        .where(func.coalesce(Hearing.level, Level.DAILY) != Level.NOTHING)
        .order_by(Event.id, Person.id)  # type: ignore[arg-type]
    )
    found: dict[int, Running] = {}
    for event, person in (await session.exec(query)).all():
        event_id, reader = event.id or 0, as_reader(person).in_zone(event.zone)
        running = found.setdefault(event_id, Running(event_id, event.starts_on, event.ends_on, event.days_off, []))
        running.people.append((person.id or 0, reader.zone))
    return list(found.values())
