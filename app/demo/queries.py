"""Reading the demonstration: its invented people and every letter written to them."""

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.mail import Letter
from app.demo.material import people
from app.events.models import Event, Participation
from app.people.models import Person

PAGE = 50
DOORS = ("participant", "moderator", "coordinator", "manager")


@dataclass(frozen=True)
class Guise:
    """An invented person a visitor can enter as; `door` is set for the four offered first."""

    person_id: int
    name: str
    job: str
    city: str
    roles: list[str]
    door: str


async def guises(session: AsyncSession) -> list[Guise]:
    """Everybody of the demonstration event, the offered ones first."""
    query = (
        select(Person, Participation)
        .join(Participation, col(Participation.person_id) == col(Person.id))
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(col(Event.demo).is_(True), col(Person.fictional).is_(True))
        .order_by(col(Person.id))
    )
    offered = {invented.email: invented.door for invented in people().people if invented.door}
    found = {
        person.id: Guise(
            person.id or 0, person.name, person.job, person.city, part.roles, offered.get(person.email or "", "")
        )
        for person, part in (await session.exec(query)).all()
    }
    return sorted(found.values(), key=lambda g: DOORS.index(g.door) if g.door in DOORS else len(DOORS))


async def home(session: AsyncSession) -> str:
    """Where an entering visitor lands: Today of the running demonstration event."""
    slug = (await session.exec(select(Event.slug).where(col(Event.demo).is_(True)).order_by(col(Event.id)))).first()
    return f"/events/{slug}/today" if slug else "/"


async def is_invented(session: AsyncSession, person_id: int) -> bool:
    query = select(Person.id).where(Person.id == person_id, col(Person.fictional).is_(True))
    return (await session.exec(query)).first() is not None


async def letters(session: AsyncSession, *, page: int) -> tuple[list[Letter], bool]:
    """The newest letters to anybody, a page, and whether there are more."""
    query = select(Letter).order_by(col(Letter.id).desc()).offset((page - 1) * PAGE).limit(PAGE + 1)
    rows = list((await session.exec(query)).all())
    return rows[:PAGE], len(rows) > PAGE


async def letter(session: AsyncSession, letter_id: int) -> Letter | None:
    return await session.get(Letter, letter_id)
