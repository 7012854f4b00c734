"""What notices offer: who answered me, on Today and in the letter of the morning."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part
from app.notices import queries, queries_announcing, rules

SHOWN = 6
ANNOUNCED = 3


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    earliest = asking.now - rules.LOOK_BACK
    found, count = await queries.unread_since(
        session, asking.person_id, event_id=asking.event_id, since=earliest, limit=SHOWN
    )
    parts = [Part("notices/_today.html", {"found": found, "count": count}, order=55)] if found else []
    announced = await queries_announcing.unread(session, asking.person_id, asking.event_id, limit=ANNOUNCED)
    return [Part("notices/_today_announced.html", {"announced": announced}, order=10), *parts] if announced else parts


async def digest(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    since = asking.since or asking.now - rules.LOOK_BACK
    found, count = await queries.unread_since(
        session, asking.person_id, event_id=asking.event_id, since=since, limit=SHOWN
    )
    return [Part("mail/notices/_answers", {"found": found, "count": count}, order=30)] if found else []


sources = [("today", today), ("digest", digest)]
