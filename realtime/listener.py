"""News as an endless stream, and the rhythm of the process: re-reading, heartbeat, presence, asking the gates again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from app.core import live
from realtime.crowd import Crowd
from realtime.presence import EVERY
from realtime.speaker import Speaker
from realtime.whispers import CHANNEL

log = structlog.get_logger()


PAUSE = 1.0  # seconds after news that went wrong


@dataclass(frozen=True)
class Rhythm:
    """Seconds between two turns of each of the things a process does by itself."""

    reread: float = 5.0
    heartbeat: float = 25.0
    presence: float = EVERY
    recheck: float = 300.0


class Listener:
    """Runs until cancelled. Nothing that goes wrong in one turn keeps the next one from coming."""

    def __init__(
        self, speaker: Speaker, crowd: Crowd, *, recheck: Callable[[], Awaitable[None]], rhythm: Rhythm | None = None
    ) -> None:
        self._speaker = speaker
        self._crowd = crowd
        self._recheck = recheck
        self._rhythm = rhythm or Rhythm()
        self._lost = asyncio.Event()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._news())
            tasks.create_task(self._after_a_loss())
            tasks.create_task(_every(self._rhythm.reread, self._speaker.reread))
            tasks.create_task(_every(self._rhythm.heartbeat, self._beat))
            tasks.create_task(_every(self._rhythm.presence, self._crowd.refresh))
            tasks.create_task(_every(self._rhythm.recheck, self._recheck))

    async def _news(self) -> None:
        while True:
            try:
                async for channel, message in live.listen(live.NEWS, CHANNEL):
                    await self._take(channel, message)
            except Exception:
                log.exception("news not understood")
                await asyncio.sleep(PAUSE)  # whatever it was, it must not keep the process from everything else

    async def _take(self, channel: str, message: dict[str, object]) -> None:
        if not message:
            self._lost.set()
        elif channel == CHANNEL:
            await self._crowd.take(message)
        else:
            self._speaker.hear(str(message["topic"]), int(str(message["version"])))

    async def _after_a_loss(self) -> None:
        """The news line is new: something may have been said meanwhile, a changed standing too."""
        while True:
            await self._lost.wait()
            self._lost.clear()
            for look in (self._speaker.reread, self._crowd.refresh, self._recheck):
                await _guarded(look)

    async def _beat(self) -> None:
        self._speaker.beat()


async def _every(seconds: float, turn: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _guarded(turn)


async def _guarded(turn: Callable[[], Awaitable[None]]) -> None:
    try:
        await turn()
    except Exception:
        log.exception("a turn of the listener failed", turn=getattr(turn, "__name__", ""))
