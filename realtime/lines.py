"""The three ways out to a reader: straight to the transport, by plain ASGI sending, and collected for long polling."""

import asyncio
import contextlib
from asyncio.transports import BaseTransport
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from realtime.wire import WINDOW_BITS, Batch, Message

EXTENSION = "fortnight.line"
"""Where the application finds its line in the ASGI scope's extensions."""
FULL = 64 * 1024
"""Bytes that may wait in this process for one reader before it counts as slow."""
GOODBYE = 5.0
"""Seconds a closing line may take to carry what waits on it before it is cut."""


class LiveProtocol(WebSocketsSansIOProtocol):
    """uvicorn's websocket protocol that also hands its transport to the application, as a `Line`.

    Prebuilt frames go between the frames the protocol itself writes (pings, pongs, close), never into one.
    """

    beats = True

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.slow = False
        self.deflates = False
        self._free: Callable[[], None] | None = None
        if config.ws_per_message_deflate:
            self.conn = ServerProtocol(extensions=[_shared_deflate()], max_size=config.ws_max_size, logger=self.logger)

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=FULL)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.deflates = any(_shareable(extension) for extension in self.conn.extensions)
            self.scope["extensions"] = {**(self.scope["extensions"] or {}), EXTENSION: self}  # type: ignore[dict-item]

    def pause_writing(self) -> None:
        super().pause_writing()
        self.slow = True

    def resume_writing(self) -> None:
        super().resume_writing()
        self.slow = False
        if self._free is not None:
            self._free()

    def when_free(self, call: Callable[[], None]) -> None:
        self._free = call

    def write(self, batch: Batch) -> None:
        if self.conn.state is OPEN and not self.transport.is_closing():
            self.transport.write(batch.deflated if self.deflates else batch.plain)

    async def close(self, code: int, reason: str = "") -> None:
        """Say goodbye, or cut the line if the reader does not listen."""
        self._free = None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(GOODBYE):
                await self.send({"type": "websocket.close", "code": code, "reason": reason})
                return
        self.transport.abort()


def _shared_deflate() -> ServerPerMessageDeflateFactory:
    """No context in either direction: the same bytes for all, and no compressor kept in memory per line."""
    return ServerPerMessageDeflateFactory(
        server_no_context_takeover=True,
        client_no_context_takeover=True,
        server_max_window_bits=WINDOW_BITS,
        client_max_window_bits=WINDOW_BITS,
        compress_settings={"memLevel": 5},
    )


def _shareable(extension: object) -> bool:
    """A browser that asked for a smaller window than ours gets plain frames instead, which it must accept."""
    return isinstance(extension, PerMessageDeflate) and extension.local_max_window_bits >= WINDOW_BITS


Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class SendingLine:
    """Plain ASGI sending for servers that do not hand out their transport: a bounded queue and one task."""

    beats = True

    def __init__(self, send: Send, *, limit: int = FULL, patience: float = 30.0) -> None:
        self._send = send
        self._limit = limit
        self._patience = patience
        self._waiting: list[Message] = []
        self._size = 0
        self._some = asyncio.Event()
        self._free: Callable[[], None] | None = None

    @property
    def slow(self) -> bool:
        return self._size > self._limit

    def write(self, batch: Batch) -> None:
        self._waiting.extend(batch.messages)
        self._size += sum(len(message.text) for message in batch.messages)
        self._some.set()

    def when_free(self, call: Callable[[], None]) -> None:
        self._free = call

    async def run(self) -> None:
        """Send what is written, in order, until cancelled; TimeoutError if the reader takes nothing for `patience` seconds."""
        while True:
            await self._some.wait()
            self._some.clear()
            waiting, self._waiting, was_slow = self._waiting, [], self.slow
            for message in waiting:
                async with asyncio.timeout(self._patience):
                    await self._send({"type": "websocket.send", "text": message.text})
                self._size -= len(message.text)
            if was_slow and not self.slow and self._free is not None:
                self._free()

    async def close(self, code: int, reason: str = "") -> None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(GOODBYE):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})


NO_NEWS = '{"type":"following"'
KEPT = 256


class PollLine:
    """Collects the same messages for the next long-polling request, which ends as soon as one of them is news."""

    slow = False
    beats = False

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.closed: int | None = None
        self._some = asyncio.Event()

    @property
    def news(self) -> bool:
        return self._some.is_set()

    def write(self, batch: Batch) -> None:
        """Of a page that does not come for long the oldest are forgotten: it asks with its version anyway."""
        self.texts.extend(message.text for message in batch.messages)
        del self.texts[:-KEPT]
        if any(not message.text.startswith(NO_NEWS) for message in batch.messages):
            self._some.set()

    def taken(self) -> list[str]:
        """What waits, once."""
        texts, self.texts = self.texts, []
        self._some.clear()
        return texts

    def when_free(self, call: Callable[[], None]) -> None:
        """Never full."""

    async def something(self, seconds: float) -> None:
        """Wait until something was written or `seconds` have passed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._some.wait()

    async def close(self, code: int, reason: str = "") -> None:
        self.closed = code
        self._some.set()
