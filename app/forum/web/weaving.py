"""The weaving summary: written beside the posts it brings together, looked at before it is published."""

from sqlmodel import Field
from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import moderator
from app.forum.actions import posts
from app.forum.queries import reading as queries
from app.forum.rules import PostKind, page_of
from app.forum.web.shared import POSTS, WRITING, check_open, check_pace
from app.forum.web.writing import Written


class Weaving(Written):
    title: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=20_000)


async def show(visit: Visit) -> Response:
    return await _page(visit)


async def preview(visit: Visit) -> Response:
    """What was typed as it will look; with other posts beside it where their page was asked for. Nothing is kept."""
    visit.typed = {name: words for name, words in (await visit.sent()).items() if isinstance(words, str)}
    return await _page(visit, looked_at="page" not in visit.query)


async def publish(visit: Visit) -> Response:
    sent = await visit.form(Weaving)
    await check_pace(visit, "posts", POSTS)
    async with transaction() as session:
        thread_id = await check_open(visit, session)
        written = await posts.reply(
            session, thread_id=thread_id, author_id=visit.me.id, kind=PostKind.WEAVING, now=visit.now,
            **sent.model_dump(),
        )  # fmt: skip
    where = f"/events/{visit.here.slug}/threads/{written.thread_id}?page={page_of(written.position)}#post-{written.id}"
    return visit.go(where, said=N_("Your summary is here."))


async def _page(visit: Visit, *, looked_at: bool = False) -> Response:
    async with reading() as session:
        found = await queries.thread_page(
            session, visit.params["thread"], event_id=visit.here.event_id, person_id=visit.me.id,
            page=visit.page_number(),
        )  # fmt: skip
    if found is None:
        raise Missing
    return visit.page("forum/weaving.html", found=found, opened=found.opened, writing=WRITING, looked_at=looked_at)


_HERE = "/events/{event}/threads/{thread:int}/weaving"
routes = [
    get(_HERE, show, who=moderator),
    post(_HERE, publish, who=moderator, shows=show),
    post(f"{_HERE}/preview", preview, who=moderator, shows=show),
]
