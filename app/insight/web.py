"""The participation panel: figures of the event as a whole, for those who moderate it."""

from datetime import time

from starlette.responses import Response

from app.core import times
from app.core.db import reading
from app.core.pages import Visit, get
from app.events import queries as events
from app.events.days import working_days
from app.events.doors import moderator
from app.insight import queries, rules, web_catching_up, web_pulse


async def show_panel(visit: Visit) -> Response:
    async with reading() as session:
        event = await events.event(session, visit.here.event_id)
        people = await queries.taking(session, visit.here.event_id)
        counts = await queries.counts(
            session, visit.here.event_id, people={each.person_id for each in people}, now=visit.now
        )
    today = times.local(visit.now, event.zone).date()
    gone = [day for day in working_days(event.starts_on, event.ends_on, off=event.days_off) if day <= today]
    began = times.wall(gone[-1] if gone else event.starts_on, time(), event.zone)
    return visit.page(
        "insight/panel.html", figures=rules.figures(people, counts, day_began=began), people=len(people),
        day=gone[-1] if gone else None,
    )  # fmt: skip


routes = [
    get("/events/{event}/cockpit/panel", show_panel, who=moderator),
    *web_pulse.routes,
    *web_catching_up.routes,
]
