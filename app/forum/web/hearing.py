"""How one hears about a space."""

from starlette.responses import Response

from app.core.db import transaction
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, post
from app.core.words import N_
from app.events.doors import member
from app.forum.actions.reading import choose_space_level
from app.forum.queries import reading as queries
from app.notices.rules import Level


class Hearing(Form):
    """Without a level: as about the event."""

    level: Level | None = None


async def choose(visit: Visit) -> Response:
    sent = await visit.form(Hearing)
    async with transaction() as session:
        space_id = visit.params["space"]
        if await queries.space_for(session, space_id, event_id=visit.here.event_id, person_id=visit.me.id) is None:
            raise Missing
        await choose_space_level(session, person_id=visit.me.id, space_id=space_id, level=sent.level)
    said = sent.level.of_space if sent.level else N_("You hear about this space as about the event.")
    return visit.go(f"/events/{visit.here.slug}/forum/{space_id}", said=said)


routes = [post("/events/{event}/forum/{space:int}/hearing", choose, who=member)]
