"""Offers of help on a page of their own: peers write theirs, whoever brought the case reads and answers them."""

from typing import Any

from starlette.responses import Response

from app.consultation import forms, queries
from app.consultation.actions import offering
from app.consultation.engine.offers import is_open_for_offers, offers_help
from app.consultation.queries import MAY_LEAVE
from app.consultation.queries_offers import offers
from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import N_


async def offers_page(visit: Visit) -> Response:
    async with reading() as session:
        here = await queries.sitting(session, visit.params["id"])
        me = here.seat(visit.me.id)
        if me is None or not me.agreed or me.removed or here.row.practice:
            raise Missing
        rows = await offers(session, here.id)
    receives = me.seat_id in here.room.bringers()
    shown = [_shown(here, row) for row in rows if receives or row.seat_id == me.seat_id]
    if not receives and any(each["accepted"] for each in shown):
        async with transaction() as session:
            await offering.look(session, here.id, by=visit.me.id, now=visit.now)
    page = visit.page(
        "consultation/offers.html", here=here.row, receives=receives, offers=shown,
        mine=shown[0] if shown and not receives else None, helps=offers_help(here.room, me.seat_id),
        open=here.row.emptied_at is None and is_open_for_offers(here.room, now=visit.now),
    )  # fmt: skip
    page.headers["cache-control"] = "no-store"
    return page


def _shown(here: queries.Sitting, row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "name": here.people[row.seat_id].name, "text": row.text, "may": row.kind == MAY_LEAVE,
        "accepted": row.valued, "thanks": row.answer, "released": row.released,
    }  # fmt: skip


async def offer(visit: Visit) -> Response:
    form = await visit.form(forms.Offer)
    room = visit.params["id"]
    async with transaction() as session:
        await offering.offer_help(session, room, by=visit.me.id, text=form.text, leaves=form.leaves, now=visit.now)
    return visit.go(_page(visit), said=N_("Thank you. Whoever brought the case reads it here."))


async def receive(visit: Visit) -> Response:
    form = await visit.form(forms.Received)
    async with transaction() as session:
        await offering.receive_offer(
            session, visit.params["id"], by=visit.me.id, contribution_id=visit.params["card"], thanks=form.thanks,
            release=form.release, now=visit.now,
        )  # fmt: skip
    return visit.go(_page(visit), said=N_("Your answer is kept, and they hear that you thank them."))


async def thank(visit: Visit) -> Response:
    form = await visit.form(forms.Thanked)
    async with transaction() as session:
        await offering.thank_everybody(session, visit.params["id"], by=visit.me.id, thanks=form.thanks, now=visit.now)
    return visit.go(_page(visit), said=N_("Your thanks stand on the protocol."))


def _page(visit: Visit) -> str:
    return f"/rooms/{visit.params['id']}/offers"


_HERE = "/rooms/{id:int}/offers"
routes: list[Any] = [
    get(_HERE, offers_page, who=signed_in),
    post(_HERE, offer, who=signed_in, shows=offers_page),
    post(f"{_HERE}/{{card:int}}", receive, who=signed_in, shows=offers_page),
    post("/rooms/{id:int}/thanks", thank, who=signed_in, shows=offers_page),
]
