"""What the forum offers: news and open questions on Today, and in the letter of the morning."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part
from app.forum.queries import reading

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
    """News in the threads this person follows, and new questions that nobody has answered; nothing they have read."""
    who, event_id, since = asking.person_id, asking.event_id, asking.since
    news = await reading.news_for(session, event_id=event_id, person_id=who, since=since, limit=SHOWN, mine=True)
    asked = await reading.unanswered(session, event_id=event_id, person_id=who, since=since, limit=3, unread=True)
    parts = [Part("mail/forum/_news", {"threads": news}, order=40)] if news else []
    return [*parts, Part("mail/forum/_unanswered", {"threads": asked}, order=60)] if asked else parts


sources = [("today", today), ("digest", digest)]
