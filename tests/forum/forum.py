"""What tests of the forum begin with: an event, people in it, a space, a thread with posts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from app.core import audience
from app.core.db import transaction
from app.events.models import Event
from app.forum.actions import posts, threads
from app.forum.models import Post, Space, Thread
from app.forum.rules import SpaceKind, ThreadKind
from tests.events.events import an_event, joined, somebody

NOON = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)


@dataclass
class Forum:
    """An event with Tamta and Carlos (practitioners), Marta (who moderates) and a space for everybody."""

    event: Event
    space: Space
    tamta: int
    carlos: int
    marta: int
    _minute: int = field(default=0)

    @property
    def url(self) -> str:
        return f"/events/{self.event.slug}"

    def later(self) -> datetime:
        """Each thing a minute after the one before."""
        self._minute += 1
        return NOON + timedelta(minutes=self._minute)

    async def thread(
        self, title: str = "Sponge verges", *, by: int | None = None, kind: ThreadKind = ThreadKind.PRACTICE,
        context: str = "Shallow hollows hold the **first** rain.", space: Space | None = None, now: datetime | None = None,
    ) -> Thread:  # fmt: skip
        async with transaction() as session:
            return await threads.start_thread(
                session, space_id=(space or self.space).id or 0, author_id=by or self.tamta, key=uuid4().hex, kind=kind,
                title=title, context=context, lang="en", now=now or self.later(),
            )  # fmt: skip

    async def reply(
        self, thread: Thread, text: str = "Who mows?", *, by: int | None = None, key: str = "", now: datetime | None = None,
        quote_of: int | None = None, quote: str = "",
    ) -> Post:  # fmt: skip
        async with transaction() as session:
            return await posts.reply(
                session, thread_id=thread.id or 0, author_id=by or self.carlos, key=key or uuid4().hex, text=text, lang="en",
                now=now or self.later(), quote_of=quote_of, quote=quote,
            )  # fmt: skip

    async def replies(self, thread: Thread, count: int, *, by: int | None = None) -> list[Post]:
        return [await self.reply(thread, f"Post number {n + 1}.", by=by) for n in range(count)]

    async def group_space(self, *people: int) -> Space:
        """A space that only these people may read."""
        async with transaction() as session:
            closed = await audience.create(session, name="a working group")
            await audience.admit(session, closed, *people)
            return await threads.open_space(
                session, event_id=self.event.id or 0, audience_id=closed, title="Group of the cellar", kind=SpaceKind.GROUP,
                key=uuid4().hex, now=NOON,
            )  # fmt: skip


async def a_forum() -> Forum:
    event = await an_event()
    tamta = await somebody("Tamta Gelovani", zone="Asia/Tbilisi")
    carlos = await somebody("Carlos Zeledón", zone="America/Managua")
    marta = await somebody("Marta Lindqvist", zone="Europe/Berlin")
    await joined(event, tamta)
    await joined(event, carlos)
    await joined(event, marta, "lead_moderator")
    async with transaction() as session:
        space = await threads.open_space(
            session, event_id=event.id or 0, audience_id=event.audience_id, title="Streets and squares",
            purpose="Where rain goes.", key=uuid4().hex, now=NOON,
        )  # fmt: skip
    return Forum(event, space, tamta, carlos, marta)
