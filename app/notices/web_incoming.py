"""Pages of mail that could not be posted by itself: moderators post it for the person who wrote it, or let it go."""

from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import moderator
from app.notices import actions_incoming as actions
from app.notices import queries_incoming as queries
from app.notices.mailin.judge import Unclear


async def show_mails(visit: Visit) -> Response:
    page = visit.page_number()
    async with reading() as session:
        found, more = await queries.waiting(session, visit.here.event_id, person_id=visit.me.id, page=page)
    reasons = {reason.value: reason.words for reason in Unclear}
    return visit.page("notices/mails.html", found=found, more=more, page=page, reasons=reasons)


async def post_mail(visit: Visit) -> Response:
    async with transaction() as session:
        row = await actions.post_for(
            session, visit.params["mail"], event_id=visit.here.event_id, moderator_id=visit.me.id, now=visit.now
        )
    return visit.go(row.url, said=N_("Posted in the name of the person who wrote it."))


async def discard_mail(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.discard(
            session, visit.params["mail"], event_id=visit.here.event_id, moderator_id=visit.me.id, now=visit.now
        )
    return visit.go(f"/events/{visit.here.slug}/mails", said=N_("Discarded. Its words are not kept."))


routes = [
    get("/events/{event}/mails", show_mails, who=moderator),
    post("/events/{event}/mails/{mail:int}/post", post_mail, who=moderator, shows=show_mails),
    post("/events/{event}/mails/{mail:int}/discard", discard_mail, who=moderator, shows=show_mails),
]
