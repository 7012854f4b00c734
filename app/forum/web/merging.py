"""Merging two threads: the page on which a moderator chooses the other one."""

from pydantic import Field
from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.errors import Invalid, Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import moderator
from app.forum import rules
from app.forum.actions import merging
from app.forum.queries import reading as queries


class Merge(Form):
    """The other thread: one of the list, or (stronger) the address of any."""

    into: str = Field(default="", max_length=300)
    address: str = Field(default="", max_length=300)


async def show_merging(visit: Visit) -> Response:
    async with reading() as session:
        thread_id, event_id = visit.params["thread"], visit.here.event_id
        opened = await queries.thread_for(session, thread_id, person_id=visit.me.id, event_id=event_id)
        if opened is None:
            raise Missing
        others, _ = await queries.threads_of_space(session, opened.space.id or 0, person_id=visit.me.id)
    others = [each for each in others if each.id != thread_id]
    return visit.page("forum/merge.html", opened=opened, others=others)


async def merge(visit: Visit) -> Response:
    sent = await visit.form(Merge)
    into_id = rules.thread_named(sent.address or sent.into)
    if into_id is None:
        raise Invalid({"address": N_("Please choose a thread, or paste its address here.")})
    async with transaction() as session:
        for thread_id in (visit.params["thread"], into_id):
            event_id = visit.here.event_id
            if await queries.thread_for(session, thread_id, person_id=visit.me.id, event_id=event_id) is None:
                raise Missing
        await merging.merge_threads(session, visit.params["thread"], into_id=into_id, moderator_id=visit.me.id)
    there = f"/events/{visit.here.slug}/threads/{into_id}"
    return visit.go(there, said=N_("The two threads are one now. All addresses lead here."))


routes = [
    get("/events/{event}/threads/{thread:int}/merge", show_merging, who=moderator),
    post("/events/{event}/threads/{thread:int}/merge", merge, who=moderator, shows=show_merging),
]
