"""Lanes over the windows: who is placed where, who is still free, how far every region is."""

from starlette.responses import Response

from app.core.db import reading
from app.core.pages import Visit, get
from app.events.doors import planner
from app.timetable import views_lanes, week
from app.timetable.acting import number
from app.timetable.lanes import Of
from app.timetable.views_lanes import Choices
from app.timetable.views_reasons import Looking


async def lanes(visit: Visit) -> Response:
    looking = Looking(here=visit.here, lang=visit.lang, zone=visit.zone, now=visit.now, me=visit.me.id)
    async with reading() as session:
        page = await views_lanes.lanes_page(session, looking, _asked(visit))
    words = [week.week_in_words(days, visit.lang) for days in page.weeks]
    return visit.page("timetable/lanes.html", page=page, week_words=words)


def _asked(visit: Visit) -> Choices:
    of = visit.query.get("of", "")
    return Choices(
        of=Of(of) if of in set(Of) else Of.CASES,
        week=number(visit, "week"),
        region=visit.query.get("region", "")[:60],
        free=visit.query.get("free") == "yes",
        page=max(1, number(visit, "page") or 1),
    )


routes = [get("/events/{event}/timetable/lanes", lanes, who=planner)]
