"""Reading: the spaces, a space, a thread, where a post stands, how far somebody has read."""

from starlette.responses import HTMLResponse, Response

from app.core import doors
from app.core.db import reading, transaction
from app.core.doors import SignInFirst, signed_in
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.events.doors import member, reader
from app.events.rules import MODERATORS
from app.forum import fragments, rules
from app.forum.actions.reading import mark_read
from app.forum.actions.thanks import seen_thanks
from app.forum.queries import posts as posts_read
from app.forum.queries import reading as queries
from app.forum.queries.hearing import level_of_space
from app.forum.queries.lookups import is_public
from app.forum.web.shared import closed_to, number, person_id
from app.forum.web.thread import show_thread


async def show_spaces(visit: Visit) -> Response:
    async with reading() as session:
        spaces = await queries.spaces(session, event_id=visit.here.event_id, person_id=person_id(visit))
    if not spaces and visit.person is None:
        raise SignInFirst
    return visit.page("forum/spaces.html", spaces=spaces, moderates=visit.here.is_one_of(MODERATORS))


async def show_space(visit: Visit) -> Response:
    page = visit.page_number()
    async with reading() as session:
        found = await queries.space_for(
            session, visit.params["space"], event_id=visit.here.event_id, person_id=person_id(visit)
        )
        if found is None:
            raise closed_to(visit)
        threads, more = await queries.threads_of_space(
            session, visit.params["space"], person_id=person_id(visit), page=page
        )
        level = await level_of_space(session, visit.params["space"], person_id(visit) or 0)
        public = await is_public(session, found[0].audience_id)
    space, standing = found
    return visit.page(
        "forum/space.html",
        space=space,
        standing=standing,
        threads=threads,
        page=page,
        more=more,
        level=level,
        public=public,
    )


async def show_changed_posts(visit: Visit) -> Response:
    """The posts that are newer than `after`, as they travel on the live line, too."""
    async with reading() as session:
        thread_id = visit.params["thread"]
        if await queries.version_for(session, thread_id, person_id=person_id(visit)) is None:
            raise closed_to(visit)
        html = await fragments.posts_after(
            session, thread_id, after=number(visit, "after"), lang=visit.lang, zone=visit.zone
        )
    return HTMLResponse(html)


class Mark(Form):
    position: int


async def mark(visit: Visit) -> Response:
    """Sent by the page now and then while new posts come in; without scripts opening a page is the mark."""
    sent = await visit.form(Mark)
    async with transaction() as session:
        thread_id = visit.params["thread"]
        if await queries.version_for(session, thread_id, person_id=visit.me.id) is None:
            raise Missing
        await mark_read(session, person_id=visit.me.id, thread_id=thread_id, position=sent.position, now=visit.now)
    return visit.go(f"/threads/{thread_id}")


async def go_to_post(visit: Visit) -> Response:
    """The permalink: the page of the thread on which the post stands, at the post."""
    async with reading() as session:
        place = await posts_read.where_is_post(session, visit.params["post"], person_id=person_id(visit))
    if place is None:
        raise closed_to(visit)
    if visit.person is not None and place.author_id == visit.me.id:
        async with transaction() as session:
            await seen_thanks(session, person_id=visit.me.id, post_id=visit.params["post"], now=visit.now)
    page = rules.page_of(place.position)
    return visit.go(f"/events/{place.event_slug}/threads/{place.thread_id}?page={page}#post-{visit.params['post']}")


async def go_to_thread(visit: Visit) -> Response:
    async with reading() as session:
        place = await queries.where_is_thread(session, visit.params["thread"], person_id=person_id(visit))
    if place is None:
        raise closed_to(visit)
    wall = "/wall" if place.wall else ""
    return visit.go(f"/events/{place.event_slug}/threads/{place.thread_id}{wall}")


async def go_to_unread(visit: Visit) -> Response:
    """To the first post of the thread this person has not read; to the beginning when they have read everything."""
    async with reading() as session:
        thread_id = visit.params["thread"]
        opened = await queries.thread_for(session, thread_id, person_id=visit.me.id)
        place = await queries.where_is_thread(session, thread_id, person_id=visit.me.id)
    if opened is None or place is None:
        raise Missing
    first = rules.first_unread(opened.read_up_to, opened.thread.last_position)
    there = f"?page={rules.page_of(first)}#unread" if first is not None else ""
    return visit.go(f"/events/{place.event_slug}/threads/{thread_id}{there}")


routes = [
    get("/events/{event}/forum", show_spaces, who=reader),
    get("/events/{event}/forum/{space:int}", show_space, who=reader),
    get("/events/{event}/threads/{thread:int}", show_thread, who=reader),
    get("/events/{event}/threads/{thread:int}/posts", show_changed_posts, who=reader),
    post("/events/{event}/threads/{thread:int}/mark", mark, who=member),
    get("/posts/{post:int}", go_to_post, who=doors.reader),
    get("/threads/{thread:int}", go_to_thread, who=doors.reader),
    get("/threads/{thread:int}/unread", go_to_unread, who=signed_in),
]
