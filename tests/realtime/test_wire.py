"""The same bytes on every line: whole frames, deflated for those who can, none for those who are too slow."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame
from websockets.streams import StreamReader

from realtime.lines import EXTENSION, FULL, LiveProtocol, PollLine, SendingLine
from realtime.wire import Batch, Message, Turn, deflated, framed
from tests.realtime.serving import serving

LONG = '{"html":"' + "Good morning from the city hall. " * 200 + '"}'


class Loud:
    """A server with one group: every line that opens is in it."""

    def __init__(self) -> None:
        self.lines: list[LiveProtocol] = []
        self.missed: list[object] = []
        self.arrived = asyncio.Condition()
        self.turn: Turn[str, LiveProtocol] = Turn(
            lambda group: self.lines, lambda line, group: self.missed.append(line)
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.lines.append(scope["extensions"][EXTENSION])
        async with self.arrived:
            self.arrived.notify_all()
        while (await receive())["type"] == "websocket.receive":
            pass

    async def full(self, count: int) -> None:
        async with self.arrived:
            await asyncio.wait_for(self.arrived.wait_for(lambda: len(self.lines) >= count), 5)

    def say(self, *texts: str) -> None:
        for text in texts:
            self.turn.say("all", Message(text))


@asynccontextmanager
async def loud(**config: Any) -> AsyncIterator[tuple[Loud, str]]:
    app = Loud()
    async with serving(app, **config) as address:
        yield app, f"ws://{address}/"


def parsed(data: bytes) -> list[tuple[int, bool, bytes]]:
    """The frames in a byte string, read by the websockets library: (opcode, rsv1, payload)."""
    reader, frames = StreamReader(), []
    reader.feed_data(data)
    reader.feed_eof()
    while reader.buffer:
        parser = Frame.parse(reader.read_exact, mask=False)
        try:
            while True:
                next(parser)
        except StopIteration as done:
            frames.append((int(done.value.opcode), done.value.rsv1, bytes(done.value.data)))
    return frames


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_a_frame_is_whole_at_every_length(size: int) -> None:
    payload = b"x" * size
    assert parsed(framed(payload)) == [(1, False, payload)]


@given(st.text(min_size=0, max_size=2000))
def test_what_is_deflated_is_read_again_by_a_reader_without_memory(text: str) -> None:
    payload = text.encode()
    assert zlib.decompressobj(-12).decompress(deflated(payload) + b"\x00\x00\xff\xff") == payload


def test_a_batch_is_its_frames_in_order_and_short_ones_are_left_plain() -> None:
    batch = Batch([Message("one"), Message(LONG), Message("three")])
    assert [payload for _, _, payload in parsed(batch.plain)] == [b"one", LONG.encode(), b"three"]
    assert batch.deflated == framed(b"one") + framed(deflated(LONG.encode()), deflated=True) + framed(b"three")
    assert len(batch.deflated) < len(batch.plain) / 5


async def test_every_line_gets_everything_in_order_whether_it_deflates_or_not() -> None:
    async with loud() as (server, url):
        offers: list[Any] = [
            {"compression": None},
            {"compression": "deflate"},
            {"compression": None, "extensions": [ClientPerMessageDeflateFactory(server_max_window_bits=9)]},
        ]
        browsers = [await connect(url, **offer) for offer in offers]
        await server.full(3)
        assert [line.deflates for line in server.lines] == [False, True, False]
        expected = [f"{number} {LONG}" for number in range(20)]
        server.say(*expected[:10])
        await asyncio.sleep(0)
        server.say(*expected[10:])
        for browser in browsers:
            assert [await browser.recv() for _ in expected] == expected
            await browser.close()


async def test_frames_go_between_pings_and_the_closing_handshake_not_into_them() -> None:
    async with loud(ws_ping_interval=0.05, ws_ping_timeout=5) as (server, url), connect(url) as browser:
        await server.full(1)
        for number in range(50):
            server.say(f"{number} {LONG}")
            assert (await browser.recv()).startswith(str(number))  # type: ignore[arg-type]
            await asyncio.sleep(0.005)
        server.say("last words")
        server.turn.flush()
        await server.lines[0].close(4409, "changed")
        server.say("never said")
        assert await browser.recv() == "last words"
        with pytest.raises(ConnectionClosed) as closed:
            await browser.recv()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4409


async def test_a_reader_who_takes_nothing_costs_bounded_memory_and_is_told_apart() -> None:
    async with loud(ws_ping_interval=None) as (server, url):
        host, port = url.removeprefix("ws://").rstrip("/").split(":")
        _, writer = await asyncio.open_connection(host, int(port), limit=1024)
        writer.write(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        async with connect(url) as quick:
            await server.full(2)
            stuck = server.lines[0]
            freed: list[bool] = []
            stuck.when_free(lambda: freed.append(True))
            big = "y" * 50_000
            for _ in range(400):
                server.say(big)
                assert await quick.recv() == big
            assert stuck.slow and stuck in server.missed
            assert stuck.transport.get_write_buffer_size() <= FULL + len(big) + 16
            assert not server.lines[1].slow and server.lines[1] not in server.missed
            await asyncio.wait_for(stuck.close(4409), 8)
            assert stuck.transport.is_closing()
        writer.close()


async def test_plain_sending_keeps_the_order_and_says_when_it_is_free_again() -> None:
    sent: list[str] = []
    gate, freed = asyncio.Event(), asyncio.Event()

    async def send(message: Any) -> None:
        await gate.wait()
        sent.append(message["text"])

    line = SendingLine(send, limit=100)
    line.when_free(freed.set)
    task = asyncio.create_task(line.run())
    line.write(Batch([Message("a" * 60), Message("b" * 60)]))
    await asyncio.sleep(0)
    assert line.slow
    gate.set()
    await asyncio.wait_for(freed.wait(), 2)
    assert sent == ["a" * 60, "b" * 60] and not line.slow
    task.cancel()


async def test_plain_sending_gives_up_on_a_reader_who_takes_nothing() -> None:
    async def send(message: Any) -> None:
        await asyncio.Event().wait()

    line = SendingLine(send, patience=0.05)
    line.write(Batch([Message("hello")]))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(line.run(), 2)


async def test_a_poll_ends_with_the_first_word() -> None:
    line = PollLine()
    asyncio.get_running_loop().call_later(0.02, line.write, Batch([Message("a"), Message("b")]))
    await asyncio.wait_for(line.something(20), 2)
    assert line.texts == ["a", "b"]
