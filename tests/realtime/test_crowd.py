"""Who came and who went is told to the slice once it is sure, whatever Redis forgets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import live
from app.main import Setup
from realtime.conversation import Conversation, Reader
from realtime.lines import PollLine
from realtime.listener import Rhythm
from realtime.presence import Presence
from realtime.protocol import Follow, Topic
from realtime.server import LiveLine
from tests.realtime import world
from tests.realtime.serving import running

DESK = Topic("desk", 1)


class Book:
    """What the processes told the slice."""

    def __init__(self) -> None:
        self.told: list[tuple[int, bool]] = []

    async def __call__(self, session: AsyncSession, ref: int, person: int, here: bool, now: datetime) -> None:
        self.told.append((person, here))

    def went(self) -> list[int]:
        return [person for person, here in self.told if not here]


@asynccontextmanager
async def process(book: Book, *, every: float) -> AsyncIterator[LiveLine]:
    rhythm = Rhythm(reread=60, heartbeat=60, presence=every, recheck=60)
    line = LiveLine(kinds=world.KINDS, voices={}, whisper_doors={}, attended={"desk": book}, rhythm=rhythm, grace=0.1)
    async with running(line.run()):
        yield line


async def sits_down(line: LiveLine, person: int) -> Conversation:
    async def still_here() -> bool:
        return True

    talk = Conversation(line.speaker, line.crowd, PollLine(), Reader(person, "en", still_here))
    talk.begin()
    await talk.follow(Follow(DESK, 0))
    return talk


async def until_here(*people: int) -> None:
    watch = Presence(live.redis)
    async with asyncio.timeout(10):
        while await watch.here(str(DESK)) != frozenset(people):  # noqa: ASYNC110 - Redis sets no event
            await asyncio.sleep(0.02)


async def until_told(book: Book, person: int, *, here: bool) -> None:
    async with asyncio.timeout(10):
        while (person, here) not in book.told:  # noqa: ASYNC110 - the other side is a process in its own right
            await asyncio.sleep(0.02)


@pytest.mark.postgres
async def test_a_wiped_redis_lets_nobody_seem_to_have_left(prepared: Setup) -> None:
    (ana, _), (ben, _) = await world.person("Ana"), await world.person("Ben")
    await world.note(1, ana, ben)
    book = Book()
    async with process(book, every=0.3) as one, process(book, every=0.1) as two:
        await sits_down(one, ana)
        bens = await sits_down(two, ben)
        await until_here(ana, ben)
        await until_told(book, ben, here=True)
        for _ in range(3):
            await live.redis().flushall()
            await until_here(ana, ben)
        assert book.went() == []
        bens.end()
        await until_told(book, ben, here=False)
        assert set(book.went()) == {ben}


async def test_a_reload_is_not_a_departure(prepared: Setup) -> None:
    (ana, _), (ben, _) = await world.person("Ana"), await world.person("Ben")
    await world.note(1, ana, ben)
    book = Book()
    async with process(book, every=60) as line:
        first = await sits_down(line, ana)
        await until_told(book, ana, here=True)
        first.end()
        await sits_down(line, ana)
        bens = await sits_down(line, ben)
        await until_told(book, ben, here=True)
        bens.end()
        await until_told(book, ben, here=False)
        assert book.went() == [ben]
