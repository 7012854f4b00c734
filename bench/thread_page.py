"""How many thread pages of twenty posts a second leave one core?

    python -m bench.thread_page            # with 100 and with 10,000 posts in the house
    python -m bench.thread_page --profile

One request after the other, identity encoding: to somebody who is not signed in, in a public space; to a reader who has
read it, with the marks that go with it; and to one who has something unread on it, whose page is drawn for them alone.
First the application in process, then the same over HTTP by a server in a process of its own (uvicorn as in production,
one connection that stays open), as NodeBB's figure was measured (77, anonymous). Pages a second are those of a core of
its own, from the time of the processor that answers, so that neighbours on the machine do not matter.
"""

import argparse
import asyncio
import cProfile
import os
import pstats
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
import uvicorn
from sqlalchemy import update

from app.core import db, times
from app.core.audience import Audience
from app.forum.models import ReadMark, Thread
from app.main import Setup
from app.serving import settle
from bench.forum import fill
from tests.support.site import Site, queries

NODEBB = 77
TIMES = 200
PAGE = "/events/bench/threads/2"
PUBLIC = 3
Ask = Callable[[], Awaitable[bytes]]


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(Path(sys.argv[2]), sys.argv[3:]))
        return
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--posts", type=int, nargs="*", default=[100, 10_000])
    asked.add_argument("--profile", action="store_true")
    chosen = asked.parse_args()
    print(f"{'posts':>8}  {'who reads':<28}{'ms':>7}{'pages/s':>9}{'× NodeBB':>10}{'statements':>12}{'kB':>7}")
    for size in chosen.posts:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(size, Path(folder), profile=chosen.profile))


def a_site(folder: Path) -> Site:
    url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
    site = Site(Setup(url, "redis://127.0.0.1:1", folder / "files", "for the bench " * 3))
    site.open()
    return site


async def measure(size: int, folder: Path, *, profile: bool) -> None:
    fill(folder / "bench.db", size)
    open_to_all(folder / "bench.db")
    site = a_site(folder)
    readers = {"anonymous": "", "signed in": await cookie(site, 1), "signed in, with news": await cookie(site, 2)}
    some_read_already(folder / "bench.db")
    for who, words in readers.items():
        await one(size, who, lambda words=words: in_process(site.app, words), profile=profile)  # type: ignore[misc]
    await site.close()
    await db.disconnect()
    for who, words in readers.items():
        await over_http(size, who, words, folder)


async def cookie(site: Site, person_id: int) -> str:
    return f"session={(await site.as_person(person_id)).cookies['session']}"


async def in_process(app: Any, cookie: str) -> bytes:
    """The bytes of the page, asked of the application itself."""
    answer: list[dict[str, Any]] = []
    headers = [(b"host", b"127.0.0.1:8000"), (b"accept", b"text/html"), (b"cookie", cookie.encode())]
    scope = {
        "type": "http", "method": "GET", "path": PAGE, "raw_path": PAGE.encode(), "query_string": b"", "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "scheme": "http", "http_version": "1.1",
        "asgi": {"version": "3.0"},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answer.append(message)

    await app(scope, receive, send)
    assert answer[0]["status"] == 200, answer[0]
    return b"".join(part.get("body", b"") for part in answer[1:])


async def one(size: int, who: str, ask: Ask, *, profile: bool) -> None:
    for _ in range(20):
        html = await ask()
    assert html.count(b'id="post-') >= 20
    taken, profiler = [], cProfile.Profile()
    for _ in range(TIMES):
        began = time.process_time()
        await ask()
        taken.append(time.process_time() - began)
    with queries() as said:
        await ask()
    told(size, who, statistics.median(taken), len(said), len(html))
    if profile:
        with profiler:
            for _ in range(TIMES):
                await ask()
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(70)


def told(size: int, who: str, each: float, statements: int | str, length: int) -> None:
    print(
        f"{size:>8}  {who:<28}{each * 1000:>7.2f}{1 / each:>9.0f}{1 / each / NODEBB:>10.1f}{statements:>12}"
        f"{length / 1000:>7.1f}"
    )


async def over_http(size: int, who: str, cookie: str, folder: Path) -> None:
    """The same page by a server of its own, and how much of the processor it took there."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(16)
        server = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.thread_page",
            "serve",
            str(folder),
            str(door.fileno()),
            pass_fds=[door.fileno()],
        )
        address = door.getsockname()
    reader, writer = await asyncio.open_connection(*address)

    async def ask() -> int:
        writer.write(
            f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        return len(await reader.readexactly(int(re.findall(rb"content-length: (\d+)", head)[0])))

    for _ in range(50):
        length = await ask()
    began = processor(server.pid)
    for _ in range(TIMES * 4):
        await ask()
    told(size, f"{who}, over HTTP", (processor(server.pid) - began) / TIMES / 4, "", length)
    writer.close()
    server.terminate()
    await server.wait()


async def serve(folder: Path, handed: list[str]) -> None:
    config = uvicorn.Config(a_site(folder).app, log_config=None, access_log=False, server_header=False, lifespan="on")
    settle()
    await uvicorn.Server(config).serve(sockets=[socket.socket(fileno=int(handed[0]))])


def processor(pid: int) -> float:
    """Seconds of the processor that a process has used."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def open_to_all(path: Path) -> None:
    """The thread of twenty is in a public audience; who takes part writes in it."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.insert(Audience), [{"id": PUBLIC, "name": "public", "public": True}])
        connection.execute(update(Thread).where(Thread.id == 2).values(audience_id=PUBLIC))  # type: ignore[arg-type]
    engine.dispose()


def some_read_already(path: Path) -> None:
    """The second reader has read half of it in this visit: there is a line, and something below it."""
    engine, now = sqlalchemy.create_engine(f"sqlite:///{path}"), times.now() - timedelta(seconds=10)
    mark = {"thread_id": 2, "position": 20, "at": now, "line": 10, "line_since": now - timedelta(hours=9)}
    with engine.begin() as connection:
        connection.execute(sqlalchemy.insert(ReadMark), [{"person_id": 2, **mark}])
    engine.dispose()


if __name__ == "__main__":
    main()
