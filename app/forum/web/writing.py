"""Writing: a reply, a new thread, a new space; what is already there is changed, too."""

from pydantic import Field, field_validator
from starlette.responses import JSONResponse, Response

from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import member, moderator
from app.forum import fragments, rules
from app.forum.actions import posts, threads
from app.forum.models import Post
from app.forum.queries import lookups
from app.forum.queries import posts as posts_read
from app.forum.queries import reading as queries
from app.forum.rules import SpaceKind, ThreadKind
from app.forum.web.files import sent_with_reply
from app.forum.web.shared import POSTS, THREADS, WRITING, check_open, check_pace
from app.forum.web.thread import show_thread


class Written(Form):
    """Whatever somebody writes says in which language."""

    key: str = Field(min_length=8, max_length=64)
    lang: str = "en"

    @field_validator("lang")
    @classmethod
    def _known(cls, lang: str) -> str:
        if lang not in WRITING:
            raise ValueError(N_("Please choose one of the list."))
        return lang


class Reply(Written):
    text: str = Field(min_length=1, max_length=20_000)
    quote_of: int | None = None
    quote: str = Field(default="", max_length=1000)
    card: int | None = None


class NewThread(Written):
    kind: ThreadKind
    title: str = Field(min_length=1, max_length=200)
    context: str = Field(min_length=1, max_length=20_000)


class NewSpace(Form):
    key: str = Field(min_length=8, max_length=64)
    title: str = Field(min_length=1, max_length=200)
    purpose: str = Field(default="", max_length=600)
    kind: SpaceKind = SpaceKind.THEME


async def reply(visit: Visit) -> Response:
    sent = await visit.form(Reply)
    await check_pace(visit, "posts", POSTS)
    files = await sent_with_reply(visit)
    async with transaction() as session:
        thread_id = await check_open(visit, session)
        written = await posts.reply(
            session,
            thread_id=thread_id,
            author_id=visit.me.id,
            now=visit.now,
            files=files,
            **sent.model_dump(exclude={"card"}),
        )
        shown = await posts_read.post_shown(session, written.id or 0, thread_id=written.thread_id)
    html = fragments.post_html(shown, lang=visit.lang, zone=visit.zone) if shown is not None else ""
    return visit.go(_place(visit, written, card=sent.card), said=N_("Your post is here."), html=html)


async def complete_name(visit: Visit) -> Response:
    """Whom one may mean who types these letters after an @: people who may read the thread."""
    async with reading() as session:
        opened = await queries.thread_for(
            session, visit.params["thread"], person_id=visit.me.id, event_id=visit.here.event_id
        )
        if opened is None or not opened.standing.writes:
            raise Missing
        people = await lookups.people_in(session, opened.thread.audience_id)
    people.pop(visit.me.id, None)
    found = rules.names_beginning(visit.query.get("begins", "")[: rules.LONGEST_BEGINNING], people)
    return JSONResponse([{"name": name, "where": where} for name, where in found])


async def show_new_thread(visit: Visit) -> Response:
    async with reading() as session:
        found = await queries.space_for(
            session, visit.params["space"], event_id=visit.here.event_id, person_id=visit.me.id
        )
    if found is None:
        raise Missing
    space, standing = found
    kinds = [kind for kind in ThreadKind if standing.moderates or kind not in rules.FOR_MODERATORS]
    asked = visit.query.get("kind", "")
    kind = asked if asked in kinds else rules.usual_kind(space.key)
    return visit.page("forum/new_thread.html", space=space, kinds=kinds, kind=kind, writing=WRITING)


async def start_thread(visit: Visit) -> Response:
    sent = await visit.form(NewThread)
    await check_pace(visit, "threads", THREADS)
    async with transaction() as session:
        space = await queries.space_for(
            session, visit.params["space"], event_id=visit.here.event_id, person_id=visit.me.id
        )
        if space is None:
            raise Missing
        thread = await threads.start_thread(
            session, space_id=visit.params["space"], author_id=visit.me.id, now=visit.now, **sent.model_dump()
        )
    return visit.go(f"/events/{visit.here.slug}/threads/{thread.id}", said=N_("Your thread is open."))


async def show_new_space(visit: Visit) -> Response:
    return visit.page("forum/new_space.html", kinds=[SpaceKind.THEME, SpaceKind.EVENT])


async def open_space(visit: Visit) -> Response:
    sent = await visit.form(NewSpace)
    async with transaction() as session:
        space = await threads.open_space(
            session,
            event_id=visit.here.event_id,
            audience_id=visit.here.audience_id,
            now=visit.now,
            **sent.model_dump(),
        )
    return visit.go(f"/events/{visit.here.slug}/forum/{space.id}", said=N_("The space is open."))


def _place(visit: Visit, written: Post, *, card: int | None = None) -> str:
    if card is not None and card == written.quote_of:
        return f"/events/{visit.here.slug}/threads/{written.thread_id}/cards/{card}#post-{written.id}"
    page = rules.page_of(written.position)
    return f"/events/{visit.here.slug}/threads/{written.thread_id}?page={page}#post-{written.id}"


routes = [
    post("/events/{event}/threads/{thread:int}/posts", reply, who=member, shows=show_thread),
    get("/events/{event}/threads/{thread:int}/names", complete_name, who=member),
    get("/events/{event}/forum/{space:int}/new", show_new_thread, who=member),
    post("/events/{event}/forum/{space:int}/threads", start_thread, who=member, shows=show_new_thread),
    get("/events/{event}/forum/new", show_new_space, who=moderator),
    post("/events/{event}/forum", open_space, who=moderator, shows=show_new_space),
]
