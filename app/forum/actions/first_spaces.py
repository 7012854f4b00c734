"""The spaces every event begins with, in its language, and the thread in which a written task is done."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Missing, Refused
from app.core.i18n import CODES, say
from app.core.words import N_
from app.events import actions_programme as programme
from app.events import queries as events
from app.events import queries_programme as written
from app.events.models import Event
from app.forum.actions.threads import open_space, start_thread
from app.forum.models import Space, Thread
from app.forum.queries import lookups
from app.forum.rules import SpaceKind, ThreadKind

TASKS = "tasks"
FIRST_SPACES = {
    "announcements": (SpaceKind.EVENT, N_("Announcements"), N_("What the team tells everybody.")),
    "introductions": (SpaceKind.EVENT, N_("Introductions"), N_("Who we are and where we work.")),
    TASKS: (SpaceKind.EVENT, N_("Tasks"), N_("The written tasks of the programme, each in a thread of its own.")),
    "questions": (SpaceKind.THEME, N_("Questions and answers"), N_("Ask here; somebody in another city may know.")),
    "practices": (SpaceKind.THEME, N_("Good practice"), N_("What worked, what it cost, what could travel.")),
}


async def open_first_space(session: AsyncSession, event: Event, key: str, *, now: datetime) -> Space:
    """Open since the event was made, or, in older events, from the moment it is needed."""
    assert event.id is not None
    kind, title, purpose = FIRST_SPACES[key]
    texts = {code: {"title": say(code, title), "purpose": say(code, purpose)} for code in CODES if code != event.lang}
    return await open_space(
        session, event_id=event.id, audience_id=event.audience_id, key=f"event:{event.id}:{key}", kind=kind,
        title=say(event.lang, title), purpose=say(event.lang, purpose), place=[*FIRST_SPACES].index(key), texts=texts,
        now=now,
    )  # fmt: skip


async def open_thread_of_task(
    session: AsyncSession, *, event_id: int, task_id: int, by: int, wall: bool = False, now: datetime
) -> Thread:
    """Where this task is done from now on, in words or (`wall`) on cards; pressed twice it is one thread. The team's own tasks get none."""
    await events.hold(session, event_id)
    event, task = await events.event(session, event_id), await written.task(session, event_id, task_id)
    if task is None:
        raise Missing
    if task.whose != "all":
        raise Refused(N_("This task is the team’s own. Only tasks for everybody get a thread."))
    if (known := await lookups.thread_with_key(session, f"task:{task_id}")) is not None:
        return known
    space = await open_first_space(session, event, TASKS, now=now)
    assert space.id is not None
    thread = await start_thread(
        session, space_id=space.id, author_id=by, key=f"task:{task_id}", kind=ThreadKind.TASK, title=task.title,
        context="\n\n".join(words for words in (task.purpose, task.then) if words) or task.title, lang=event.lang, now=now,
    )  # fmt: skip
    thread.wall = wall
    session.add(thread)
    there = f"/events/{event.slug}/threads/{thread.id}{'/wall' if wall else ''}"
    await programme.edit_task(session, event_id=event_id, task_id=task_id, goes_to=there)
    return thread


async def open_threads_of_tasks(session: AsyncSession, *, event_id: int, by: int, now: datetime) -> int:
    """A thread for every task that leads no further than to the forum's front; returns how many were opened."""
    event = await events.event(session, event_id)
    loose = [
        task.id for task in await written.tasks_of(session, event)
        if task.whose == "all" and task.goes_to == f"/events/{event.slug}/forum"
    ]  # fmt: skip
    for task_id in loose:
        await open_thread_of_task(session, event_id=event_id, task_id=task_id or 0, by=by, now=now)
    return len(loose)
