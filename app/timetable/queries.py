"""Reading the timetable."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Consultation
from app.core.mail import Reader
from app.core.times import local
from app.events.models import Event, Participation
from app.events.rules import CONSULTING, MODERATORS, PLANNERS, Role
from app.matching.problem import Slot
from app.people.models import Person
from app.people.queries import as_reader
from app.timetable import problem
from app.timetable.changes import Sitting
from app.timetable.models import Case, Placement, Plan, Proposal, Sheet, Timetable, Told, Window
from app.timetable.problem import SAID, Attendant
from app.timetable.rules import Answer, PlanState, asked_days

ROOMS_OF_A_MODERATOR = 4


async def event_by_id(session: AsyncSession, event_id: int) -> Event:
    return (await session.exec(select(Event).where(Event.id == event_id))).one()


async def timetable(session: AsyncSession, event_id: int) -> Timetable | None:
    return (await session.exec(select(Timetable).where(Timetable.event_id == event_id))).one_or_none()


async def version(session: AsyncSession, event_id: int) -> int:
    query = select(Timetable.version).where(Timetable.event_id == event_id)
    return (await session.exec(query)).one_or_none() or 0


async def version_for(session: AsyncSession, person_id: int, event_id: int) -> int | None:
    """The version, if this person plans the event and may follow it; otherwise nothing."""
    query = select(Participation.roles).where(Participation.event_id == event_id, Participation.person_id == person_id)
    roles = (await session.exec(query)).one_or_none() or []
    return await version(session, event_id) if set(roles) & PLANNERS else None


async def versions(session: AsyncSession, event_ids: Sequence[int]) -> dict[int, int]:
    query = select(Timetable.event_id, Timetable.version).where(col(Timetable.event_id).in_(event_ids))
    return dict((await session.exec(query)).all())


async def windows(session: AsyncSession, event_id: int) -> list[Window]:
    order = (col(Window.day), col(Window.begins), col(Window.id))
    return list((await session.exec(select(Window).where(Window.event_id == event_id).order_by(*order))).all())


async def window_days(session: AsyncSession, event_id: int, *, zone: str) -> set[date]:
    """Days on the clocks of `zone` on which somebody has opened a window."""
    return days_of(await windows(session, event_id), zone=zone)


async def days_asked(session: AsyncSession, event_id: int, *, zone: str) -> list[date]:
    """The days of the event about whose hours people are asked."""
    event, open_days = await event_by_id(session, event_id), await window_days(session, event_id, zone=zone)
    return asked_days(event.starts_on, event.ends_on, also=open_days, off=event.days_off)


async def country_of(session: AsyncSession, person_id: int) -> str:
    return (await session.exec(select(Person.country).where(Person.id == person_id))).one()


def days_of(found: Iterable[Window], *, zone: str) -> set[date]:
    return {day for slot in slots_of(found) for day in (local(slot.start, zone).date(), local(slot.end, zone).date())}


def slots_of(found: Iterable[Window], *, after: datetime | None = None) -> tuple[Slot, ...]:
    """The slots of these windows, only those that begin after the instant if one is given."""
    parts = (
        problem.slots([problem.Window(w.day, w.begins, w.ends, w.zone, w.rooms)], minutes=w.minutes) for w in found
    )
    merged = problem.merged(slot for part in parts for slot in part)
    return tuple(slot for slot in merged if after is None or slot.start > after)


async def sheet(session: AsyncSession, event_id: int, person_id: int) -> Sheet | None:
    query = select(Sheet).where(Sheet.event_id == event_id, Sheet.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def attendants(session: AsyncSession, event_id: int) -> list[Attendant]:
    """Everybody who may sit in a consultation of this event, with their hours, as the planner needs to know them."""
    query = (
        select(Person, Participation, Sheet)
        .join(Participation, col(Participation.person_id) == col(Person.id))
        .outerjoin(Sheet, (col(Sheet.person_id) == col(Person.id)) & (col(Sheet.event_id) == event_id))
        .where(Participation.event_id == event_id, col(Person.left_at).is_(None))
        .order_by(col(Person.id))
    )
    rows = (await session.exec(query)).all()
    no = await declined(session, event_id)
    return [
        _attendant(person, part, said, declined=frozenset(no.get(person.id or 0, ())))
        for person, part, said in rows
        if set(part.roles) & CONSULTING
    ]


async def declined(session: AsyncSession, event_id: int) -> dict[int, set[str]]:
    """Person → slots at which they said they cannot come."""
    query = select(Told.person_id, Told.starts_at).where(Told.event_id == event_id, Told.answer == Answer.NO)
    found: dict[int, set[str]] = {}
    for person_id, starts_at in (await session.exec(query)).all():
        found.setdefault(person_id, set()).add(problem.slot_id(starts_at))
    return found


def _attendant(person: Person, part: Participation, said: Sheet | None, *, declined: frozenset[str]) -> Attendant:
    assert person.id is not None
    roles = set(part.roles)
    return Attendant(
        id=person.id,
        city=person.city,
        zone=person.zone,
        languages=frozenset(person.languages or [person.lang]),
        wishes=frozenset(person.topics),
        marks={hour: SAID[mark] for hour, mark in said.marks.items()} if said else {},
        marks_zone=said.zone if said else "",
        adviser=bool(roles & {Role.PRACTITIONER, Role.EXPERT}),
        moderates=ROOMS_OF_A_MODERATOR if roles & (MODERATORS - {Role.MANAGER}) else 0,
        methods=frozenset(said.methods if said else ()),
        declined=declined,
        country=person.country,
        gender=said.gender if said else "",
    )


async def moderators(session: AsyncSession, event_id: int) -> list[tuple[int, str]]:
    """Id and name of everybody whom the planner may let moderate, by name."""
    query = (
        select(Person.id, Person.name, Participation.roles)
        .join(Participation, col(Participation.person_id) == col(Person.id))
        .where(Participation.event_id == event_id, col(Person.left_at).is_(None))
        .order_by(col(Person.name), col(Person.id))
    )
    leading = MODERATORS - {Role.MANAGER}
    return [
        (number, name) for number, name, roles in (await session.exec(query)).all() if number and set(roles) & leading
    ]


async def readers(session: AsyncSession, person_ids: Iterable[int]) -> dict[int, Reader]:
    """How to write to these people; those without an address are not in it."""
    query = select(Person).where(col(Person.id).in_(list(person_ids)))
    return {
        person.id: as_reader(person)
        for person in (await session.exec(query)).all()
        if person.id is not None and person.email and person.left_at is None
    }


async def names(session: AsyncSession, person_ids: Iterable[int]) -> dict[int, str]:
    query = select(Person.id, Person.name).where(col(Person.id).in_(list(person_ids)))
    return {person_id: name for person_id, name in (await session.exec(query)).all() if person_id is not None}


async def cases(session: AsyncSession, event_id: int) -> list[Case]:
    """The cases that are to be heard, in the order in which they were offered."""
    query = select(Case).where(Case.event_id == event_id, col(Case.withdrawn_at).is_(None)).order_by(col(Case.id))
    return list((await session.exec(query)).all())


async def case_with_key(session: AsyncSession, key: str) -> Case | None:
    return (await session.exec(select(Case).where(Case.key == key))).one_or_none()


async def case_of(session: AsyncSession, event_id: int, case_id: int) -> Case | None:
    """A case of this event, withdrawn or not."""
    return (await session.exec(select(Case).where(Case.id == case_id, Case.event_id == event_id))).one_or_none()


async def moved_case(session: AsyncSession, event_id: int, room_id: int) -> tuple[Case, str] | None:
    """The case of a room whose people have gone over into another one, and what its giver wrote of it: for nobody's eyes
    but theirs."""
    query = (
        select(Case, Consultation.case_text)
        .join(Consultation, col(Case.room_id) == col(Consultation.id))
        .where(Case.event_id == event_id, Case.room_id == room_id, col(Consultation.moved_to_id).is_not(None))
    )
    found = (await session.exec(query)).one_or_none()
    return found and (found[0], found[1])


async def window_with_key(session: AsyncSession, key: str) -> Window | None:
    return (await session.exec(select(Window).where(Window.key == key))).one_or_none()


async def city_of(session: AsyncSession, person_id: int) -> str:
    return (await session.exec(select(Person.city).where(Person.id == person_id))).one()


async def cases_by_id(session: AsyncSession, case_ids: Iterable[int]) -> dict[int, Case]:
    """Withdrawn ones too."""
    query = select(Case).where(col(Case.id).in_(list(case_ids)))
    return {case.id: case for case in (await session.exec(query)).all() if case.id is not None}


async def hours_said(session: AsyncSession, event_id: int, person_id: int, *, now: datetime) -> bool | None:
    """Whether somebody who may sit in a consultation has said which hours are impossible; None: nobody asks them."""
    query = (
        select(Participation.roles, Sheet.id)
        .join(Event, col(Event.id) == col(Participation.event_id))
        .outerjoin(Sheet, (col(Sheet.person_id) == person_id) & (col(Sheet.event_id) == event_id))
        .where(Participation.event_id == event_id, Participation.person_id == person_id, Event.ends_on >= now.date())
    )
    found = (await session.exec(query)).one_or_none()
    return found[1] is not None if found and set(found[0]) & CONSULTING else None


async def room_ids(session: AsyncSession, event_id: int) -> dict[int, int]:
    """Case → its room, where it has one."""
    query = select(Case.id, Case.room_id).where(Case.event_id == event_id, col(Case.room_id).is_not(None))
    return {case: room for case, room in (await session.exec(query)).all() if case is not None and room is not None}


async def titles(session: AsyncSession, event_id: int) -> dict[int, str]:
    """Working titles of all cases, withdrawn ones too: letters still name them."""
    query = select(Case.id, Case.title).where(Case.event_id == event_id)
    return {case_id: title for case_id, title in (await session.exec(query)).all() if case_id is not None}


async def latest_plan(session: AsyncSession, event_id: int) -> Plan | None:
    """The draft or, without one, what is published."""
    query = select(Plan).where(Plan.event_id == event_id, Plan.state != PlanState.WHAT_IF)
    return (await session.exec(query.order_by(col(Plan.number).desc()).limit(1))).one_or_none()


async def published_plan(session: AsyncSession, event_id: int) -> Plan | None:
    """What people have been told last."""
    query = select(Plan).where(Plan.event_id == event_id, Plan.state == PlanState.PUBLISHED)
    return (await session.exec(query.order_by(col(Plan.number).desc()).limit(1))).one_or_none()


async def placements(session: AsyncSession, plan: Plan | None) -> list[Placement]:
    if plan is None:
        return []
    query = select(Placement).where(Placement.plan_id == plan.id).order_by(col(Placement.starts_at), col(Placement.id))
    return list((await session.exec(query)).all())


async def sittings_of(session: AsyncSession, plan: Plan | None) -> list[Sitting]:
    """The same as plain values, for the list of changes."""
    return as_sittings(await placements(session, plan))


def as_sittings(rows: Iterable[Placement]) -> list[Sitting]:
    return [Sitting(p.case_id, p.starts_at, p.minutes, p.giver_id, p.moderator_id, tuple(p.advisers)) for p in rows]


async def proposal(session: AsyncSession, event_id: int) -> Proposal | None:
    """The planner's latest run."""
    query = select(Proposal).where(Proposal.event_id == event_id).order_by(col(Proposal.id).desc()).limit(1)
    return (await session.exec(query)).one_or_none()


