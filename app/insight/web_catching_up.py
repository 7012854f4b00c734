"""Ten minutes for who was away."""

from starlette.responses import Response

from app.core.db import reading
from app.core.gather import Asking
from app.core.pages import Visit, get
from app.events.doors import member
from app.events.queries_members import last_visit
from app.events.rules import said
from app.insight import catching_up, rules_catching_up
from app.insight.rules_catching_up import MOST_DAYS


async def show(visit: Visit) -> Response:
    asking = Asking(visit.me.id, visit.here.event_id, visit.here.slug, zone=visit.zone, lang=visit.lang, now=visit.now)
    asked = visit.query.get("days", "")
    days = min(int(asked), MOST_DAYS) if asked.isdecimal() and len(asked) < 4 else 0
    async with reading() as session:
        last = await last_visit(session, visit.here.event_id, visit.me.id)
        since = rules_catching_up.since(days, last, now=visit.now)
        found = await catching_up.missed(session, asking, staff=visit.here.is_staff, since=since)
        tasks = await catching_up.open_tasks(session, asking, staff=visit.here.is_staff)
    items, left_out = rules_catching_up.chosen(found)
    return visit.page(
        "insight/catching_up.html", items=items, left_out=left_out, minutes=rules_catching_up.minutes_of(items),
        tasks=tasks, task_minutes=sum(task.minutes for task in tasks), since=since, days=days,
        text_of=lambda row, field: said(row, field, visit.lang),
    )  # fmt: skip


routes = [get("/events/{event}/catch-up", show, who=member)]
