"""Somebody's own feed: their threads and their events' news, at a private address they can end."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from app.core import atom, signs
from app.core.db import reading, transaction
from app.core.doors import anyone, signed_in
from app.core.errors import Missing
from app.core.forms import Form
from app.core.gather import Asking, gathered
from app.core.i18n import say
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.notices import actions_feed as actions
from app.notices import queries_feed as queries
from app.notices.models import Feed

PURPOSE = "feed"
SHOWN = 50


class NewAddress(Form):
    """`edition`: of the address on the page that was sent, 0 if there was none."""

    edition: Annotated[int, Field(ge=0, le=1_000_000)] = 0


def path_of(feed: Feed) -> str:
    """Whoever has it may read, nobody can guess it."""
    return f"/feeds/{signs.sign([feed.person_id, feed.edition], purpose=PURPOSE)}.atom"


async def show_feed(visit: Visit) -> Response:
    """What its person may read at this moment; they need not be signed in. No proxy keeps it."""
    value = signs.unsign(visit.params["word"], purpose=PURPOSE)
    if not isinstance(value, list) or len(value) != 2:
        raise Missing
    async with reading() as session:
        person = await queries.reader(session, value[0], edition=value[1])
        if person is None:
            raise Missing
        asking = Asking(value[0], event_id=0, event_slug="", zone=person.zone, lang=person.lang, now=visit.now)
        parts = await gathered(session, "feed", asking)
    house = visit.house.url
    newest = sorted(
        (entry for part in parts for entry in part.values["entries"]), key=lambda each: each.at, reverse=True
    )
    entries = [_absolute(entry, house) for entry in newest[:SHOWN]]
    answer = atom.feed(
        say(person.lang, N_("My threads and news")) + f" · {visit.house.programme['name']}", url=f"{house}/notices",
        own=house + visit.path, author=visit.house.programme["name"], lang=person.lang, entries=entries, since=visit.now,
    )  # fmt: skip
    answer.headers["cache-control"] = "private, no-store"
    answer.headers["x-robots-tag"] = "noindex"
    return answer


def _absolute(entry: atom.Entry, house: str) -> atom.Entry:
    return replace(entry, url=house + entry.url, html=entry.html.replace('href="/', f'href="{house}/'))


async def make(visit: Visit) -> Response:
    sent = await visit.form(NewAddress)
    async with transaction() as session:
        await actions.open_feed(session, visit.me.id, edition=sent.edition, now=visit.now)
    return visit.go("/notices#feed", said=N_("This is your private address."))


async def end(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.end_feed(session, visit.me.id, now=visit.now)
    return visit.go("/notices#feed", said=N_("Your private address has ended."))


routes = [
    get("/feeds/{word}.atom", show_feed, who=anyone),
    post("/notices/feed", make, who=signed_in),
    post("/notices/feed/end", end, who=signed_in),
]
