"""A small event in seven cities for the timetable's tests, with people who can take every part."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import audience
from app.core.db import transaction
from app.events.models import Event, Participation
from app.people.models import Person
from app.timetable import actions
from app.timetable.models import Case

NOW = datetime(2026, 10, 19, 7, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 19), date(2026, 10, 30)
CITIES = (
    ("Kiel", "Europe/Berlin"),
    ("Kutaisi", "Asia/Tbilisi"),
    ("Ternopil", "Europe/Kyiv"),
    ("Kraljevo", "Europe/Belgrade"),
    ("Gyumri", "Asia/Yerevan"),
    ("Ganja", "Asia/Baku"),
    ("Korça", "Europe/Tirane"),
)


@dataclass
class World:
    """Ids. `people` are practitioners, one per city; `moderators` two, `elene` coordinates, `watcher` only watches."""

    event: int = 0
    slug: str = "rain-in-the-street"
    people: list[int] = field(default_factory=list)
    moderators: list[int] = field(default_factory=list)
    elene: int = 0
    watcher: int = 0


async def settle(*, now: datetime = NOW) -> World:
    world = World()
    async with transaction() as session:
        event = await _event(session, world.slug, now)
        world.event = event.id or 0
        world.elene = await _person(session, event, "Elene", "Tbilisi", "Asia/Tbilisi", ["coordinator"], now)
        world.watcher = await _person(session, event, "Walter", "Bonn", "Europe/Berlin", ["observer"], now)
        for number, (city, zone) in enumerate(CITIES):
            world.people.append(await _person(session, event, f"Person {number}", city, zone, ["practitioner"], now))
        for name in ("Mara", "Mirela"):
            world.moderators.append(await _person(session, event, name, "Bonn", "Europe/Berlin", ["moderator"], now))
    return world


async def _event(session: AsyncSession, slug: str, now: datetime) -> Event:
    event = Event(
        slug=slug, kind="dialogue_event", title="Rain in the Street", starts_on=FIRST, ends_on=LAST,
        zone="Europe/Berlin", languages=["en"], state="published", created_at=now,
        audience_id=await audience.create(session, name="all"),
        staff_audience_id=await audience.create(session, name="staff"),
    )  # fmt: skip
    session.add(event)
    await session.flush()
    return event


async def _person(
    session: AsyncSession, event: Event, name: str, city: str, zone: str, roles: list[str], now: datetime
) -> int:
    person = Person(
        name=name, email=f"{name.lower().replace(' ', '-')}@example.org", zone=zone, zone_confirmed=True, city=city,
        languages=["en"], created_at=now,
    )  # fmt: skip
    session.add(person)
    await session.flush()
    assert person.id is not None and event.id is not None
    session.add(Participation(event_id=event.id, person_id=person.id, roles=roles, joined_at=now))
    await audience.admit(session, event.audience_id, person.id)
    return person.id


async def offer(world: World, giver: int, *, title: str = "Who owns the rain?", now: datetime = NOW) -> int:
    async with transaction() as session:
        case: Case = await actions.offer_case(
            session, event_id=world.event, giver_id=giver, title=title, theme="drainage", lang="en",
            key=f"case-of-{giver}-{title}", now=now, least=3, most=4,
        )  # fmt: skip
    assert case.id is not None
    return case.id


async def open_window(world: World, day: date, begins: int, ends: int, *, rooms: int = 2, now: datetime = NOW) -> int:
    """A window by the clocks of Tbilisi."""
    async with transaction() as session:
        window = await actions.open_window(
            session, event_id=world.event, by=world.elene, zone="Asia/Tbilisi", day=day, begins=time(begins),
            ends=time(ends), minutes=90, rooms=rooms, key=f"window-{day}-{begins}-{ends}", now=now,
        )  # fmt: skip
    assert window.id is not None
    return window.id


TUESDAY = FIRST + timedelta(days=1)
WEDNESDAY = FIRST + timedelta(days=2)
