"""The private address of somebody's feed: made, made anew, ended."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import add_if_new
from app.notices import queries_feed as queries
from app.notices.models import Feed


async def open_feed(session: AsyncSession, person_id: int, *, edition: int, now: datetime) -> None:
    """A new address; any older one is worthless then. `edition`: the newest the person had seen (0: none), so that a
    form that is sent twice makes one address."""
    feed = await queries.held(session, person_id)
    if feed is None:
        await add_if_new(session, Feed, person_id=person_id, edition=1, open=True, changed_at=now)
    elif not feed.open or feed.edition == edition:
        feed.edition, feed.open, feed.changed_at = feed.edition + 1, True, now


async def end_feed(session: AsyncSession, person_id: int, *, now: datetime) -> None:
    """Programs that read the address get nothing any more; ending twice is ending."""
    feed = await queries.held(session, person_id)
    if feed is not None and feed.open:
        feed.open, feed.changed_at = False, now
