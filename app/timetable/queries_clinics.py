"""Reading office hours and who has booked what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.events.models import Participation
from app.people.models import Person
from app.timetable import queries
from app.timetable.clinics import Engagement, slots_of
from app.timetable.models import Booking, Clinic

SHOWN = 50
LONGEST = timedelta(days=1)  # no clinic is longer


@dataclass(frozen=True)
class Slot:
    """`booking`: of whoever has it, none while it is free; `past`: it has begun."""

    starts_at: datetime
    booking: Booking | None
    past: bool


@dataclass(frozen=True)
class Shown:
    """A clinic as one person sees it. `waits`: their place on the waiting list."""

    clinic: Clinic
    host: str
    slots: list[Slot]
    waiting: list[Booking]
    waits: Booking | None
    mine: int

    @property
    def full(self) -> bool:
        return not any(slot.booking is None and not slot.past for slot in self.slots)

    @property
    def over(self) -> bool:
        return all(slot.past for slot in self.slots)


async def clinic(session: AsyncSession, event_id: int, clinic_id: int) -> Clinic | None:
    query = select(Clinic).where(Clinic.id == clinic_id, Clinic.event_id == event_id)
    return (await session.exec(query)).one_or_none()


async def clinic_with_key(session: AsyncSession, key: str) -> Clinic | None:
    return (await session.exec(select(Clinic).where(Clinic.key == key))).one_or_none()


async def booking_with_key(session: AsyncSession, key: str, person_id: int) -> Booking | None:
    query = select(Booking).where(Booking.key == key, Booking.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def my_booking(session: AsyncSession, booking_id: int, person_id: int) -> Booking | None:
    query = select(Booking).where(Booking.id == booking_id, Booking.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def booking_with_clinic(session: AsyncSession, booking_id: int) -> tuple[Booking, Clinic] | None:
    query = select(Booking, Clinic).join(Clinic, col(Clinic.id) == col(Booking.clinic_id))
    found: tuple[Booking, Clinic] | None = (await session.exec(query.where(Booking.id == booking_id))).one_or_none()
    return found


async def held_by(session: AsyncSession, event_id: int, person_id: int) -> list[tuple[Booking, Clinic]]:
    """What this person has or waits for in open office hours."""
    mine = (Booking.person_id == person_id, col(Booking.ended_at).is_(None))
    query = select(Booking, Clinic).join(Clinic, col(Clinic.id) == col(Booking.clinic_id))
    query = query.where(Clinic.event_id == event_id, col(Clinic.closed_at).is_(None), *mine)
    return list((await session.exec(query.order_by(col(Booking.id)))).all())


async def bookings(session: AsyncSession, clinic_ids: Iterable[int]) -> list[Booking]:
    """Those that stand, in the order in which they were asked for."""
    query = select(Booking).where(col(Booking.clinic_id).in_(list(clinic_ids)), col(Booking.ended_at).is_(None))
    return list((await session.exec(query.order_by(col(Booking.id)))).all())


async def ahead(session: AsyncSession, event_id: int, *, now: datetime) -> list[Clinic]:
    """Open office hours that are not over, the next first."""
    query = (
        select(Clinic)
        .where(Clinic.event_id == event_id, col(Clinic.closed_at).is_(None), Clinic.starts_at > now - LONGEST)
        .order_by(col(Clinic.starts_at), col(Clinic.id))
        .limit(SHOWN)
    )
    found = (await session.exec(query)).all()
    return [each for each in found if each.starts_at + timedelta(minutes=each.minutes * each.slots) > now]


async def shown(session: AsyncSession, event_id: int, person_id: int, *, now: datetime) -> list[Shown]:
    found = await ahead(session, event_id, now=now)
    hosts = await queries.names(session, {each.host_id for each in found})
    booked = await bookings(session, [each.id for each in found if each.id is not None])
    return [
        _shown(each, hosts.get(each.host_id, ""), [b for b in booked if b.clinic_id == each.id], person_id, now)
        for each in found
    ]


def _shown(clinic: Clinic, host: str, booked: list[Booking], person_id: int, now: datetime) -> Shown:
    by_slot = {each.starts_at: each for each in booked if each.starts_at}
    starts = slots_of(clinic.starts_at, minutes=clinic.minutes, slots=clinic.slots)
    waiting = [each for each in booked if each.starts_at is None]
    return Shown(
        clinic=clinic, host=host, slots=[Slot(at, by_slot.get(at), at <= now) for at in starts], waiting=waiting,
        waits=next((each for each in waiting if each.person_id == person_id), None),
        mine=sum(each.person_id == person_id for each in booked),
    )  # fmt: skip


async def my_bookings(session: AsyncSession, event_id: int, person_id: int) -> list[tuple[Booking, Clinic]]:
    """Every slot this person has, or had, in order of time."""
    query = (
        select(Booking, Clinic)
        .join(Clinic, col(Clinic.id) == col(Booking.clinic_id))
        .where(Clinic.event_id == event_id, Booking.person_id == person_id, col(Booking.starts_at).is_not(None))
        .order_by(col(Booking.starts_at), col(Booking.id))
        .limit(1000)
    )
    return list((await session.exec(query)).all())


async def my_clinics(session: AsyncSession, event_id: int, person_id: int) -> list[Clinic]:
    """Office hours this person gives, called off ones too."""
    query = select(Clinic).where(Clinic.event_id == event_id, Clinic.host_id == person_id)
    return list((await session.exec(query.order_by(col(Clinic.starts_at), col(Clinic.id)).limit(200))).all())


async def busy(session: AsyncSession, event_id: int, person_id: int) -> list[Engagement]:
    """Published sessions, booked slots and own office hours of one person."""
    sessions = await queries.my_sessions(session, event_id, person_id)
    cases = await queries.cases_by_id(session, [each.placement.case_id for each in sessions])
    live = [each.placement for each in sessions if cases[each.placement.case_id].withdrawn_at is None]
    return [
        *(Engagement(cases[each.case_id].title, each.starts_at, each.minutes) for each in live),
        *(
            Engagement(hours.title, mine.starts_at, hours.minutes)
            for mine, hours in await my_bookings(session, event_id, person_id)
            if mine.starts_at and mine.ended_at is None
        ),
        *(
            Engagement(hours.title, hours.starts_at, hours.minutes * hours.slots)
            for hours in await my_clinics(session, event_id, person_id)
            if hours.closed_at is None
        ),
    ]


async def engaged(session: AsyncSession, event_id: int) -> dict[int, list[Engagement]]:
    """Person → booked slots and own office hours, of everybody who has any."""
    booked = (
        select(Booking, Clinic)
        .join(Clinic, col(Clinic.id) == col(Booking.clinic_id))
        .where(Clinic.event_id == event_id, col(Booking.ended_at).is_(None), col(Booking.starts_at).is_not(None))
    )
    found: dict[int, list[Engagement]] = {}
    for mine, hours in (await session.exec(booked)).all():
        if mine.starts_at is not None:
            found.setdefault(mine.person_id, []).append(Engagement(hours.title, mine.starts_at, hours.minutes))
    given = select(Clinic).where(Clinic.event_id == event_id, col(Clinic.closed_at).is_(None))
    for hours in (await session.exec(given)).all():
        whole = Engagement(hours.title, hours.starts_at, hours.minutes * hours.slots)
        found.setdefault(hours.host_id, []).append(whole)
    return found


async def still_here(session: AsyncSession, event_id: int, person_ids: Iterable[int]) -> set[int]:
    """Those of these people who still take part."""
    query = (
        select(Person.id)
        .join(Participation, col(Participation.person_id) == col(Person.id))
        .where(
            Participation.event_id == event_id, col(Person.id).in_(list(person_ids)), col(Person.left_at).is_(None)
        )
    )  # fmt: skip
    return {found for found in (await session.exec(query)).all() if found is not None}
