"""Reading the programme of an event: its days, live blocks, written tasks and who has done them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import times
from app.events import days
from app.events.models import Block, BlockSeat, Event, Task, TaskDone


@dataclass
class Day:
    """One working day: its number (1 is the first), its date, what is live and what is written."""

    number: int
    on: date
    blocks: list[Block] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    @property
    def live(self) -> bool:
        return any(not block.optional for block in self.blocks)

    @property
    def minutes_live(self) -> int:
        """How long one sitting takes; several sittings of a day are one offer at several hours."""
        return max((block.minutes for block in self.blocks), default=0)

    @property
    def minutes_written(self) -> int:
        return sum(task.minutes for task in self.tasks)


def dates(event: Event) -> list[date]:
    """The working days of an event; at least its first day."""
    return days.working_days(event.starts_on, event.ends_on, off=event.days_off) or [event.starts_on]


def begins(event: Event, block: Block) -> datetime:
    return times.wall(days.date_of(block.day, dates(event)), block.starts, event.zone)


def ends(event: Event, block: Block) -> datetime:
    return begins(event, block) + timedelta(minutes=block.minutes)


def due(event: Event, task: Task) -> datetime:
    return times.wall(days.date_of(task.day, dates(event)), task.until, event.zone)


def today(event: Event, now: datetime) -> int:
    """The number of the working day it is in the event's zone: 0 before the first."""
    return days.number_of(times.local(now, event.zone).date(), dates(event))


async def programme_days(session: AsyncSession, event: Event, *, staff: bool = False) -> list[Day]:
    """All working days with what is on them, in two queries; day 0 only when something is on it."""
    blocks, tasks = await blocks_of(session, event), await tasks_of(session, event, staff=staff)
    return laid_out(event, blocks, tasks)


def laid_out(event: Event, blocks: Sequence[Block], tasks: Sequence[Task]) -> list[Day]:
    on = dates(event)
    numbers = {*range(1, len(on) + 1), *(b.day for b in blocks), *(t.day for t in tasks)}
    found = {number: Day(number, days.date_of(number, on)) for number in sorted(numbers)}
    for block in blocks:
        found[block.day].blocks.append(block)
    for task in tasks:
        found[task.day].tasks.append(task)
    return list(found.values())


async def blocks_of(session: AsyncSession, event: Event) -> list[Block]:
    query = select(Block).where(Block.event_id == event.id)
    return list((await session.exec(query.order_by(col(Block.day), col(Block.starts), col(Block.id)))).all())


async def block_seats(session: AsyncSession, event_id: int) -> list[BlockSeat]:
    """Who sits in which sitting, of all live parts of the event that have several."""
    query = select(BlockSeat).join(Block, col(Block.id) == col(BlockSeat.block_id)).where(Block.event_id == event_id)
    return list((await session.exec(query.order_by(col(BlockSeat.block_id), col(BlockSeat.person_id)))).all())


async def my_sittings(session: AsyncSession, event: Event, person_id: int) -> dict[int, bool]:
    """Block → whether this sitting is theirs, of the parts in which they have one."""
    query = (
        select(Block.id, Block.day, Block.title)
        .join(BlockSeat, col(BlockSeat.block_id) == col(Block.id))
        .where(Block.event_id == event.id, BlockSeat.person_id == person_id)
    )
    mine = {(day, title): block_id for block_id, day, title in (await session.exec(query)).all()}
    if not mine:
        return {}
    blocks = await blocks_of(session, event)
    return {b.id or 0: b.id == mine[b.day, b.title] for b in blocks if (b.day, b.title) in mine}


async def last_day(session: AsyncSession, event: Event) -> int:
    """The last working day on which something stands for everybody; 0 when nothing does."""
    of_blocks = select(func.max(Block.day)).where(Block.event_id == event.id)
    of_tasks = select(func.max(Task.day)).where(Task.event_id == event.id, Task.whose == "all")
    return max((await session.exec(of_blocks)).one() or 0, (await session.exec(of_tasks)).one() or 0)


async def tasks_of(session: AsyncSession, event: Event, *, staff: bool = False) -> list[Task]:
    """The written tasks of everybody; with `staff` also those of the team."""
    query = select(Task).where(Task.event_id == event.id)
    if not staff:
        query = query.where(Task.whose == "all")
    order = (col(Task.day), col(Task.position), col(Task.until), col(Task.id))
    return list((await session.exec(query.order_by(*order))).all())


async def block(session: AsyncSession, event_id: int, block_id: int) -> Block | None:
    return (await session.exec(select(Block).where(Block.event_id == event_id, Block.id == block_id))).one_or_none()


async def task(session: AsyncSession, event_id: int, task_id: int) -> Task | None:
    return (await session.exec(select(Task).where(Task.event_id == event_id, Task.id == task_id))).one_or_none()


async def block_with_key(session: AsyncSession, event_id: int, key: str) -> Block | None:
    query = select(Block).where(Block.event_id == event_id, Block.key == key)
    return (await session.exec(query)).first()


async def task_with_key(session: AsyncSession, event_id: int, key: str) -> Task | None:
    return (await session.exec(select(Task).where(Task.event_id == event_id, Task.key == key))).first()


async def first_task_at(session: AsyncSession, event_id: int, leads: Collection[str]) -> Task | None:
    """The earliest task for everybody that is done at one of these addresses."""
    query = select(Task).where(Task.event_id == event_id, Task.whose == "all", col(Task.goes_to).in_(leads))
    return (await session.exec(query.order_by(col(Task.day), col(Task.position), col(Task.id)).limit(1))).one_or_none()


async def done(session: AsyncSession, event_id: int, person_id: int) -> dict[int, datetime]:
    """task id → when this person marked it done."""
    query = (
        select(TaskDone.task_id, TaskDone.done_at)
        .join(Task, col(Task.id) == col(TaskDone.task_id))
        .where(Task.event_id == event_id, TaskDone.person_id == person_id)
    )
    return dict((await session.exec(query)).all())


async def done_by(session: AsyncSession, task_ids: Sequence[int], person_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Which of these people marked which of these tasks done: (task, person)."""
    query = select(TaskDone.task_id, TaskDone.person_id).where(
        col(TaskDone.task_id).in_(task_ids), col(TaskDone.person_id).in_(person_ids)
    )
    return set((await session.exec(query)).all())


async def task_done(session: AsyncSession, task_id: int, person_id: int) -> TaskDone | None:
    return await session.get(TaskDone, (task_id, person_id))
