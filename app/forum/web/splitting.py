"""Splitting off a new thread, and putting the posts back."""

from sqlmodel import Field
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import moderator
from app.forum import rules_splitting
from app.forum.actions import splitting
from app.forum.queries import posts as posts_read
from app.forum.queries import reading as queries
from app.forum.rules import ThreadKind
from app.forum.web.shared import THREADS, WRITING, check_pace
from app.forum.web.thread import show_thread
from app.forum.web.writing import Written


class Split(Written):
    post: list[int] = Field(default_factory=list, max_length=rules_splitting.MOST)
    kind: ThreadKind
    title: str = Field(min_length=1, max_length=200)
    context: str = Field(min_length=1, max_length=20_000)


async def show_splitting(visit: Visit) -> Response:
    async with reading() as session:
        thread_id, event_id = visit.params["thread"], visit.here.event_id
        opened = await queries.thread_for(session, thread_id, person_id=visit.me.id, event_id=event_id)
        if opened is None or opened.thread.merged_into is not None:
            raise Missing
        page = min(visit.page_number(), rules_splitting.pages(opened.thread.last_position))
        first = (page - 1) * rules_splitting.MOST + 1
        found = await posts_read.posts_between(session, thread_id, first=first, last=page * rules_splitting.MOST)
    return visit.page(
        "forum/split.html", opened=opened, posts=[each for each in found if not each.deleted and not each.hidden],
        page=page, pages=rules_splitting.pages(opened.thread.last_position), kinds=list(ThreadKind), writing=WRITING,
    )  # fmt: skip


async def split(visit: Visit) -> Response:
    sent = await visit.form(Split)
    await check_pace(visit, "threads", THREADS)
    async with transaction() as session:
        await _check_here(visit, session)
        new = await splitting.split_thread(
            session, visit.params["thread"], post_ids=sent.post, moderator_id=visit.me.id, key=sent.key, kind=sent.kind,
            title=sent.title, context=sent.context, lang=sent.lang, now=visit.now,
        )  # fmt: skip
    return visit.go(f"/events/{visit.here.slug}/threads/{new.id}", said=N_("The posts stand in a thread of their own."))


async def undo(visit: Visit) -> Response:
    async with transaction() as session:
        await _check_here(visit, session)
        thread = await splitting.undo_split(
            session, visit.params["thread"], moderator_id=visit.me.id, now=visit.now
        )  # fmt: skip
    return visit.go(f"/events/{visit.here.slug}/threads/{thread.id}", said=N_("The posts stand where they stood."))


async def _check_here(visit: Visit, session: AsyncSession) -> None:
    thread_id, event_id = visit.params["thread"], visit.here.event_id
    if await queries.thread_for(session, thread_id, person_id=visit.me.id, event_id=event_id) is None:
        raise Missing


routes = [
    get("/events/{event}/threads/{thread:int}/split", show_splitting, who=moderator),
    post("/events/{event}/threads/{thread:int}/split", split, who=moderator, shows=show_splitting),
    post("/events/{event}/threads/{thread:int}/split/undo", undo, who=moderator, shows=show_thread),
]
