"""What one may do with a post or a thread that is there: change, take away, bring back, follow, pin, close."""

from datetime import date, time
from typing import Literal

from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.core import places, times
from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import member, moderator
from app.events.queries import here
from app.forum.actions import closing, concerns, moving, posts, threads
from app.forum.actions import reading as marks
from app.forum.queries import lookups
from app.forum.queries import reading as queries
from app.forum.queries.shown import PostOpen
from app.forum.rules import PostKind
from app.forum.web.shared import POSTS, WRITING, check_pace
from app.forum.web.writing import Written
from app.notices.queries import refreshed
from app.notices.rules import Level


class Change(Written):
    key: str = ""
    text: str = Field(min_length=1, max_length=20_000)
    title: str = Field(default="", max_length=200)
    country: str = Field(default="", max_length=2)
    seen: int


class ChangedContext(Written):
    key: str = ""
    title: str = Field(min_length=1, max_length=200)
    context: str = Field(min_length=1, max_length=20_000)
    seen: int


class Following(Form):
    level: Level


class State(Form):
    """One of them is sent: the button that was pressed."""

    pinned: Literal["yes", "no"] | None = None
    locked: Literal["yes", "no"] | None = None
    wall: Literal["yes", "no"] | None = None


async def show_post(visit: Visit) -> Response:
    """A post by itself: what it said before, and what this person may do with it."""
    async with reading() as session:
        opened = await _open(visit, session)
    visit.here = await here(opened.post.event_slug, person_id=visit.me.id, lang=visit.lang)
    if opened.mine and opened.post.hidden:
        async with transaction() as session:
            await concerns.seen_hiding(session, person_id=visit.me.id, post_id=opened.post.id, now=visit.now)
            visit.person = await refreshed(session, visit.me)
    countries = places.countries(visit.lang) if opened.post.kind == PostKind.CARD else []
    return visit.page("forum/post.html", opened=opened, writing=WRITING, levels=list(Level), countries=countries)


async def change_post(visit: Visit) -> Response:
    sent = await visit.form(Change)
    await check_pace(visit, "posts", POSTS)
    async with transaction() as session:
        opened = await _open(visit, session)
        await posts.edit_post(
            session, opened.post.id, editor_id=visit.me.id, text=sent.text, title=sent.title,
            country=sent.country, lang=sent.lang, seen=sent.seen, now=visit.now,
        )  # fmt: skip
    return visit.go(f"/posts/{opened.post.id}", said=N_("Changed. What it said before is kept."))


async def delete_post(visit: Visit) -> Response:
    async with transaction() as session:
        opened = await _open(visit, session)
        await posts.delete_post(session, opened.post.id, person_id=visit.me.id, now=visit.now)
    return visit.go(f"/posts/{opened.post.id}/more", said=N_("Taken away. You can bring it back for a day."))


async def restore_post(visit: Visit) -> Response:
    async with transaction() as session:
        opened = await _open(visit, session)
        await posts.restore_post(session, opened.post.id, person_id=visit.me.id, now=visit.now)
    return visit.go(f"/posts/{opened.post.id}", said=N_("It is back where it was."))


async def follow(visit: Visit) -> Response:
    sent = await visit.form(Following)
    async with transaction() as session:
        thread_id = await _readable(visit, session)
        await marks.choose_thread_level(
            session, person_id=visit.me.id, thread_id=thread_id, level=sent.level, now=visit.now
        )
    return visit.go(_thread(visit), said=sent.level.of_thread)


async def show_context(visit: Visit) -> Response:
    async with reading() as session:
        opened = await queries.thread_for(
            session, visit.params["thread"], person_id=visit.me.id, event_id=visit.here.event_id
        )
        worded = await lookups.wordings(session, visit.params["thread"])
    if opened is None:
        raise Missing
    return visit.page("forum/context.html", opened=opened, worded=worded, writing=WRITING)


async def change_context(visit: Visit) -> Response:
    sent = await visit.form(ChangedContext)
    async with transaction() as session:
        thread_id = await _readable(visit, session)
        await threads.change_thread(
            session, thread_id, editor_id=visit.me.id, title=sent.title, context=sent.context, lang=sent.lang,
            seen=sent.seen, now=visit.now,
        )  # fmt: skip
    return visit.go(_thread(visit), said=N_("Changed. What it said before is kept."))


