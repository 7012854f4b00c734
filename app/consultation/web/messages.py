"""A message to all rooms of an event: two forms on its page of rooms."""

from starlette.responses import Response

from app.consultation import forms
from app.consultation.actions import messages
from app.core.db import transaction
from app.core.pages import Visit
from app.core.words import N_


async def tell_rooms(visit: Visit) -> Response:
    form = await visit.form(forms.Sentence)
    async with transaction() as session:
        await messages.tell_rooms(
            session, visit.here.event_id, by=visit.me.id, text=form.text, key=form.key, now=visit.now
        )
    return visit.go(f"/events/{visit.here.slug}/rooms", said=N_("It stands in all open rooms now."))


async def take_down(visit: Visit) -> Response:
    async with transaction() as session:
        await messages.take_down(session, visit.here.event_id, now=visit.now)
    return visit.go(f"/events/{visit.here.slug}/rooms", said=N_("The message is taken down."))
