"""What a group does together besides speaking and writing cards: order them, fall silent, park thoughts."""

from starlette.responses import Response

from app.consultation import forms
from app.consultation.actions import grouping, moves, parking
from app.core.db import transaction
from app.core.pages import Visit


async def group(visit: Visit) -> Response:
    form = await visit.form(forms.Grouping)
    async with transaction() as session:
        await grouping.put_into_group(
            session, _room(visit), by=visit.me.id, cards=form.cards, group=form.group, heading=form.heading,
            key=form.key, now=visit.now,
        )  # fmt: skip
    return _back(visit)


async def write_first(visit: Visit) -> Response:
    form = await visit.form(forms.WriteFirst)
    async with transaction() as session:
        await moves.write_first(
            session, _room(visit), by=visit.me.id, minutes=form.minutes, leaving=form.leaving, now=visit.now
        )
    return _back(visit)


async def park(visit: Visit) -> Response:
    form = await visit.form(forms.Parked)
    async with transaction() as session:
        await parking.park(session, _room(visit), by=visit.me.id, text=form.text, key=form.key, now=visit.now)
    return _back(visit)


async def tick_off(visit: Visit) -> Response:
    form = await visit.form(forms.Ticked)
    async with transaction() as session:
        await parking.tick_off(
            session, _room(visit), by=visit.me.id, contribution_id=form.what, done=form.done, now=visit.now
        )
    return _back(visit)


def _room(visit: Visit) -> int:
    room: int = visit.params["id"]
    return room


def _back(visit: Visit) -> Response:
    return visit.go(f"/rooms/{_room(visit)}")


acts_together = [
    ("groups", group),
    ("silence", write_first),
    ("parked", park),
    ("ticked", tick_off),
]
