"""My cards in a room, each with the practice it links: a page of its own, so that the room itself stays light."""

from typing import Any

from starlette.responses import Response

from app.consultation import forms, queries
from app.consultation.actions import linking
from app.consultation.desk import linkable
from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.forum.queries.practices import practices_for


async def links_page(visit: Visit) -> Response:
    async with reading() as session:
        here = await queries.sitting(session, visit.params["id"])
        me = here.seat(visit.me.id)
        if me is None or not me.agreed or me.removed or not here.room.running:
            raise Missing
        cards = linkable(here, await queries.own_contributions(session, me.seat_id))
        known = await practices_for(session, here.row.event_id, person_id=visit.me.id)
    page = visit.page("consultation/links.html", here=here.row, cards=cards, practices=known)
    page.headers["cache-control"] = "no-store"
    return page


async def link(visit: Visit) -> Response:
    form = await visit.form(forms.Linked)
    room = visit.params["id"]
    async with transaction() as session:
        await linking.link_practice(
            session, room, by=visit.me.id, contribution_id=visit.params["card"], practice=form.practice, now=visit.now
        )
    return visit.go(f"/rooms/{room}/practices", said=N_("It is kept."))


routes: list[Any] = [
    get("/rooms/{id:int}/practices", links_page, who=signed_in),
    post("/rooms/{id:int}/contributions/{card:int}/practice", link, who=signed_in, shows=links_page),
]
