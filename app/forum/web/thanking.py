"""Thanks for a post: who gave them, and a way to give one's own."""

from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.forum.actions import thanks
from app.forum.queries import reading as queries
from app.forum.queries import thanks as given
from app.forum.rules import LONGEST_REASON


class Thanking(Form):
    reason: str = Field(default="", max_length=LONGEST_REASON)


async def show_thanks(visit: Visit) -> Response:
    page = visit.page_number()
    async with reading() as session:
        opened = await queries.post_for(session, visit.params["post"], person_id=visit.me.id)
        if opened is None:
            raise Missing
        found, more = await given.thanks_of(session, opened.post.id, page=page)
        mine = await given.thanks_by(session, opened.post.id, visit.me.id)
    return visit.page(
        "forum/thanks.html", opened=opened, found=found, more=more, page=page, mine=mine, longest=LONGEST_REASON
    )


async def thank(visit: Visit) -> Response:
    sent = await visit.form(Thanking)
    async with transaction() as session:
        post_id = await _readable(visit, session)
        await thanks.thank(session, post_id, person_id=visit.me.id, reason=" ".join(sent.reason.split()), now=visit.now)
    return visit.go(f"/posts/{post_id}", said=N_("Your thanks stand at the post."))


async def take_back(visit: Visit) -> Response:
    async with transaction() as session:
        post_id = await _readable(visit, session)
        await thanks.take_thanks_back(session, post_id, person_id=visit.me.id)
    return visit.go(f"/posts/{post_id}", said=N_("Taken back. Nobody is told."))


async def _readable(visit: Visit, session: AsyncSession) -> int:
    opened = await queries.post_for(session, visit.params["post"], person_id=visit.me.id)
    if opened is None:
        raise Missing
    return opened.post.id


routes = [
    get("/posts/{post:int}/thanks", show_thanks, who=signed_in),
    post("/posts/{post:int}/thanks", thank, who=signed_in, shows=show_thanks),
    post("/posts/{post:int}/thanks/return", take_back, who=signed_in, shows=show_thanks),
]
