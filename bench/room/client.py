"""One person's browser as the server sees it: HTTP on a kept connection, a socket, the room's rules; bytes by the kernel."""

import asyncio
import contextlib
import json
import socket
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

HEADERS = (  # what Chromium says with every request
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36\r\n"
    'sec-ch-ua: "Chromium";v="147", "Not.A/Brand";v="24"\r\nsec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: "Linux"\r\n'
    "Accept: {accept}\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nConnection: keep-alive\r\n"
)
ACKED = 120
"""Where struct tcp_info keeps the bytes sent (acknowledged) and received, both of 64 bits."""


def wire(transport: asyncio.BaseTransport) -> int:
    """Payload bytes of a TCP connection so far, both ways."""
    info = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    return sum(struct.unpack_from("=QQ", info, ACKED))


@dataclass
class Browser:
    """`send` is a quiet form: the answer, then a look at one's desk; what all see comes by the line, as in room-follow."""

    port: int
    token: str
    room: int
    version: int = 0
    desk: int = 0
    wanted: int = 0
    http_before: int = 0
    _carried: int = 0
    seen: Callable[[dict[str, Any], float], None] = lambda message, at: None
    took: list[float] = field(default_factory=list)
    _has: str = ""
    _csrf: str = ""
    _looks: int = 0
    _seed: str = ""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _line: ClientConnection | None = None
    _writer: asyncio.StreamWriter | None = None
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def comes(self) -> None:
        """Opens the page and the line, follows the room and the desk."""
        _, page = await self.ask("GET", f"/rooms/{self.room}", accept="text/html")
        self._csrf = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
        self.version = int(page.split(f'topic="room:{self.room}" version="', 1)[1].split('"', 1)[0])
        self.desk = int(page.split(f'topic="desk:{self.room}" version="', 1)[1].split('"', 1)[0])
        self._line = await connect(
            f"ws://127.0.0.1:{self.port}/live", additional_headers={"Cookie": f"session={self.token}"}, ping_interval=None,
        )  # fmt: skip
        for topic, version in (("room", self.version), ("desk", self.desk)):
            await self.say(type="follow", topic=f"{topic}:{self.room}", version=version)
        self._tasks.append(asyncio.create_task(self._listen()))

    async def say(self, **message: Any) -> None:
        assert self._line is not None
        await self._line.send(json.dumps(message, separators=(",", ":")))

    async def send(self, act: str, **fields: Any) -> None:
        began = time.perf_counter()
        form = urlencode({"csrf": self._csrf, "key": str(uuid4()), **fields})
        status, said = await self.ask("POST", f"/rooms/{self.room}/{act}", form)
        if status >= 300:
            raise SystemExit(f"{act} {fields}: {status} {said[:300]}")
        self.took.append(time.perf_counter() - began)
        if act != "lines":
            await self.look("desk", self.desk)

    async def look(self, what: str, after: int) -> None:
        """The desk is looked at again when the line has told of something newer meanwhile."""
        if what == "desk":
            self._looks += 1
            has = f"&has={self._has}" if self._has else ""
            await self.ask("GET", f"/rooms/{self.room}/desk?after={after}{has}", accept="*/*", then="desk")
            self._looks -= 1
            if self.wanted > self.desk and not self._looks:
                await self.look("desk", self.desk)
            return
        await self.ask("GET", f"/rooms/{self.room}/{what}?after={after}", accept="*/*", then=what)

    async def rests(self) -> None:
        """What it has asked for has come."""
        async with self._turn:
            return

    @property
    def bytes(self) -> tuple[int, int]:
        """(HTTP, socket) so far."""
        assert self._line is not None
        return self.http_before + self._http(), wire(self._line.transport)

    def _http(self) -> int:
        """Bytes of the present HTTP connection; what a closed one carried is in `http_before`."""
        if self._writer is not None and not self._writer.transport.is_closing():
            self._carried = wire(self._writer.transport)
        return self._carried

    async def leaves(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._line is not None:
            await self._line.close()
        if self._writer is not None:
            self._writer.close()

    async def _listen(self) -> None:
        assert self._line is not None
        async for text in self._line:
            message = json.loads(text)
            self.seen(message, time.perf_counter())
            if message["type"] != "changed":
                continue
            if message["topic"].startswith("desk:"):
                self.wanted = max(self.wanted, message["version"])
                if self.wanted > self.desk and not self._looks:
                    self._tasks.append(asyncio.create_task(self.look("desk", self.desk)))
            elif "html" in message and message["after"] <= self.version:
                self.version = max(self.version, message["version"])
            elif message["version"] > self.version:
                self._tasks.append(asyncio.create_task(self.look("changes", self.version)))

    async def ask(
        self, method: str, path: str, body: str = "", *, accept: str = "application/json", then: str = ""
    ) -> tuple[int, str]:
        """(status, text); one request at a time on one connection, opened again where the server has closed it."""
        async with self._turn:
            for _ in range(2):
                with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                    status, headers, text = await self._asked(method, path, body, accept)
                    break
                self.http_before, self._carried, self._writer = self.http_before + self._carried, 0, None
            if then and status == 200:
                name = "version" if then == "changes" else "desk"
                setattr(self, name, max(getattr(self, name), int(headers["x-version"])))
                self._has = headers.get("x-has", self._has)
            return status, text

    async def _asked(self, method: str, path: str, body: str, accept: str) -> tuple[int, dict[str, str], str]:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        cookie = f"session={self.token}" + (f"; seed={self._seed}" if self._seed else "")
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{HEADERS.format(accept=accept)}"
            f"Referer: http://127.0.0.1:{self.port}/rooms/{self.room}\r\nCookie: {cookie}\r\n"
        )
        if body:
            head += f"Origin: http://127.0.0.1:{self.port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        self._writer.write(f"{head}\r\n{body}".encode())
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        self._http()
        for line in lines:
            if line.lower().startswith("set-cookie: ") and "seed=" in line:
                self._seed = line.split("seed=", 1)[1].split(";", 1)[0]
        raw = await self._body(headers)
        if headers.get("content-encoding") == "gzip":
            raw = zlib.decompress(raw, 31)
        return int(lines[0].split()[1]), headers, raw.decode()

    async def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return await self._reader.readexactly(int(headers.get("content-length", "0")))
        found = b""
        while size := int(await self._reader.readline(), 16):
            found += await self._reader.readexactly(size)
            await self._reader.readline()
        await self._reader.readline()
        return found
