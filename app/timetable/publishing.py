"""Publishing: the draft becomes what people know. One letter per person concerned, rooms, reminders."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.core.errors import Refused
from app.core.words import N_
from app.timetable import clocks, letters, queries
from app.timetable.about import about_event
from app.timetable.actions import changed, hold
from app.timetable.changes import Change, Parted, Sitting, changes
from app.timetable.models import Placement, Plan
from app.timetable.reminding import set_reminders
from app.timetable.rooms import keep_rooms
from app.timetable.rules import PlanState, check_edition
from app.timetable.swapping import end_swaps
from app.timetable.told import parted, write_down

Changes = dict[int, tuple[Change, ...]]


async def changes_of(session: AsyncSession, event_id: int, *, plan: Plan, now: datetime) -> Changes:
    """What the draft would change for whom: the preview shows it, publishing writes it."""
    told = await queries.placements(session, await queries.published_plan(session, event_id))
    drafted = await queries.placements(session, plan)
    open_cases = {case.id for case in await queries.cases(session, event_id) if case.id is not None}
    return changes_between(told, drafted, open_cases=open_cases, parted=await parted(session, event_id), now=now)


def changes_between(
    told: Iterable[Placement],
    drafted: Iterable[Placement],
    *,
    open_cases: Collection[int],
    parted: Parted,
    now: datetime,
) -> Changes:
    """The same from rows that are loaded already."""
    still = (row for row in drafted if row.case_id in open_cases)
    return changes(_ahead(queries.as_sittings(told), now), _ahead(queries.as_sittings(still), now), parted=parted)


def _ahead(sittings: Iterable[Sitting], now: datetime) -> list[Sitting]:
    """What has begun is not changed any more, so nobody is written to about it."""
    return [sitting for sitting in sittings if sitting.start > now]


async def publish(session: AsyncSession, *, event_id: int, number: int, seen: int, by: int, now: datetime) -> Changes:
    """Publish draft `number` as it was seen. Published already: nothing happens a second time."""
    timetable = await hold(session, event_id)
    plan = await queries.latest_plan(session, event_id)
    if plan is None or plan.number != number:
        raise Refused(N_("This draft is gone. Look at the board again; a newer one may have taken its place."))
    if plan.state == PlanState.PUBLISHED:
        return {}
    check_edition(plan.edition, seen=seen)
    found = await changes_of(session, event_id, plan=plan, now=now)
    before = await queries.sittings_of(session, await queries.published_plan(session, event_id))
    await _drop_withdrawn(session, plan)
    await make_known(session, plan, found, before=before, by=by, now=now)
    changed(session, timetable)
    return found


async def make_known(
    session: AsyncSession, plan: Plan, found: Changes, *, before: Sequence[Sitting], by: int | None, now: datetime
) -> None:
    """`plan` is what holds from now on instead of `before`; `found` is what that changes, for whom."""
    plan.state, plan.published_at, plan.published_by = PlanState.PUBLISHED, now, by
    session.add(plan)
    await session.flush()
    after = await queries.sittings_of(session, plan)
    await keep_rooms(session, before=_ahead(before, now), after=_ahead(after, now), now=now)
    await write_down(session, found, event_id=plan.event_id, number=plan.number)
    await _write_letters(session, found, plan=plan, now=now)
    await set_reminders(session, plan.event_id, before=_ahead(before, now), after=_ahead(after, now), now=now)
    await end_swaps(session, plan, now=now)


async def _drop_withdrawn(session: AsyncSession, plan: Plan) -> None:
    open_cases = {case.id for case in await queries.cases(session, plan.event_id)}
    for row in await queries.placements(session, plan):
        if row.case_id not in open_cases:
            await session.delete(row)


async def _write_letters(session: AsyncSession, found: Changes, *, plan: Plan, now: datetime) -> None:
    about = await about_event(session, plan.event_id)
    readers = {person: each.in_zone(about.zone) for person, each in (await queries.readers(session, found)).items()}
    await clocks.remember(session, plan.event_id, plan.number, {person: each.zone for person, each in readers.items()})
    for person, reader in readers.items():
        await mail.write(
            session,
            letter="timetable/changes",
            to=reader,
            values=letters.values(found[person], about),
            key=f"timetable:{plan.id}:{person}",
            now=now,
            event_id=plan.event_id,
            attachments=letters.calendar_files(found[person], about, to=reader, sequence=plan.number, now=now),
        )
