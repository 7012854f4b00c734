"""The thread in which a written task of the programme is done."""

from typing import Literal

from starlette.responses import Response

from app.core.db import transaction
from app.core.forms import Form
from app.core.pages import Visit, post
from app.core.words import N_
from app.events.doors import manager
from app.forum.actions.first_spaces import open_thread_of_task


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


routes = [post("/events/{event}/tasks/{task:int}/thread", open_thread, who=manager)]
