"""A small reverse proxy in front of real processes, and a line for each visitor that can break.

`/live` goes to the realtime processes in turn, everything else to the web processes in turn. `cut()` breaks every
connection at once and refuses new ones until `mend()`: a tunnel, a dead spot, a closed laptop.
"""

import asyncio
import contextlib
import threading
from collections.abc import Sequence
from itertools import cycle

from tests.support.postgres import free_port

Address = tuple[str, int]


class Proxy:
    def __init__(self, web: Sequence[int], realtime: Sequence[int] = ()) -> None:
        self.port = free_port()
        self._web, self._realtime = cycle(web), cycle(realtime or web)
        self._loop = asyncio.new_event_loop()
        self._pipes: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._broken = False
        self._cuts_after_post = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(5)

    def stop(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def cut(self) -> None:
        self._broken = True
        done = threading.Event()
        self._loop.call_soon_threadsafe(self._abort_all, done)
        done.wait(5)

    def cut_after_next_post(self) -> None:
        """The next POST arrives, and its answer does not: the line goes in between."""
        self._cuts_after_post = True

    def mend(self) -> None:
        self._broken = False

    def _abort_all(self, done: threading.Event) -> None:
        for writer in list(self._pipes):
            writer.transport.abort()
        done.set()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(_settled())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._broken:
            writer.transport.abort()
            return
        self._pipes.add(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            port = next(self._realtime if head.split(b" ", 2)[1].startswith(b"/live") else self._web)
            behind_reader, behind = await asyncio.open_connection("127.0.0.1", port)
            self._pipes.add(behind)
            behind.write(_once(head))
            if self._cuts_after_post and head.startswith(b"POST"):
                self._cuts_after_post = False
                sent = asyncio.create_task(_pour(reader, behind))
                await behind_reader.readuntil(b"\r\n")
                self._broken = True
                self._abort_all(threading.Event())
                await sent
                return
            # Either side ending ends both: one request a connection, except for sockets, which last.
            await asyncio.wait(
                [asyncio.create_task(_pour(reader, behind)), asyncio.create_task(_pour(behind_reader, writer))],
                return_when=asyncio.ALL_COMPLETED,
            )
            self._pipes.discard(behind)
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            self._pipes.discard(writer)


def _once(head: bytes) -> bytes:
    """The request's head, asking the server to close after the answer, unless it becomes a socket."""
    if b"upgrade: websocket" in head.lower():
        return head
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    return b"\r\n".join([lines[0], b"Connection: close", *lines[1:]])


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()


async def _settled() -> None:
    """What was aborted ends by itself."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=5)
