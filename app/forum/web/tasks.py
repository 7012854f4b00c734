"""The thread in which a written task of the programme is done."""

from typing import Literal

from starlette.responses import Response

from app.core import i18n
from app.core.db import transaction
from app.core.forms import Form
from app.core.pages import Visit, post
from app.core.words import N_, NN_
from app.events.doors import manager
from app.forum.actions.first_spaces import open_thread_of_task, open_threads_of_tasks

_OPENED = NN_(
    "One thread is open, and the task leads to it.", "{count} threads are open, and each task leads to its own."
)


class Opening(Form):
    wall: Literal["yes"] | None = None


async def open_thread(visit: Visit) -> Response:
    sent = await visit.form(Opening)
    async with transaction() as session:
        thread = await open_thread_of_task(
            session, event_id=visit.here.event_id, task_id=visit.params["task"], by=visit.me.id, now=visit.now,
            wall=sent.wall is not None,
        )  # fmt: skip
    return visit.go(
        f"/events/{visit.here.slug}/threads/{thread.id}{'/wall' if thread.wall else ''}",
        said=N_("The task in the programme leads to this thread now."),
    )


async def open_threads(visit: Visit) -> Response:
    async with transaction() as session:
        opened = await open_threads_of_tasks(session, event_id=visit.here.event_id, by=visit.me.id, now=visit.now)
    back = f"/events/{visit.here.slug}/manage/programme"
    return visit.go(back, said=i18n.counted(visit.lang, _OPENED, opened) if opened else "")


routes = [
    post("/events/{event}/tasks/threads", open_threads, who=manager),
    post("/events/{event}/tasks/{task:int}/thread", open_thread, who=manager),
]
