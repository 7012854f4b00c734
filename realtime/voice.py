"""Which kinds of topic travel as HTML, and who renders them: once per process, version and language.

What is rendered here goes to every follower alike: it carries no person, no right and no local time. All other
kinds are bare signals, and the browser fetches its own fragment.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.fragments import room_news
from app.core import times
from app.forum.fragments import posts_after
from app.forum.queries import reading as forum

LONGEST = 64 * 1024
"""Characters of HTML worth pushing; more than that is fetched."""


@dataclass(frozen=True)
class Said:
    """What came after version `after`, up to `version`. A region that is swapped as a whole comes after 0."""

    after: int
    version: int
    html: str


Voice = Callable[[AsyncSession, int, int, str], Awaitable[Said | None]]
"""(session, ref, after, lang) → what to push, or None for a bare signal."""
Voices = Mapping[str, Voice]


async def _thread(session: AsyncSession, ref: int, after: int, lang: str) -> Said | None:
    """The posts that came or changed; what changes a thread but no post (locked, pinned, renamed) is fetched."""
    version = (await forum.versions(session, [ref])).get(ref)
    html = await posts_after(session, ref, after=after, lang=lang)
    return Said(after, version, html) if version is not None and html else None


async def _room(session: AsyncSession, ref: int, after: int, lang: str) -> Said | None:
    version, html = await room_news(session, ref, after=after, lang=lang, now=times.now())
    return Said(after, version, html)


VOICES: dict[str, Voice] = {
    "thread": _thread,
    "room": _room,
}

AFTER = {"desk": "room"}
"""A kind whose signal waits until the other kind has been said, if that is under way: who hears a signal comes to fetch
at once, and the nine desks of a room would all be served before the one change that everybody waits for."""
