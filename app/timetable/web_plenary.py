"""What the live parts of the programme cost whom, before the programme is published: in one sitting or in several."""

from starlette.responses import Response

from app.core.db import reading
from app.core.pages import Visit, get
from app.events import queries_programme as programme
from app.events.doors import planner
from app.events.rules import said
from app.timetable import fairness, plenary, queries

MOST_LOADED = 20  # people the table names


async def sittings(visit: Visit) -> Response:
    async with reading() as session:
        event = await queries.event_by_id(session, visit.here.event_id)
        blocks = [block for block in await programme.blocks_of(session, event) if not block.optional]
        zones = {each.id: each.zone for each in await queries.attendants(session, visit.here.event_id)}
        offers = [
            plenary.Offer(block.id or 0, (block.day, block.title), programme.begins(event, block), block.minutes)
            for block in blocks
        ]
        parts, points = plenary.seated(offers, zones)
        loaded = sorted((person for person in points if points[person]), key=lambda person: (-points[person], person))
        names = await queries.names(session, [*loaded[:MOST_LOADED], *(at for part in parts for at in part.night)])
    spread = max(points.values()) - min(points.values()) if points else 0
    return visit.page(
        "timetable/plenary.html", parts=parts, spread=spread, widest=fairness.WIDEST,
        loaded=[(names.get(person, ""), points[person]) for person in loaded[:MOST_LOADED]],
        night=[[names.get(person, "") for person in part.night[:MOST_LOADED]] for part in parts],
        titles={block.id: said(block, "title", visit.lang) for block in blocks},
        called={block.id: block.sitting for block in blocks},
    )  # fmt: skip


routes = [get("/events/{event}/timetable/plenary", sittings, who=planner)]
