"""From a live room into writing, on a page of its own: over days, or until those who are asleep now have advised."""

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from app.consultation import forms, queries
from app.consultation.actions import correspondence
from app.consultation.engine.method import said
from app.consultation.engine.steps import may_collect
from app.consultation.queries_seats import Somebody
from app.core import times
from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import N_

DAY = range(7, 22)  # the hours in which people are awake


async def pace_page(visit: Visit) -> Response:
    """For whoever leads: who is not here and how late it is there, until when to ask, when to meet again."""
    async with reading() as session:
        here = await queries.sitting(session, visit.params["id"])
    me, room = here.seat(visit.me.id), here.room
    if (
        me is None
        or not me.agreed
        or me.removed
        or here.row.practice
        or not room.running
        or not room.is_led_by(me.seat_id)
    ):
        raise Missing
    if room.written:
        return visit.go(f"/rooms/{here.id}")
    tomorrow = times.local(visit.now + timedelta(days=1), visit.zone)
    following = None if room.last_step else room.phase_of(room.state.plan[room.state.step + 1])
    page = visit.page(
        "consultation/pace.html", here=here.row, step=room.state.step, next=following and said(following.title, visit.lang),
        collects=may_collect(room), day=tomorrow.date(), at=f"{tomorrow:%H}:00",
        people=[
            _there(here, who, visit) for who in here.people.values()
            if who.seat_id != me.seat_id and not who.removed and not who.simulated
        ],
    )  # fmt: skip
    page.headers["cache-control"] = "no-store"
    return page


def _there(here: queries.Sitting, who: Somebody, visit: Visit) -> dict[str, Any]:
    return {
        "seat": who.seat_id, "name": who.name, "away": who.seat_id in here.room.state.away or not who.agreed,
        "clock": times.in_words(visit.now, who.zone, visit.lang) if who.zone else "",
        "asleep": bool(who.zone) and times.local(visit.now, who.zone).hour not in DAY,
    }  # fmt: skip


async def collect(visit: Visit) -> Response:
    form = await visit.form(forms.Collecting)
    room = visit.params["id"]
    async with transaction() as session:
        await correspondence.collect(
            session,
            room,
            by=visit.me.id,
            leaving=form.leaving,
            asked=form.asked,
            day=form.day,
            at=form.at,
            now=visit.now,
        )
    return visit.go(f"/rooms/{room}", said=N_("Those who are away are asked. You meet again when the time is up."))


routes: list[Any] = [
    get("/rooms/{id:int}/pace", pace_page, who=signed_in),
    post("/rooms/{id:int}/collection", collect, who=signed_in, shows=pace_page),
]
