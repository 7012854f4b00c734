"""Writing the programme: live blocks, written tasks, and the marks of those who have done them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Missing
from app.events import queries_programme as queries
from app.events.models import Block, Event, Task, TaskDone
from app.events.queries import hold
from app.events.templates import Template

_Row = TypeVar("_Row", Block, Task)


async def lay(session: AsyncSession, event: Event, template: Template) -> None:
    """Put a template's blocks and tasks into an event; those already laid from it stay as they are."""
    assert event.id is not None
    for number, live in enumerate(template.live):
        await add_block(
            session, event_id=event.id, key=f"{template.id}:live:{number}", day=live.day, starts=live.starts,
            minutes=live.minutes, title=live.en, texts=live.texts, method=live.method, optional=live.optional,
            agenda=[part.as_agenda() for part in live.agenda],
        )  # fmt: skip
    for number, task in enumerate(template.tasks):
        await add_task(
            session, event_id=event.id, key=f"{template.id}:task:{number}", day=task.day, minutes=task.minutes,
            until=task.until, whose=task.whose, goes_to=f"/events/{event.slug}/{task.goes_to}", position=number,
            texts=task.texts, **task.en.model_dump(),
        )  # fmt: skip


async def add_block(session: AsyncSession, *, event_id: int, key: str, **fields: Any) -> Block:
    """A live block; the same key again is the same block."""
    await hold(session, event_id)
    if (known := await queries.block_with_key(session, event_id, key)) is not None:
        return known
    block = Block(event_id=event_id, key=key, **fields)
    session.add(block)
    await session.flush()
    return block


async def edit_block(session: AsyncSession, *, event_id: int, block_id: int, **fields: Any) -> Block:
    block = await queries.block(session, event_id, block_id)
    if block is None:
        raise Missing
    return _changed(session, block, fields)


async def drop_block(session: AsyncSession, *, event_id: int, block_id: int) -> None:
    """Take a block out of the programme; twice is the same as once."""
    if (block := await queries.block(session, event_id, block_id)) is not None:
        await session.delete(block)


async def add_task(session: AsyncSession, *, event_id: int, key: str, **fields: Any) -> Task:
    """A written task; the same key again is the same task."""
    await hold(session, event_id)
    if (known := await queries.task_with_key(session, event_id, key)) is not None:
        return known
    task = Task(event_id=event_id, key=key, **fields)
    session.add(task)
    await session.flush()
    return task


async def edit_task(session: AsyncSession, *, event_id: int, task_id: int, **fields: Any) -> Task:
    task = await queries.task(session, event_id, task_id)
    if task is None:
        raise Missing
    return _changed(session, task, fields)


async def drop_task(session: AsyncSession, *, event_id: int, task_id: int) -> None:
    if (task := await queries.task(session, event_id, task_id)) is not None:
        await session.delete(task)


async def mark_task(
    session: AsyncSession, *, event_id: int, task_id: int, person_id: int, done: bool, now: datetime
) -> None:
    """Mark a task done, or take the mark away. The first mark's time stays."""
    if await queries.task(session, event_id, task_id) is None:
        raise Missing
    mark = await queries.task_done(session, task_id, person_id)
    if done and mark is None:
        session.add(TaskDone(task_id=task_id, person_id=person_id, done_at=now))
    elif not done and mark is not None:
        await session.delete(mark)


async def mark_first_of(
    session: AsyncSession, *, event_id: int, leads: Collection[str], person_id: int, now: datetime
) -> None:
    """The earliest task that is done at one of these addresses is done; what follows there is marked by hand."""
    task = await queries.first_task_at(session, event_id, leads)
    if task is not None and task.id is not None:
        await mark_task(session, event_id=event_id, task_id=task.id, person_id=person_id, done=True, now=now)


def _changed(session: AsyncSession, row: _Row, fields: dict[str, Any]) -> _Row:
    if fields.get("title", row.title) != row.title and "texts" not in fields:
        row.texts = {}  # words in other languages still say the old title: nobody may read something else
    for name, value in fields.items():
        setattr(row, name, value)
    session.add(row)
    return row
