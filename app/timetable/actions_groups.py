"""Putting groups together: what the builder proposes, what a coordinator moves, and when they become the event's groups."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import add_if_new, locked
from app.core.errors import Invalid, Refused
from app.core.i18n import CODES, say
from app.core.words import N_
from app.events import actions_members as members
from app.events.queries_members import groups as event_groups
from app.events.queries_members import member_ids
from app.timetable import grouping, queries, queries_groups
from app.timetable.grouping import Party
from app.timetable.models_groups import Apart, Grouping

_SEEN = N_("Somebody else has changed the groups since you opened this page. Look at them again, then decide.")


async def keep_built(
    session: AsyncSession, *, event_id: int, groups: Sequence[Sequence[int]], alike: bool, seed: int, key: str, seen: int,
    now: datetime,
) -> None:  # fmt: skip
    """What the builder found; who was held stays held."""
    row = await _held(session, event_id, now)
    if _is_next(row, key=key, seen=seen):
        row.groups, row.alike, row.seed = [list(group) for group in groups], alike, seed
        _changed(session, row, key=key, now=now)


async def move_people(
    session: AsyncSession, *, event_id: int, people: Collection[int], to: int, key: str, seen: int, now: datetime
) -> None:
    """Put people into a group by hand; there they stay when the rest is built anew."""
    row = await _held(session, event_id, now)
    if _is_next(row, key=key, seen=seen):
        here = grouping.in_groups(await queries.attendants(session, event_id))
        wanted = {each.id for each in here} & set(people)
        apart = await queries_groups.apart(session, event_id, here)
        row.groups = grouping.moved(row.groups, wanted, to, apart=apart)
        row.held = sorted({*row.held, *wanted})
        _changed(session, row, key=key, now=now)


async def hold_people(
    session: AsyncSession, *, event_id: int, people: Collection[int], hold: bool, key: str, seen: int, now: datetime
) -> None:
    row = await _held(session, event_id, now)
    if _is_next(row, key=key, seen=seen):
        seated = {person for group in row.groups for person in group} & set(people)
        row.held = sorted({*row.held, *seated} if hold else set(row.held) - seated)
        _changed(session, row, key=key, now=now)


async def apply(session: AsyncSession, *, event_id: int, seen: int, now: datetime) -> int:
    """These are the event's groups from now on. Applied again, they are the same groups with other people: a group keeps
    its name and whoever leads it, and one that is not needed any more is empty."""
    row = await _held(session, event_id, now)
    if row.edition != seen:
        raise Refused(_SEEN)
    here = set(await member_ids(session, event_id))
    groups = grouping.still_here(row.groups, here)
    known = {group.key: group for group in await event_groups(session, event_id) if group.key.startswith("built-")}
    for number in range(max(len(groups), len(known))):
        name = N_("Group {number}")
        texts = {lang: {"name": say(lang, name, number=number + 1)} for lang in CODES}
        group = known.get(f"built-{number + 1}") or await members.create_group(
            session, event_id=event_id, name=texts["en"]["name"], key=f"built-{number + 1}", texts=texts
        )
        people = groups[number] if number < len(groups) else []
        await members.set_group(
            session, event_id=event_id, group_id=group.id or 0, name=group.name, facilitator_id=group.facilitator_id,
            people=people,
        )  # fmt: skip
    row.applied, row.applied_at = row.edition, now
    session.add(row)
    return len(groups)


async def keep_apart(
    session: AsyncSession, *, event_id: int, one: str, other: str, by: int | None, now: datetime
) -> None:
    """No group and no session is to hold both parties (see grouping.Party); said twice is said once."""
    await _held(session, event_id, now)
    known = await queries_groups.marks(session, event_id)
    if any(_says(mark, one, other) for mark in known):
        return
    if len(known) >= grouping.MARKS:
        raise Refused(N_("These are as many as there can be. Take one back first."))
    first, second = (Party.of(word) for word in sorted((one, other)))
    people = [each.person for each in (first, second) if each.person is not None]
    if one == other and people:
        raise Invalid({"other": N_("Please choose somebody else.")})
    if set(people) - set(await member_ids(session, event_id)):
        raise Invalid({"one": N_("Please choose one of the list.")})
    session.add(
        Apart(
            event_id=event_id, one_id=first.person, one_country=first.country, other_id=second.person,
            other_country=second.country, made_by=by, made_at=now,
        )
    )  # fmt: skip


async def end_apart(session: AsyncSession, *, event_id: int, one: str, other: str, now: datetime) -> None:
    """They may meet in a group and in a session; ending twice is ending."""
    await _held(session, event_id, now)
    for mark in await queries_groups.marks(session, event_id):
        if _says(mark, one, other):
            await session.delete(mark)


async def forget_apart(session: AsyncSession, *, event_id: int, person_id: int) -> None:
    """Somebody has left the event: from whom they were kept apart is nobody's matter any more."""
    for mark in await queries_groups.marks_of(session, event_id, person_id):
        await session.delete(mark)


def _says(mark: Apart, one: str, other: str) -> bool:
    return {party.word for party in queries_groups.parties(mark)} == {one, other}


async def _held(session: AsyncSession, event_id: int, now: datetime) -> Grouping:
    query = locked(select(Grouping).where(Grouping.event_id == event_id))
    found: Grouping | None = (await session.exec(query)).one_or_none()
    if found is None:
        await add_if_new(session, Grouping, event_id=event_id, groups=[], held=[], changed_at=now)
        found = (await session.exec(query)).one()
    return found


def _is_next(row: Grouping, *, key: str, seen: int) -> bool:
    """Whether this is to be done: not when it was done already, and not upon groups nobody has seen."""
    if row.key == key:
        return False
    if row.edition != seen:
        raise Refused(_SEEN)
    return True


def _changed(session: AsyncSession, row: Grouping, *, key: str, now: datetime) -> None:
    row.key, row.changed_at = key, now
    row.edition += 1
    session.add(row)
