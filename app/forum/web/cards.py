"""Putting a card on a wall."""

from pydantic import field_validator
from sqlmodel import Field
from starlette.responses import Response

from app.core import places
from app.core.db import transaction
from app.core.pages import Visit, post
from app.core.words import N_
from app.events.doors import member
from app.forum.actions import cards
from app.forum.rules_cards import LONGEST_SENTENCE
from app.forum.web.files import sent_with_reply
from app.forum.web.shared import POSTS, check_open, check_pace
from app.forum.web.wall import show_card_form
from app.forum.web.writing import Written


class Card(Written):
    city: str = Field(min_length=1, max_length=120)
    country: str = Field(default="", max_length=2)
    text: str = Field(min_length=1, max_length=LONGEST_SENTENCE)

    @field_validator("country")
    @classmethod
    def _known(cls, country: str) -> str:
        if country not in places.country_codes():
            raise ValueError(N_("Please choose one of the list."))
        return country


async def put_up(visit: Visit) -> Response:
    sent = await visit.form(Card)
    await check_pace(visit, "posts", POSTS)
    files = await sent_with_reply(visit)
    async with transaction() as session:
        thread_id = await check_open(visit, session)
        card = await cards.put_up(
            session, thread_id=thread_id, author_id=visit.me.id, files=files, now=visit.now, **sent.model_dump()
        )
    return visit.go(
        f"/events/{visit.here.slug}/threads/{card.thread_id}/wall#card-{card.id}", said=N_("Your card is on the wall.")
    )


routes = [post("/events/{event}/threads/{thread:int}/cards", put_up, who=member, shows=show_card_form)]
