"""A room in the database: an event, six people, one room; and short ways to act in it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from app.consultation.actions import moves, planning, writing
from app.consultation.actions.correspondence import Plan, plan_written
from app.consultation.actions.planning import Place
from app.consultation.engine.contributing import has_contributed
from app.consultation.models import Contribution
from app.consultation.queries import Sitting, sitting
from app.core import audience
from app.core.db import reading, transaction
from app.events.models import Event, Participation
from app.people.models import Person

from .rooms import NOON

CAST = ["case_giver", "moderator", "scribe", "adviser", "adviser"]
NAMES = ["Tamta Gelovani", "Marta Lindqvist", "Jonas Petersen", "Amela Hodzic", "Elena Ristova", "Vesna Outside"]


@dataclass
class Stage:
    """`people`: person ids by part; `room`: the room's id. `outsider` takes part in the event, not in the room."""

    event: int
    room: int
    case_giver: int
    moderator: int
    scribe: int
    adviser: int
    deputy: int
    outsider: int

    @property
    def everybody(self) -> list[int]:
        return [self.case_giver, self.moderator, self.scribe, self.adviser, self.deputy]

    async def sitting(self) -> Sitting:
        async with reading() as session:
            return await sitting(session, self.room)

    async def seat(self, person: int) -> int:
        return (await self.sitting()).own_seat(person)

    async def open(self) -> None:
        """The lobby is open and everybody has agreed."""
        async with transaction() as session:
            await planning.open_lobby(session, self.room, now=NOON)
            for person in self.everybody:
                await moves.agree(session, self.room, by=person, now=NOON)

    async def begin(self) -> None:
        await self.open()
        async with transaction() as session:
            await moves.begin(session, self.room, by=self.moderator, now=NOON)

    async def go_to(self, phase: str) -> None:
        while True:
            here = (await self.sitting()).room
            if here.phase is not None and here.phase.key == phase:
                return
            async with transaction() as session:
                await moves.advance_phase(session, self.room, by=self.moderator, leaving=here.state.step, now=NOON)

    async def write(self, person: int, deck: str, text: str, **more: object) -> None:
        """Whoever has used their turn already is let write more, as an exception."""
        here = await self.sitting()
        if has_contributed(here.room, here.own_seat(person), deck=deck):
            async with transaction() as session:
                await moves.let_speak(session, self.room, by=self.moderator, who=here.own_seat(person), now=NOON)
        async with transaction() as session:
            key = str(more.pop("key", f"{deck}-{person}-{text}"))[:64]
            await writing.write(
                session, self.room, by=person, deck=deck, text=text, key=key, now=NOON, **more,  # type: ignore[arg-type]
            )  # fmt: skip

    async def say(self, person: int, text: str, key: str = "") -> None:
        async with transaction() as session:
            await writing.say(session, self.room, by=person, text=text, key=key or f"say-{text}"[:64], now=NOON)


WRITTEN_CAST = ["case_giver", "moderator", "adviser", "adviser", "adviser"]
TBILISI = "Asia/Tbilisi"
OPENS = datetime(2026, 6, 10, 5, 0, tzinfo=UTC)  # Wednesday, nine o'clock in Tbilisi


async def written_stage(title: str = "The verge nobody mows") -> Stage:
    """The same event and people; what is planned is a consultation in writing, from the day after NOON on."""
    here = await stage(title=title)
    seats = list(zip(here.everybody, WRITTEN_CAST, strict=True))
    wanted = Plan(title, "async_case_consultation", seats, first_day=date(2026, 6, 10), zone=TBILISI)
    async with transaction() as session:
        room = await plan_written(session, wanted, event_id=here.event, by=here.moderator, key="plan", now=NOON)
    return replace(here, room=room)


async def stage(case_text: str = "The secret of the bakery", title: str = "Two departments, one verge") -> Stage:
    """An event with six people and a planned room at noon."""
    async with transaction() as session:
        everybody = await audience.create(session, name="event")
        event = Event(
            slug="rain", kind="dialogue_event", title="Rain", starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 12),
            zone="Europe/Berlin", audience_id=everybody, staff_audience_id=everybody, state="published", created_at=NOON,
        )  # fmt: skip
        session.add(event)
        people = [
            Person(
                name=name, email=f"{name.split()[0].lower()}@example.org", city=f"{name.split()[0]}stadt",
                zone="Europe/Berlin", created_at=NOON,
            )
            for name in NAMES
        ]  # fmt: skip
        session.add_all(people)
        await session.flush()
        ids = [person.id or 0 for person in people]
        session.add_all(
            Participation(event_id=event.id or 0, person_id=person, roles=["practitioner"]) for person in ids
        )
        await audience.admit(session, everybody, *ids)
        seats = [
            Place(person, role, deputy=number == 4)
            for number, (person, role) in enumerate(zip(ids, CAST, strict=False))
        ]
        room = await planning.plan_room(
            session, event_id=event.id or 0, key="slot:1", title=title, theme="Rainwater", seats=seats,
            opens_at=NOON + timedelta(minutes=15), case_text=case_text, now=NOON,
        )  # fmt: skip
    return Stage(event.id or 0, room, *ids)


def texts(rows: list[Contribution]) -> list[str]:
    return [row.text for row in rows]
