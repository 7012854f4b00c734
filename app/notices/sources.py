"""What notices offer: who answered me, on Today and in the letter of the morning."""

from collections.abc import Mapping, Sequence

from markupsafe import escape
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.atom import Entry
from app.core.gather import Asking, Part, by_since, for_many
from app.notices import queries, queries_announcing, queries_feed, rules

SHOWN = 6
ANNOUNCED = 3
IN_FEED = 20


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    earliest = asking.now - rules.LOOK_BACK
    found, count = await queries.unread_since(
        session, asking.person_id, event_id=asking.event_id, since=earliest, limit=SHOWN, now=asking.now
    )
    parts = [Part("notices/_today.html", {"found": found, "count": count}, order=55)] if found else []
    announced = await queries_announcing.unread(session, asking.person_id, asking.event_id, limit=ANNOUNCED)
    return [Part("notices/_today_announced.html", {"announced": announced}, order=10), *parts] if announced else parts


@for_many
async def digest(session: AsyncSession, readers: Sequence[Asking]) -> Mapping[int, Sequence[Part]]:
    parts: dict[int, Sequence[Part]] = {}
    for since, people in by_since(readers).items():
        earliest = since or readers[0].now - rules.LOOK_BACK
        unread = await queries.unread_of_many(
            session, people, event_id=readers[0].event_id, since=earliest, limit=SHOWN, now=readers[0].now
        )
        for person_id, (found, count) in unread.items():
            parts[person_id] = [Part("mail/notices/_answers", {"found": found, "count": count}, order=30)]
    return parts


async def feed(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """Announcements with their words; of rooms the title and the way there."""
    entries = [
        Entry(notice.url, notice.title, notice.at, notice.lang, html=str(escape(notice.text)))
        for notice in await queries_feed.news(session, asking.person_id, limit=IN_FEED)
    ]
    return [Part("", {"entries": entries})]


sources = [("today", today), ("digest", digest), ("feed", feed)]
