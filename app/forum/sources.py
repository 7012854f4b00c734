"""What the forum offers: news and open questions on Today, and in the letter of the morning."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part
from app.events import queries as events
from app.forum.actions.first_spaces import FIRST_SPACES, open_first_space
from app.forum.queries import hearing, morning, reading

SHOWN = 6


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """Main column: what is new since the last visit; beside it: what this person could answer."""
    who, event_id = asking.person_id, asking.event_id
    news = await reading.news_for(session, event_id=event_id, person_id=who, since=asking.since, limit=SHOWN)
    asked = await reading.unanswered(session, event_id=event_id, person_id=who, since=None, limit=3)
    parts = [Part("forum/_today_news.html", {"threads": news, "slug": asking.event_slug}, order=60)]
    if asked:
        parts.append(Part("forum/_today_unanswered.html", {"threads": asked}, order=20, place="side"))
    return parts


async def digest(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """What was brought together and what is new in the threads this person follows, the question that moves others, and
    new ones that nobody has answered; nothing they have read."""
    who, event_id, since = asking.person_id, asking.event_id, asking.since
    news = await reading.news_for(session, event_id=event_id, person_id=who, since=since, limit=SHOWN, mine=True)
    asked = await reading.unanswered(session, event_id=event_id, person_id=who, since=since, limit=3, unread=True)
    woven = await morning.brought_together(session, event_id=event_id, person_id=who, since=since, limit=3)
    moving = await morning.question_that_moves(session, event_id=event_id, person_id=who, since=since)
    parts = [Part("mail/forum/_news", {"threads": news}, order=40)] if news else []
    if woven:
        parts.append(Part("mail/forum/_together", {"found": woven}, order=35))
    if moving is not None:
        thread, title, people = moving
        parts.append(Part("mail/forum/_question", {"thread": thread, "title": title, "people": people}, order=50))
    return [*parts, Part("mail/forum/_unanswered", {"threads": asked}, order=60)] if asked else parts


async def levels(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """The spaces and threads for which this person said something of its own, in whatever event."""
    spaces = await hearing.chosen_spaces(session, asking.person_id, lang=asking.lang)
    threads = await hearing.chosen_threads(session, asking.person_id)
    return [Part("forum/_levels.html", {"spaces": spaces, "threads": threads})] if spaces or threads else []


async def furnish(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """The spaces every new event begins with, in its language, so that an empty house has somewhere to write."""
    event = await events.event(session, asking.event_id)
    for key in FIRST_SPACES:
        await open_first_space(session, event, key, now=asking.now)
    return []


sources = [("today", today), ("digest", digest), ("levels", levels), ("new event", furnish)]
