"""Serving an application until a signal comes, and the endless work beside it."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import click
import structlog
import uvicorn

from app.settings import Settings

LONGEST_MESSAGE = 65_536  # bytes a browser may send in one message of the live line
GRACE = 10  # seconds that what is under way may take when the program stops
YOUNG = 2_000, 10, 200
"""How often garbage is looked for while people wait. A start looks seldom; at its pace the garbage of twenty clicks came
together, and whoever clicked next waited 200 ms for its end. Now it goes in pieces of 3 ms."""
Endless = Callable[[], Coroutine[Any, Any, None]]


class PortInUse(Exception):
    """Another program listens there; the message says what to do."""


async def serve(
    app: Any, settings: Settings, *, line: type[asyncio.Protocol], said: str, beside: Sequence[Endless] = ()
) -> None:
    """Serve until a signal comes; `line` is the class of the websockets, `said` is printed when the door is open.

    `beside` works as long as the pages do, and ends before their stores close; if it breaks, the program stops.
    """
    config = uvicorn.Config(
        app, lifespan="on", ws=line, ws_max_size=LONGEST_MESSAGE, ws_ping_interval=20, ws_ping_timeout=20,
        timeout_graceful_shutdown=GRACE, log_config=None, access_log=False, server_header=False,
        proxy_headers=True, forwarded_allow_ips=settings.trusted_proxies,
    )  # fmt: skip
    listening = _listening(settings)
    # uvicorn raises the signal that stopped it once more when it is done; by then we only want to clean up.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)
    gc.freeze()  # what is here now stays: no collection looks at it again
    listening.listen(2048)  # who comes now waits until the pages are ready
    click.echo(said)
    await _Server(config, beside).serve(sockets=[listening])


async def until_signal(work: Endless, *, said: str) -> None:
    """Do endless work until a signal comes, then let it end cleanly; if it breaks, so does the program."""
    settle()
    working, loop = asyncio.create_task(work()), asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, working.cancel)
    click.echo(said)
    with contextlib.suppress(asyncio.CancelledError):
        await working


def settle() -> None:
    """What is here now stays: no collection looks at it again. What comes is looked at as it comes."""
    gc.freeze()
    gc.set_threshold(*YOUNG)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, beside: Sequence[Endless]) -> None:
        super().__init__(config)
        self._work = beside
        self._beside: list[asyncio.Task[None]] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        settle()
        self._beside = [asyncio.create_task(work()) for work in self._work]
        for task in self._beside:
            task.add_done_callback(self._ended)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        await super().shutdown(sockets)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Endless work never ends by itself: without it half the product is dead, so stop and be started again."""
        if not task.cancelled() and (problem := task.exception()):
            structlog.get_logger().critical("a part of the program broke, stopping", exc_info=problem)
            self.should_exit = True


def _listening(settings: Settings) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError:
        raise PortInUse(
            f"Another program uses port {settings.port} on {settings.host}. "
            f"Choose another one: make run PORT={settings.port + 1}"
        ) from None
    return listening
