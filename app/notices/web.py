"""Pages of notices: what I should hear about, how much of it comes by mail, and the way out of letters."""

from typing import Literal

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from app.core import signs
from app.core.db import reading, transaction
from app.core.doors import anyone, signed_in
from app.core.errors import Missing
from app.core.forms import Form
from app.core.gather import Asking, gathered
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.notices import actions, queries, queries_feed, web_announcing, web_feed, web_incoming, web_newsletter
from app.notices.actions import UNSUBSCRIBE
from app.notices.rules import Level


class Chosen(Form):
    event: int
    level: Level


class Notes(Form):
    event: int
    notes: Literal["yes", "no"]


async def show(visit: Visit) -> Response:
    page = visit.page_number()
    async with reading() as session:
        found, more = await queries.notices_of(session, visit.me.id, page=page)
        heard = await queries.heard(session, visit.me.id, visit.lang)
        feed = await queries_feed.feed_of(session, visit.me.id)
        version = await queries.version(session, visit.me.id)
        asking = Asking(visit.me.id, event_id=0, event_slug="", zone=visit.zone, lang=visit.lang, now=visit.now)
        parts = await gathered(session, "levels", asking)
    return visit.page(
        "notices/notices.html", found=found, more=more, page=page, heard=heard, levels=list(Level), version=version,
        feed=feed, address=visit.house.url + web_feed.path_of(feed) if feed else "",
        nearer=[Markup(visit.html(part.template, **part.values)) for part in parts],
    )  # fmt: skip


async def show_count(visit: Visit) -> Response:
    """The count in the header, for pages that are open; what stands on that page itself is being read."""
    async with reading() as session:
        count = await queries.unread_count(session, visit.me.id, but=visit.query.get("reads", "")[:40])
    return HTMLResponse(visit.html("notices/_count.html", count=count))


async def mark_read(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.mark_all_read(session, visit.me.id, now=visit.now)
    return visit.go("/notices", said=N_("All of it is marked as read."))


async def choose(visit: Visit) -> Response:
    sent = await visit.form(Chosen)
    async with transaction() as session:
        if sent.event not in {heard.event_id for heard in await queries.heard(session, visit.me.id, visit.lang)}:
            raise Missing
        await actions.choose_level(session, visit.me.id, event_id=sent.event, level=sent.level)
    return visit.go("/notices#letters", said=N_("This is how we write to you from now on."))


async def choose_notes(visit: Visit) -> Response:
    sent = await visit.form(Notes)
    async with transaction() as session:
        if sent.event not in {heard.event_id for heard in await queries.heard(session, visit.me.id, visit.lang)}:
            raise Missing
        await actions.choose_notes(session, visit.me.id, event_id=sent.event, wanted=sent.notes == "yes")
    return visit.go("/notices#letters", said=N_("This is how we write to you from now on."))


async def show_unsubscribing(visit: Visit) -> Response:
    """The link of a letter: a button and not yet the deed, because mail filters open links, too."""
    _, event_id = _signed(visit)
    async with reading() as session:
        title = await queries.event_title(session, event_id)
    return visit.page("notices/unsubscribe.html", event_title=title, done=False)


async def unsubscribe(visit: Visit) -> Response:
    """One click, in our page or by the mail program itself (RFC 8058); nobody needs to be signed in."""
    person_id, event_id = _signed(visit)
    async with transaction() as session:
        title = await queries.event_title(session, event_id)
        await actions.choose_level(session, person_id, event_id=event_id, level=Level.NOTHING)
    return visit.page("notices/unsubscribe.html", event_title=title, done=True)


def _signed(visit: Visit) -> tuple[int, int]:
    value = signs.unsign(visit.params["word"], purpose=UNSUBSCRIBE)
    if value is None:
        raise Missing(N_("This link is not complete. Copy the whole address from the letter, or sign in and choose."))
    return int(value[0]), int(value[1])


routes = [
    *web_incoming.routes,
    *web_announcing.routes,
    *web_newsletter.routes,
    *web_feed.routes,
    get("/notices", show, who=signed_in),
    get("/notices/count", show_count, who=signed_in),
    post("/notices/read", mark_read, who=signed_in),
    post("/notices/letters", choose, who=signed_in, shows=show),
    post("/notices/notes", choose_notes, who=signed_in, shows=show),
    get("/unsubscribe/{word}", show_unsubscribing, who=anyone),
    post("/unsubscribe/{word}", unsubscribe, who=anyone, signed=True),
]
