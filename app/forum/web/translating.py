"""Posts in other languages: the page on which a person translates one, or corrects a translation."""

from pydantic import Field
from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Forbidden, Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.forum.actions import translating
from app.forum.queries import reading as queries
from app.forum.queries import translations
from app.forum.web.shared import POSTS, WRITING, check_pace
from app.forum.web.writing import Written


class Translated(Written):
    text: str = Field(min_length=1, max_length=20_000)
    seen: int = 0


class Taken(Form):
    key: str = Field(min_length=8, max_length=64)
    lang: str


async def show_translations(visit: Visit) -> Response:
    """The post, and beside it what it says in the language asked for: one's own, if none is."""
    lang = visit.query.get("into", "") or str(visit.typed.get("lang", "")) or visit.lang
    async with reading() as session:
        opened = await queries.post_for(session, visit.params["post"], person_id=visit.me.id)
        if opened is None or not opened.post.html:
            raise Missing
        if not opened.writes:
            raise Forbidden(N_("You can read here, but not write. If you should, ask a moderator of this event."))
        versions = await translations.versions_of(session, opened.post.id, lang=lang)
    into = lang if lang in WRITING and lang != opened.post.lang else ""
    may_take = bool(versions) and (opened.mine or opened.moderates or versions[0][0].by_id == visit.me.id)
    return visit.page(
        "forum/translate.html", opened=opened, versions=versions, into=into, may_take=may_take,
        writing=[code for code in WRITING if code != opened.post.lang],
    )  # fmt: skip


async def translate(visit: Visit) -> Response:
    sent = await visit.form(Translated)
    await check_pace(visit, "posts", POSTS)
    async with transaction() as session:
        opened = await queries.post_for(session, visit.params["post"], person_id=visit.me.id)
        if opened is None:
            raise Missing
        await translating.translate(session, opened.post.id, person_id=visit.me.id, now=visit.now, **sent.model_dump())
    return visit.go(f"/posts/{opened.post.id}", said=N_("Your translation stands beside the post."))


async def take_away(visit: Visit) -> Response:
    sent = await visit.form(Taken)
    async with transaction() as session:
        opened = await queries.post_for(session, visit.params["post"], person_id=visit.me.id)
        if opened is None:
            raise Missing
        await translating.take_translation_away(
            session, opened.post.id, person_id=visit.me.id, now=visit.now, **sent.model_dump()
        )
    return visit.go(f"/posts/{opened.post.id}", said=N_("The translation is gone."))


routes = [
    get("/posts/{post:int}/translations", show_translations, who=signed_in),
    post("/posts/{post:int}/translations", translate, who=signed_in, shows=show_translations),
    post("/posts/{post:int}/translations/deletion", take_away, who=signed_in),
]
