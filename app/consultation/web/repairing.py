"""A group that is too small, for those who schedule and for a lead in the lobby: numbers and ways, nothing of the room."""

from starlette.responses import HTMLResponse, Response

from app.consultation import queries
from app.consultation.engine.method import said
from app.consultation.few import arriving_values, few_values
from app.consultation.queries_repair import CASE, schedules, title_of
from app.core.db import reading
from app.core.doors import signed_in
from app.core.errors import Missing
from app.core.pages import Visit, get

PRIVATE = {"cache-control": "no-store"}


async def group_page(visit: Visit) -> Response:
    """For those who schedule the event's rooms; for everybody else there is no such page."""
    async with reading() as session:
        here = await queries.sitting(session, visit.params["id"])
        if not await schedules(session, here.row.event_id, visit.me.id):
            raise Missing
        few = await few_values(session, here, now=visit.now)
        moved = await title_of(session, here.row.moved_to_id)
        event = f"/events/{await queries.event_slug(session, here.row.event_id)}"
    again = f"{event}/timetable/rooms/{here.id}/again" if here.row.key.startswith(CASE) else ""
    page = visit.page(
        "consultation/group.html", room_id=here.id, title=here.row.title, spoken=here.row.lang, back=f"{event}/rooms", few=few,
        method=said(here.room.method.title, visit.lang), opens_at=here.row.opens_at, moved=moved, again=again,
    )  # fmt: skip
    page.headers.update(PRIVATE)
    return page


async def small(visit: Visit) -> Response:
    """For the lobby of whoever leads, which follows its desk."""
    async with reading() as session:
        here = await queries.sitting(session, visit.params["id"])
        seat = here.seat(visit.me.id)
        if seat is None or not seat.agreed or seat.removed or not here.room.is_led_by(seat.seat_id):
            raise Missing
        few = await few_values(session, here, now=visit.now)
        arriving = await arriving_values(session, here, now=visit.now)
    html = visit.html("consultation/_small.html", here=here.row, few=few, arriving=arriving)
    return HTMLResponse(html, headers=PRIVATE)


routes = [
    get("/rooms/{id:int}/group", group_page, who=signed_in),
    get("/rooms/{id:int}/few", small, who=signed_in),
]
