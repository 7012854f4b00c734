"""Frames: built once per message, deflated once, joined per turn of the loop, the same bytes written to every line.

A reader whose line is full is not written to: it misses the message and gets a bare signal when its line is free again.
"""

import asyncio
import struct
import zlib
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Generic, Protocol, TypeVar

WINDOW_BITS = 12
"""The deflate window every browser can read; 4 kB of memory here, and only while one message is written."""
WORTH_DEFLATING = 160
"""Bytes below which deflating makes a frame hardly smaller."""

_FIN_TEXT = 0x81
_DEFLATED = 0x40
_TAIL = b"\x00\x00\xff\xff"


def framed(payload: bytes, *, deflated: bool = False) -> bytes:
    """One whole, unmasked text frame as a server writes it (RFC 6455; `deflated` sets RSV1 of RFC 7692)."""
    first, length = _FIN_TEXT | (_DEFLATED if deflated else 0), len(payload)
    if length < 126:
        return struct.pack("!BB", first, length) + payload
    if length < 65536:
        return struct.pack("!BBH", first, 126, length) + payload
    return struct.pack("!BBQ", first, 127, length) + payload


def deflated(payload: bytes) -> bytes:
    """Deflated without context takeover, so that these bytes mean the same on every line."""
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -WINDOW_BITS, 5)
    return (squeeze.compress(payload) + squeeze.flush(zlib.Z_SYNC_FLUSH)).removesuffix(_TAIL)


class Message:
    """One message, written as text; each of its two frames is built at most once, when the first line asks."""

    __slots__ = ("_deflated", "_plain", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._plain: bytes | None = None
        self._deflated: bytes | None = None

    @property
    def plain(self) -> bytes:
        if self._plain is None:
            self._plain = framed(self.text.encode())
        return self._plain

    @property
    def deflated(self) -> bytes:
        if self._deflated is None:
            payload = self.text.encode()
            small = deflated(payload) if len(payload) >= WORTH_DEFLATING else payload
            self._deflated = framed(small, deflated=True) if len(small) < len(payload) else self.plain
        return self._deflated


class Batch:
    """What one group of readers hears in one turn, in order, with the joined bytes kept for the next line."""

    __slots__ = ("_deflated", "_plain", "messages")

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self._plain: bytes | None = None
        self._deflated: bytes | None = None

    @property
    def plain(self) -> bytes:
        if self._plain is None:
            self._plain = b"".join([message.plain for message in self.messages])
        return self._plain

    @property
    def deflated(self) -> bytes:
        if self._deflated is None:
            self._deflated = b"".join([message.deflated for message in self.messages])
        return self._deflated


class Line(Protocol):
    """A way out to one reader. Never blocks: when it is full it is `slow`, and says so once when it is free again."""

    @property
    def slow(self) -> bool: ...

    @property
    def beats(self) -> bool:
        """Does it want the heartbeat?"""
        ...

    def __hash__(self) -> int: ...

    def write(self, batch: Batch) -> None: ...

    async def close(self, code: int, reason: str = "") -> None: ...

    def when_free(self, call: Callable[[], None]) -> None: ...


G = TypeVar("G", bound=Hashable)
L = TypeVar("L", bound=Line)


class Turn(Generic[G, L]):
    """Collects what is said to groups during one turn of the event loop and writes it at its end."""

    def __init__(self, readers: Callable[[G], Collection[L]], missed: Callable[[L, G], None]) -> None:
        self._readers = readers
        self._missed = missed
        self._waiting: dict[G, list[Message]] = {}

    def say(self, group: G, message: Message) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting.setdefault(group, []).append(message)

    def flush(self) -> None:
        """Write everything now; called by the loop, and by whoever cannot wait for it."""
        waiting, self._waiting = self._waiting, {}
        for group, messages in waiting.items():
            batch = Batch(messages)
            for line in self._readers(group):
                if line.slow:
                    self._missed(line, group)
                else:
                    line.write(batch)
