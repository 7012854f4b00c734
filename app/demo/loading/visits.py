"""When the invented people were here last: what they have read, which tasks they have done, what waits for them."""

from collections import defaultdict
from datetime import datetime
from random import Random

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import AudienceMember
from app.demo import material
from app.demo.entries import Person, Post, Thread
from app.demo.loading.people import World
from app.events.models import Participation, Task, TaskDone
from app.events.queries_programme import tasks_of
from app.forum.models import Post as PostRow
from app.forum.models import ReadMark
from app.forum.models import Thread as ThreadRow
from app.notices.models import Notice

SEED = 5
SKIPPED, HALF_READ = 0.2, 0.15
DONE = {0: 0.95, 1: 0.9, 2: 0.8, 3: 0.75, 4: 0.6}  # share of people who have done a task of that day
EVENING = "21:10"


async def load_visits(session: AsyncSession, world: World) -> None:
    """Everybody was here last some time before now, and not everybody has read everything: always the same people."""
    chance = Random(SEED)
    last = {person.key: _last_visit(person, world, chance) for person in material.people().people}
    await _mark_read(session, world, last, chance)
    _mark_done(session, world, await tasks_of(session, world.event), last, chance)
    for key, instant in last.items():
        person_id = world.people[key]
        heard = (col(Notice.person_id) == person_id, col(Notice.event_id) == world.event_id, col(Notice.at) <= instant)
        await session.exec(update(Notice).where(*heard).values(read_at=instant))
        part = (col(Participation.person_id) == person_id, col(Participation.event_id) == world.event_id)
        await session.exec(update(Participation).where(*part).values(visited_at=instant, seen_before=instant))


def _last_visit(person: Person, world: World, chance: Random) -> datetime:
    """Yesterday evening for most, the day before for some; never before somebody's own last words."""
    day = 4 if person.door or chance.random() < 0.85 else 3
    at = EVENING if person.door else f"{chance.randint(16, 22):02}:{chance.randint(0, 59):02}"
    threads = [thread for circle in material.forum() for thread in circle.threads]
    written: list[Thread | Post] = [*threads, *(post for thread in threads for post in thread.posts)]
    own = [world.at(each.by, each.day, each.at) for each in written if each.by == person.key]
    return max(world.at(person.key, day, at), *own)


async def _mark_read(session: AsyncSession, world: World, last: dict[str, datetime], chance: Random) -> None:
    """One row for whoever has opened a thread; threads that somebody has not opened yet stay new for them."""
    threads = list(
        (
            await session.exec(
                select(ThreadRow).where(ThreadRow.event_id == world.event_id).order_by(col(ThreadRow.id))
            )
        ).all()
    )
    written = await _moments(session, world)
    marks = {(mark.person_id, mark.thread_id): mark for mark in await _marks(session, world)}
    readers = await _members(session, {thread.audience_id for thread in threads})
    for key, instant in last.items():
        person_id = world.people[key]
        for thread in threads:
            assert thread.id is not None
            drawn = chance.random()
            if person_id not in readers[thread.audience_id] or thread.started_at > instant:
                continue
            mark = marks.get((person_id, thread.id))
            if mark is None and drawn < SKIPPED and not thread.pinned:
                continue
            seen = sum(at <= instant for at in written[thread.id])
            position = seen // 2 if mark is None and drawn < SKIPPED + HALF_READ else seen
            mark = mark or ReadMark(person_id=person_id, thread_id=thread.id, at=instant)
            mark.position, mark.at = max(mark.position, position), instant
            session.add(mark)
    await session.flush()


async def _moments(session: AsyncSession, world: World) -> dict[int, list[datetime]]:
    query = (
        select(PostRow.thread_id, PostRow.created_at)
        .join(ThreadRow, col(ThreadRow.id) == col(PostRow.thread_id))
        .where(ThreadRow.event_id == world.event_id)
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for thread_id, at in (await session.exec(query)).all():
        found[thread_id].append(at)
    return found


async def _marks(session: AsyncSession, world: World) -> list[ReadMark]:
    mine = col(ReadMark.thread_id).in_(select(ThreadRow.id).where(ThreadRow.event_id == world.event_id))
    return list((await session.exec(select(ReadMark).where(mine))).all())


async def _members(session: AsyncSession, audiences: set[int]) -> dict[int, set[int]]:
    query = select(AudienceMember).where(col(AudienceMember.audience_id).in_(audiences))
    found: dict[int, set[int]] = defaultdict(set)
    for member in (await session.exec(query)).all():
        found[member.audience_id].add(member.person_id)
    return found


def _mark_done(
    session: AsyncSession, world: World, tasks: list[Task], last: dict[str, datetime], chance: Random
) -> None:
    threads = [thread for circle in material.forum() for thread in circle.threads]
    shown = {post.by for thread in threads for post in thread.posts if post.card}  # a card is the task of day 0
    for task in tasks:
        for key, instant in last.items():
            if task.day >= 5 or task.whose != "all":
                continue
            if chance.random() < DONE[task.day] or (task.day == 0 and key in shown):
                done_at = min(instant, world.at(key, task.day, "18:00"))
                session.add(TaskDone(task_id=task.id or 0, person_id=world.people[key], done_at=done_at))