async def look_after(visit: Visit) -> Response:
    sent = await visit.form(State)
    async with transaction() as session:
        thread_id = await _readable(visit, session)
        await threads.look_after(
            session, thread_id, moderator_id=visit.me.id,
            pinned=None if sent.pinned is None else sent.pinned == "yes",
            locked=None if sent.locked is None else sent.locked == "yes",
            wall=None if sent.wall is None else sent.wall == "yes",
        )  # fmt: skip
    return visit.go(_thread(visit), said=N_("Done."))


class Move(Form):
    space: int


async def show_moving(visit: Visit) -> Response:
    async with reading() as session:
        opened = await queries.thread_for(
            session, visit.params["thread"], person_id=visit.me.id, event_id=visit.here.event_id
        )
        if opened is None:
            raise Missing
        spaces = await queries.spaces_to_move_to(session, event_id=visit.here.event_id, person_id=visit.me.id)
    return visit.page("forum/move.html", opened=opened, spaces=spaces)


async def move(visit: Visit) -> Response:
    sent = await visit.form(Move)
    async with transaction() as session:
        thread_id = await _readable(visit, session)
        await moving.move_thread(session, thread_id, space_id=sent.space, moderator_id=visit.me.id)
    return visit.go(_thread(visit), said=N_("Moved. All addresses still lead here."))


class Closing(Form):
    """Wall time in the event's zone."""

    day: date
    at: time


async def show_closing(visit: Visit) -> Response:
    async with reading() as session:
        opened = await queries.thread_for(
            session, visit.params["thread"], person_id=visit.me.id, event_id=visit.here.event_id
        )
    if opened is None:
        raise Missing
    return visit.page("forum/closing.html", opened=opened)


async def close_on(visit: Visit) -> Response:
    sent = await visit.form(Closing)
    async with transaction() as session:
        thread_id = await _readable(visit, session)
        instant = times.wall(sent.day, sent.at, visit.here.zone)
        await closing.close_on(session, thread_id, moderator_id=visit.me.id, at=instant, now=visit.now)
    return visit.go(_thread(visit), said=N_("It closes by itself. Everybody sees when."))


async def take_closing_back(visit: Visit) -> Response:
    async with transaction() as session:
        thread_id = await _readable(visit, session)
        await closing.close_on(session, thread_id, moderator_id=visit.me.id, at=None, now=visit.now)
    return visit.go(_thread(visit), said=N_("It stays open."))


async def _open(visit: Visit, session: AsyncSession) -> PostOpen:
    opened: PostOpen | None = await queries.post_for(session, visit.params["post"], person_id=visit.me.id)
    if opened is None:
        raise Missing
    return opened


async def _readable(visit: Visit, session: AsyncSession) -> int:
    thread_id: int = visit.params["thread"]
    found = await queries.thread_for(session, thread_id, person_id=visit.me.id, event_id=visit.here.event_id)
    if found is None:
        raise Missing
    return thread_id


def _thread(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/threads/{visit.params['thread']}"


routes = [
    get("/posts/{post:int}/more", show_post, who=signed_in),
    post("/posts/{post:int}/text", change_post, who=signed_in, shows=show_post),
    post("/posts/{post:int}/deletion", delete_post, who=signed_in, shows=show_post),
    post("/posts/{post:int}/return", restore_post, who=signed_in, shows=show_post),
    post("/events/{event}/threads/{thread:int}/follow", follow, who=member),
    get("/events/{event}/threads/{thread:int}/context", show_context, who=member),
    post("/events/{event}/threads/{thread:int}/context", change_context, who=member, shows=show_context),
    post("/events/{event}/threads/{thread:int}/state", look_after, who=moderator),
    get("/events/{event}/threads/{thread:int}/closing", show_closing, who=moderator),
    post("/events/{event}/threads/{thread:int}/closing", close_on, who=moderator, shows=show_closing),
    post("/events/{event}/threads/{thread:int}/closing/return", take_closing_back, who=moderator),
    get("/events/{event}/threads/{thread:int}/move", show_moving, who=moderator),
    post("/events/{event}/threads/{thread:int}/move", move, who=moderator, shows=show_moving),
]
