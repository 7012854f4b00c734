"""A card on a wall: a post with a city and at most one picture, and the task behind it is done."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.events import actions_programme as programme
from app.events import queries as events
from app.forum import rules_cards
from app.forum.actions import posts
from app.forum.actions.posts import Files
from app.forum.models import Post, Thread
from app.forum.queries import files as waiting
from app.forum.queries import lookups
from app.forum.queries import posts as shown
from app.forum.rules import PostKind


async def put_up(
    session: AsyncSession, *, thread_id: int, author_id: int, key: str, city: str, country: str, text: str, lang: str,
    files: Files | None = None, now: datetime,
) -> Post:  # fmt: skip
    """Somebody's card. The same key twice is one card; a second one is refused."""
    thread = await posts.held_thread(session, thread_id)
    if await lookups.post_with_key(session, key) is None:
        has_one = await shown.card_by(session, thread.id or 0, author_id) is not None
        rules_cards.check_card(wall=thread.wall, has_one=has_one)
        there = await waiting.attachments_waiting(session, thread.id or 0, person_id=author_id)
        rules_cards.check_one_picture([each.width > 0 for each in there])
    card = await posts.reply(
        session, thread_id=thread_id, author_id=author_id, key=key, text=text, lang=lang, kind=PostKind.CARD, title=city,
        country=country, files=files, now=now,
    )  # fmt: skip
    await _done(session, thread, author_id, now=now)
    return card


async def _done(session: AsyncSession, thread: Thread, person_id: int, *, now: datetime) -> None:
    """What the programme asks for here is done by the card."""
    event = await events.event(session, thread.event_id)
    here = f"/events/{event.slug}/threads/{thread.id}"
    leads = [f"/threads/{thread.id}", here, f"{here}/wall"]
    await programme.mark_first_of(session, event_id=thread.event_id, leads=leads, person_id=person_id, now=now)
