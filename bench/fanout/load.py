"""The readers: raw sockets that count frames, take the age of each, and acknowledge; one process on one core."""

import asyncio
import base64
import json
import os
import struct
import sys
import time
from array import array
from collections.abc import Callable
from typing import cast

ACK_EVERY = 16


class Reader(asyncio.Protocol):
    """Follows one room. The first reader of a room acknowledges so that the server never runs far ahead."""

    def __init__(self, load: "Load", path: str, *, acknowledges: bool) -> None:
        self.load, self.path, self.acknowledges = load, path, acknowledges
        self.rest = b""
        self.open = asyncio.get_running_loop().create_future()
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        extension = (
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" if self.load.deflate else ""
        )
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{extension}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        data = self.rest + data if self.rest else data
        if not self.open.done():
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self.rest = head
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            assert (b"permessage-deflate" in head) == self.load.deflate, head
            self.open.set_result(None)
        self.rest = self.read(data)

    def read(self, data: bytes) -> bytes:
        at, end, before = 0, len(data), self.count
        arrived, ages = time.monotonic_ns(), self.load.ages
        while end - at >= 4:
            length, skip = data[at + 1], 2
            if length == 126:
                length, skip = (data[at + 2] << 8) | data[at + 3], 4
            if end - at < skip + length:
                break
            if not self.load.deflate and length > 100:
                ages.append(arrived - int(data[at + skip + 5 : at + skip + 25]))
            self.count += 1
            at += skip + length
        got = self.count - before
        self.load.got += got
        if self.acknowledges and self.count // ACK_EVERY != before // ACK_EVERY:
            self.say(str(self.count - self.count % ACK_EVERY))
        if self.load.got >= self.load.wanted:
            self.load.enough()
        return data[at:]

    def say(self, text: str) -> None:
        mask, payload = b"\0\0\0\0", text.encode()
        head = (
            struct.pack("!BB", 0x81, 0x80 | len(payload))
            if len(payload) < 126
            else struct.pack("!BBH", 0x81, 0xFE, len(payload))
        )
        self.transport.write(head + mask + payload)


class Load:
    def __init__(self, *, deflate: bool) -> None:
        self.deflate = deflate
        self.ages = array("q")
        self.got, self.wanted = 0, 1 << 62
        self.enough: Callable[[], None] = lambda: None
        self.readers: list[Reader] = []

    async def connect(self, port: int, *, rooms: int, per_room: int) -> None:
        loop = asyncio.get_running_loop()
        for number in range(rooms * per_room):
            room, acknowledges = number % rooms + 1, number < rooms
            _, reader = await loop.create_connection(
                lambda room=room, first=acknowledges: Reader(self, f"/?room={room}", acknowledges=first),
                "127.0.0.1",
                port,  # type: ignore[misc]
            )
            self.readers.append(reader)
            await reader.open
        driver = Load(deflate=self.deflate)
        _, self.driver = await loop.create_connection(
            lambda: Reader(driver, "/drive", acknowledges=False), "127.0.0.1", port
        )
        await self.driver.open

    async def run(
        self, *, rounds: int, burst: int, rooms: int, rate: float = 0, rich: bool = False
    ) -> tuple[float, float, float]:
        """(deliveries/s, median age in ms, p99 age in ms)."""
        for reader in self.readers:
            reader.count = 0
        self.ages, self.got = array("q"), 0
        self.wanted = rounds * burst * len(self.readers)
        done = asyncio.get_running_loop().create_future()
        self.enough = lambda: done.done() or done.set_result(None)
        started = time.monotonic()
        order = {"rounds": rounds, "burst": burst, "rooms": rooms, "window": 64, "rate": rate, "rich": rich}
        self.driver.say(json.dumps(order))
        await asyncio.wait_for(done, 120)
        seconds = time.monotonic() - started
        ages = sorted(self.ages) or [0]
        return self.got / seconds, ages[len(ages) // 2] / 1e6, ages[int(len(ages) * 0.99)] / 1e6


async def main(port: int, shape: str, deflate: bool) -> None:
    rooms, per_room = (100, 10) if shape == "rooms" else (1, 1000)
    load = Load(deflate=deflate)
    await load.connect(port, rooms=rooms, per_room=per_room)
    total = 240_000 // (rooms * per_room)
    await load.run(rounds=total // 4, burst=1, rooms=rooms, rich=deflate)
    result = {}
    for name, burst in (("one", 1), ("eight", 8)):
        result[name] = await load.run(rounds=total // burst, burst=burst, rooms=rooms, rich=deflate)
    result["steady"] = await load.run(rounds=100, burst=1, rooms=rooms, rate=50, rich=deflate)
    print(json.dumps(result))


if __name__ == "__main__":
    import contextlib

    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.install()
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], "--deflate" in sys.argv))
