"""What the pages of the group builder show. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from app.events.models import Event
from app.matching.group_facts import Facts, evenly, facts
from app.matching.groups import LEAST, MOST, Somebody
from app.timetable import grouping, queries, queries_groups
from app.timetable.models_groups import Grouping
from app.timetable.problem import Attendant
from app.timetable.rules import asked_days


@dataclass(frozen=True)
class Ground:
    """What the builder works on: who takes part, and who of them is kept apart."""

    event: Event
    attendants: list[Attendant]
    people: list[Somebody]
    apart: set[tuple[int, int]]
    row: Grouping | None
    groups: list[list[int]]
    held: frozenset[int]


@dataclass(frozen=True)
class GroupShown:
    people: list[int]
    facts: Facts
    odd: bool  # smaller or larger than groups should be


@dataclass(frozen=True)
class GroupsPage:
    row: Grouping | None
    groups: list[GroupShown]
    without: list[int]  # a group
    names: Mapping[int, str]
    places: Mapping[int, tuple[str, str]]  # city, country
    held: frozenset[int]
    many: int
    even: bool  # gender, as far as it was said
    said: bool  # somebody said it
    broken: bool  # two are together who are kept apart since


async def ground(session: AsyncSession, event_id: int) -> Ground:
    event = await queries.event_by_id(session, event_id)
    attendants = grouping.in_groups(await queries.attendants(session, event_id))
    days = asked_days(event.starts_on, event.ends_on, also=(), off=event.days_off)
    row = await queries_groups.grouping(session, event_id)
    here = {each.id for each in attendants}
    return Ground(
        event=event,
        attendants=attendants,
        people=grouping.people_of(attendants, days),
        apart=await queries_groups.apart(session, event_id, attendants),
        row=row,
        groups=grouping.still_here(row.groups, here) if row else [],
        held=frozenset(row.held) & here if row else frozenset(),
    )


async def groups_page(session: AsyncSession, event_id: int) -> GroupsPage:
    found = await ground(session, event_id)
    known = {each.id: each for each in found.people}
    seated = {person for group in found.groups for person in group}
    described = facts(found.groups, known, languages=found.event.languages)
    gender = {each.id: each.gender for each in found.people}
    return GroupsPage(
        row=found.row,
        groups=[
            GroupShown(group, each, not LEAST <= len(group) <= MOST)
            for group, each in zip(found.groups, described, strict=True)
        ],
        without=[each.id for each in found.people if each.id not in seated],
        names=await queries.names(session, known),
        places={each.id: (each.city, each.country) for each in found.attendants},
        held=found.held,
        many=len(known),
        even=evenly(found.groups, gender),
        said=any(gender.values()),
        broken=any({one, other} <= set(group) for one, other in found.apart for group in found.groups),
    )
