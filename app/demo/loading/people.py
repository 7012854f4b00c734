"""People, the event, who takes part in it as what, and the workshop that follows."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.times import wall
from app.demo import material
from app.demo.days import Fortnight
from app.demo.entries import Event as Told
from app.demo.entries import EventFile, Organisation, Person
from app.demo.soon import next_session
from app.events import actions as events
from app.events import actions_members as members
from app.events.days import date_of, last_working_day
from app.events.models import Event
from app.events.standing import flowing
from app.events.templates import templates
from app.people.actions import edit_profile, known_or_new
from app.people.queries import person as person_with_id

_NINE = time(9)


@dataclass
class World:
    """What has been loaded so far: keys of the files and what they became."""

    when: Fortnight
    people: dict[str, int] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)  # by the key of the challenge

    @property
    def event(self) -> Event:
        return self.events[material.event().event.key]

    @property
    def event_id(self) -> int:
        assert self.event.id is not None
        return self.event.id

    @cached_property
    def soon(self) -> datetime:
        """When the next live session begins."""
        return next_session(self.when)

    def key(self, kind: str, name: str) -> str:
        """A key for a row of this run of the demonstration; the next run gets other ones."""
        return f"demo-{self.when.days[0]:%y%m%d}-{kind}-{name}"

    def at(self, by: str, day: int, at: str) -> datetime:
        """When it was `at` on working day `day` where this person lives."""
        return self.when.instant(day, at, zone_of(by))


def zone_of(key: str) -> str:
    return next(person.zone for person in material.people().people if person.key == key)


async def load_people(session: AsyncSession, world: World) -> None:
    """The invented people; one who is known already keeps what a visitor changed about them."""
    organisations = {each.key: each for each in material.people().organisations}
    began = _weeks_before(world.when, 6)
    for person in material.people().people:
        person_id = await known_or_new(session, email=person.email, name=person.name, lang=person.interface, now=began)
        world.people[person.key] = person_id
        known = await person_with_id(session, person_id)
        if known is None or not known.fictional:
            await _introduce(session, person, person_id, organisations[person.org])


async def _introduce(session: AsyncSession, person: Person, person_id: int, organisation: Organisation) -> None:
    await edit_profile(
        session, person_id=person_id, organisation=organisation.name, organisation_kind=organisation.kind,
        name=person.name, job=person.job, city=person.city, country=person.country, zone=person.zone,
        zone_confirmed=True, languages=person.languages, topics=[*person.knows, *person.wants], about=person.about,
        lang=person.interface, fictional=True,
    )  # fmt: skip


async def load_event(session: AsyncSession, world: World) -> None:
    """The event with its programme, its organisers, its audiences and everybody who takes part."""
    file = material.event()
    days = world.when.days
    event = await _create(session, world, file.event, first=days[0], now=_weeks_before(world.when, 5))
    assert event.id is not None
    for organiser in file.organisers:
        await events.set_organiser(
            session,
            event_id=event.id,
            role=organiser.role,
            name=organiser.en,
            texts={"de": {"name": organiser.de}, "ar": {"name": organiser.ar}},
        )
    for segment in file.segments:
        await events.set_segment(
            session, event_id=event.id, key=segment.key, name=segment.en, countries=segment.countries,
            state=segment.state, says=segment.says["en"], contact_id=world.people[segment.contact],
            texts={lang: {"name": getattr(segment, lang), "says": segment.says[lang]} for lang in ("de", "ar")},
        )  # fmt: skip
    await _let_in(session, world, file, event_id=event.id)
    await events.publish(session, event_id=event.id)


async def load_successor(session: AsyncSession, world: World) -> None:
    """The planning workshop is announced; the people who run it have begun to take part."""
    file = material.event()
    first = date_of(10 + file.successor.starts_after_working_days, world.when.days)
    first += timedelta(days=-first.weekday() % 7)  # the Monday that follows
    now = world.when.instant(4, "09:00", file.event.zone)
    event = await _create(session, world, file.successor, first=first, now=now, predecessor_id=world.event_id)
    assert event.id is not None
    for person in material.people().people:
        if "manager" in person.roles or "coordinator" in person.roles:
            await members.join(
                session, event_id=event.id, person_id=world.people[person.key], roles=person.roles, now=now
            )  # its regions have not been named yet
    await events.publish(session, event_id=event.id)


async def _create(session: AsyncSession, world: World, told: Told, *, first: date, now: datetime, **more: Any) -> Event:
    template = templates()[told.template]
    texts = {
        lang: {
            "title": told.title[lang],
            "summary": told.summary[lang],
            "description": flowing(told.description.get(lang, "")),
        }
        for lang in told.title
        if lang != "en"
    }
    main = material.event().event
    event = await events.create_event(
        session, title=told.title["en"], kind=told.kind, starts_on=first,
        ends_on=last_working_day(first, template.working_days), zone=told.zone, now=now, slug=told.key,
        template=told.template, summary=told.summary["en"], description=flowing(told.description.get("en", "")), lang="en",
        texts=texts, mode=told.mode, region_set=main.region_set, countries=main.countries,
        languages=told.working_languages, topics=[topic.key for topic in material.event().topics], demo=True, **more,
    )  # fmt: skip
    world.events[told.key] = event
    return event


async def _let_in(session: AsyncSession, world: World, file: EventFile, *, event_id: int) -> None:
    regions = {country: segment.key for segment in file.segments for country in segment.countries}
    joined = _weeks_before(world.when, 2)
    for person in material.people().people:
        await members.join(
            session, event_id=event_id, person_id=world.people[person.key], roles=person.roles, now=joined,
            region=person.region or regions[person.country],
        )  # fmt: skip
    for group in file.groups:
        row = await members.create_group(
            session, event_id=event_id, name=group.name, key=group.key, facilitator_id=world.people[group.facilitator],
            texts={"de": {"name": group.de}, "ar": {"name": group.ar}},
        )  # fmt: skip
        assert row.id is not None
        world.groups[group.key] = row.audience_id
        inside = [world.people[each.key] for each in material.people().people if each.group == group.key]
        await members.put_in_group(session, event_id=event_id, group_id=row.id, people=inside)


def _weeks_before(when: Fortnight, weeks: int) -> datetime:
    return wall(date_of(1 - 5 * weeks, when.days), _NINE, when.zone)
