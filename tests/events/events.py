"""What tests of events begin with: people, an event from a template, somebody in a role."""

from datetime import UTC, date, datetime

from app.core.db import transaction
from app.events import actions, actions_members
from app.events.models import Event
from app.people.models import Person

NOON = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)


async def somebody(name: str = "Oyuna Batsaikhan", *, email: str = "", zone: str = "UTC", admin: bool = False) -> int:
    async with transaction() as session:
        person = Person(
            name=name, email=email or f"{name.split()[0].lower()}@example.org", zone=zone, admin=admin, created_at=NOON
        )
        session.add(person)
        await session.flush()
        assert person.id is not None
        return person.id


async def an_event(title: str = "Rain in the Street", *, template: str = "", published: bool = True) -> Event:
    """A draft in Berlin's zone from Monday 8 to Friday 19 June 2026; `published` shows it."""
    async with transaction() as session:
        event = await actions.create_event(
            session, title=title, kind="dialogue_event", starts_on=date(2026, 6, 8), ends_on=date(2026, 6, 19),
            zone="Europe/Berlin", now=NOON, template=template,
        )  # fmt: skip
        if published:
            event.state = "published"
            session.add(event)
        return event


async def joined(event: Event, person_id: int, *roles: str) -> None:
    async with transaction() as session:
        await actions_members.join(
            session, event_id=event.id or 0, person_id=person_id, roles=roles or ["practitioner"], now=NOON
        )
