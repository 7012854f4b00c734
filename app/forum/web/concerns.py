"""What people lay before the moderators: reports, objections, calls for help; how moderators settle them."""

from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.core import limits
from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import member, moderator
from app.forum.actions import concerns
from app.forum.queries import concerns as queries
from app.forum.queries import lookups
from app.forum.queries import reading as posts_read
from app.forum.queries.concerns import ConcernShown
from app.forum.queries.shown import PostOpen
from app.forum.rules_concerns import Outcome
from app.forum.web.looking_after import show_post

CONCERNS = "20/hour"  # a person


class Reason(Form):
    key: str = Field(min_length=8, max_length=64)
    reason: str = Field(min_length=1, max_length=1000)


class Hiding(Form):
    reason: str = Field(min_length=1, max_length=600)


class Help(Form):
    key: str = Field(min_length=8, max_length=64)
    text: str = Field(min_length=1, max_length=1000)


class Settled(Form):
    outcome: Outcome
    answer: str = Field(default="", max_length=600)


async def show_report(visit: Visit) -> Response:
    async with reading() as session:
        opened = await _open(visit, session)
    return visit.page("forum/report.html", opened=opened)


async def report(visit: Visit) -> Response:
    sent = await visit.form(Reason)
    await limits.check("concern", str(visit.me.id), CONCERNS)
    async with transaction() as session:
        opened = await _open(visit, session)
        laid = await concerns.report(
            session, opened.post.id, person_id=visit.me.id, key=sent.key, reason=sent.reason, lang=visit.lang, now=visit.now
        )  # fmt: skip
    return visit.go(f"/concerns/{laid.id}", said=N_("The moderators have it. You hear how it ends."))


async def object_to_hiding(visit: Visit) -> Response:
    sent = await visit.form(Reason)
    await limits.check("concern", str(visit.me.id), CONCERNS)
    async with transaction() as session:
        opened = await _open(visit, session)
        laid = await concerns.object_to_hiding(
            session, opened.post.id, person_id=visit.me.id, key=sent.key, reason=sent.reason, lang=visit.lang, now=visit.now
        )  # fmt: skip
    return visit.go(f"/concerns/{laid.id}", said=N_("The moderators have it. You hear how it ends."))


async def hide_post(visit: Visit) -> Response:
    sent = await visit.form(Hiding)
    async with transaction() as session:
        opened = await _open(visit, session)
        await concerns.hide_post(session, opened.post.id, moderator_id=visit.me.id, reason=sent.reason, now=visit.now)
    return visit.go(f"/posts/{opened.post.id}/more", said=N_("Hidden. Its author has been told why."))


async def show_post_again(visit: Visit) -> Response:
    async with transaction() as session:
        opened = await _open(visit, session)
        await concerns.show_post_again(session, opened.post.id, moderator_id=visit.me.id, now=visit.now)
    return visit.go(f"/posts/{opened.post.id}", said=N_("It is back where it was."))


async def show_help(visit: Visit) -> Response:
    return visit.page("forum/ask_for_help.html")


async def ask_for_help(visit: Visit) -> Response:
    sent = await visit.form(Help)
    await limits.check("concern", str(visit.me.id), CONCERNS)
    async with transaction() as session:
        laid = await concerns.ask_for_help(
            session, event_id=visit.here.event_id, person_id=visit.me.id, lang=visit.lang, now=visit.now,
            **sent.model_dump(),
        )  # fmt: skip
    return visit.go(f"/concerns/{laid.id}", said=N_("The moderators have it. You hear their answer."))


async def show_concern(visit: Visit) -> Response:
    """For whoever raised it, to see how it stands; for moderators, to settle it."""
    async with reading() as session:
        concern, moderates = await _concern(visit, session)
    async with transaction() as session:
        await concerns.seen_concern(session, person_id=visit.me.id, concern_id=concern.id, now=visit.now)
    return visit.page("forum/concern.html", concern=concern, moderates=moderates)


async def settle(visit: Visit) -> Response:
    sent = await visit.form(Settled)
    async with transaction() as session:
        concern, _ = await _concern(visit, session)
        await concerns.settle(
            session, concern.id, event_id=concern.event_id, moderator_id=visit.me.id, outcome=sent.outcome,
            answer=sent.answer, now=visit.now,
        )  # fmt: skip
    return visit.go(f"/events/{concern.event_slug}/concerns", said=N_("Settled. Whoever asked has been told."))


async def show_concerns(visit: Visit) -> Response:
    page, settled = visit.page_number(), visit.query.get("settled") == "yes"
    async with reading() as session:
        found, more = await queries.queue(
            session, event_id=visit.here.event_id, person_id=visit.me.id, page=page, settled=settled
        )
    return visit.page("forum/concerns.html", found=found, more=more, page=page, settled=settled)


async def _open(visit: Visit, session: AsyncSession) -> PostOpen:
    opened: PostOpen | None = await posts_read.post_for(session, visit.params["post"], person_id=visit.me.id)
    if opened is None:
        raise Missing
    return opened


async def _concern(visit: Visit, session: AsyncSession) -> tuple[ConcernShown, bool]:
    """The concern, and does this visitor moderate its event? Nobody else sees it besides whoever raised it."""
    found = await queries.concern(session, visit.params["concern"], person_id=visit.me.id)
    if found is None:
        raise Missing
    moderates = await lookups.moderates(session, visit.me.id, found.event_id)
    if not moderates and found.person_id != visit.me.id:
        raise Missing
    return found, moderates


routes = [
    get("/posts/{post:int}/report", show_report, who=signed_in),
    post("/posts/{post:int}/report", report, who=signed_in, shows=show_report),
    post("/posts/{post:int}/objection", object_to_hiding, who=signed_in, shows=show_post),
    post("/posts/{post:int}/hiding", hide_post, who=signed_in, shows=show_post),
    post("/posts/{post:int}/showing", show_post_again, who=signed_in, shows=show_post),
    get("/concerns/{concern:int}", show_concern, who=signed_in),
    post("/concerns/{concern:int}", settle, who=signed_in, shows=show_concern),
    get("/events/{event}/concerns", show_concerns, who=moderator),
    get("/events/{event}/ask-for-help", show_help, who=member),
    post("/events/{event}/ask-for-help", ask_for_help, who=member, shows=show_help),
]