async def proposal_of_draft(session: AsyncSession, event_id: int) -> Proposal | None:
    """The planner's latest run that was not one for a plan beside the draft."""
    query = select(Proposal).join(Plan, col(Plan.id) == col(Proposal.plan_id))
    query = query.where(Proposal.event_id == event_id, Plan.state != PlanState.WHAT_IF)
    return (await session.exec(query.order_by(col(Proposal.id).desc()).limit(1))).one_or_none()


async def proposal_by_id(session: AsyncSession, proposal_id: int) -> Proposal | None:
    return (await session.exec(select(Proposal).where(Proposal.id == proposal_id))).one_or_none()


@dataclass(frozen=True)
class Mine:
    """A session of one person as they have been told it."""

    placement: Placement
    number: int  # of the plan that says so


async def my_sessions(session: AsyncSession, event_id: int, person_id: int) -> list[Mine]:
    """The published sessions in which this person has a part, in order of time."""
    return (await sessions_of(session, event_id, [person_id]))[person_id]


async def sessions_of(session: AsyncSession, event_id: int, people: Iterable[int]) -> dict[int, list[Mine]]:
    """Person → the published sessions in which they have a part, in order of time."""
    plan = await published_plan(session, event_id)
    found: dict[int, list[Mine]] = {person_id: [] for person_id in people}
    if plan is None:
        return found
    for placement in await placements(session, plan):
        for person_id in {placement.giver_id, placement.moderator_id, *placement.advisers} & set(found):
            found[person_id].append(Mine(placement, plan.number))
    return found
