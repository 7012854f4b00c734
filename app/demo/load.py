"""Loading the demonstration event: always in the middle of its two weeks.

`load` may be called at every start. As long as the running event stands at day 5 (see days.py) nothing happens; when
the date has moved on, a new run is loaded and the earlier one goes or is kept (see loading/earlier.py). All of it is
one transaction: a start that is interrupted leaves nothing half done.
"""

from datetime import datetime

import structlog
from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import transaction
from app.core.jobs import Job, JobState
from app.core.mail import Letter, LetterState
from app.demo import material
from app.demo.days import fortnight
from app.demo.hurry import hurried
from app.demo.loading.announcing import announce
from app.demo.loading.correspondence import begin_in_writing
from app.demo.loading.earlier import retire, visitors
from app.demo.loading.forum import load_forum
from app.demo.loading.gathering import propose_groups, seat_plenary
from app.demo.loading.glossary import explain
from app.demo.loading.methods import adapt_methods
from app.demo.loading.newsletters import publish
from app.demo.loading.people import World, load_event, load_people, load_successor
from app.demo.loading.pulses import ask_briefly
from app.demo.loading.rooms import hold_sessions, prepare_rooms
from app.demo.loading.timetable import load_clinics, load_plans, load_swaps, load_timetable, try_beside
from app.demo.loading.visits import load_visits
from app.events.actions_members import join
from app.events.models import Event, Participation
from app.events.queries import event_with_slug

log = structlog.get_logger()


async def load(now: datetime) -> bool:
    """Load the demonstration, or bring it up to date; False when it stands where it should already."""
    told = material.event()
    when = fortnight(now, told.event.zone)
    async with transaction() as session:
        running = await event_with_slug(session, told.event.key)
        if running is not None and running.starts_on == when.days[0]:
            return False
        async with hurried(session):
            guests = await _retire(session, running, told.successor.key)
            before = await _highest_job(session)
            world = World(when)
            await load_people(session, world)
            await load_event(session, world)
            await _let_back_in(session, world, guests)
            await load_successor(session, world)
            await load_forum(session, world)
            await adapt_methods(session, world)
            await load_timetable(session, world)
            await hold_sessions(session, world)
            await load_plans(session, world)
            await load_clinics(session, world)
            await load_swaps(session, world)
            await try_beside(session, world)
            await propose_groups(session, world)
            await seat_plenary(session, world)
            await prepare_rooms(session, world)
            await begin_in_writing(session, world)
            await announce(session, world)
            await ask_briefly(session, world)
            await explain(session, world)
            await publish(session, world)
            await load_visits(session, world)
            await _put_past_to_rest(session, before=before, now=now)
    log.debug("demonstration loaded", first_day=when.days[0].isoformat(), last_day=when.days[-1].isoformat())
    return True


async def _retire(session: AsyncSession, running: Event | None, successor: str) -> list[Participation]:
    if running is None or running.id is None:
        return []
    guests = [Participation(**each.model_dump()) for each in await visitors(session, running.id)]
    following = await event_with_slug(session, successor)
    for event in (following, running):
        if event is not None:
            await retire(session, event)
    return guests


async def _let_back_in(session: AsyncSession, world: World, guests: list[Participation]) -> None:
    for guest in guests:
        await join(
            session, event_id=world.event_id, person_id=guest.person_id, roles=guest.roles, region=guest.region,
            now=guest.joined_at or world.when.now,
        )  # fmt: skip


async def _highest_job(session: AsyncSession) -> int:
    return (await session.exec(select(func.max(Job.id)))).one() or 0


async def _put_past_to_rest(session: AsyncSession, *, before: int, now: datetime) -> None:
    """Letters of past days have been sent, alarms of past days have rung: nothing of them happens again."""
    ours = col(Letter.event_id).in_(select(Event.id).where(col(Event.demo).is_(True)))
    await session.exec(
        update(Letter)
        .where(ours, col(Letter.state) == LetterState.WAITING, col(Letter.written_at) < now)
        .values(state=LetterState.SENT, sent_at=Letter.written_at, attempts=1)
    )
    past = (col(Job.id) > before, col(Job.state) == JobState.WAITING, col(Job.run_at) <= now)
    await session.exec(delete(Job).where(*past))
