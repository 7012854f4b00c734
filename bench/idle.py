"""Memory of an idle socket of the live line:  python bench/idle.py [--sockets 2000] [--deflate]

A real process of the live line on SQLite and a private Valkey; each socket is signed in, has followed one topic and
been answered. Resident memory of the process before and after, divided.
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import uvicorn
from websockets.asyncio.client import connect

from app import migrate
from app.core import db, times
from app.embedded import Valkey
from app.main import Setup
from app.people.actions import sign_in
from app.people.models import Person
from realtime.gate import Kind
from realtime.lines import LiveProtocol
from realtime.server import LiveLine, create_app

HERE = Path(__file__)


async def gate(session: Any, person: int, ref: int) -> int:
    return 0


async def versions(session: Any, refs: Sequence[int]) -> dict[int, int]:
    return dict.fromkeys(refs, 0)


async def serve(database: str, redis: str, files: str, port: str, deflate: str) -> None:
    setup = Setup(database_url=database, redis_url=redis, files=Path(files), secret="for measuring " * 3)
    app = create_app(setup, live_line=LiveLine(kinds={"note": Kind(gate, versions)}, voices={}))
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=int(port),
        ws=LiveProtocol,
        ws_per_message_deflate=deflate == "True",
        log_level="warning",
    )
    await uvicorn.Server(config).serve()


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


async def listens(port: int) -> None:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise SystemExit("the server did not open its port")


async def measure(folder: Path, sockets: int, *, deflate: bool, port: int = 18765) -> None:
    database = f"sqlite+aiosqlite:///{folder / 'idle.db'}"
    await asyncio.to_thread(migrate.upgrade, database)
    db.connect(database)
    async with db.transaction() as session:
        person = Person(name="Idle", created_at=times.now())
        session.add(person)
        await session.flush()
        token = await sign_in(session, person_id=person.id or 0, device="bench", now=times.now())
    await db.disconnect()
    valkey = Valkey(folder)
    valkey.start()
    server = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE), "serve", database, valkey.url, str(folder), str(port), str(deflate)
    )
    try:
        await listens(port)
        async with AsyncExitStack() as stack:
            url, headers = f"ws://127.0.0.1:{port}/live", {"Cookie": f"session={token}"}
            options = {
                "additional_headers": headers,
                "compression": "deflate" if deflate else None,
                "ping_interval": None,
            }

            async def open_one(number: int) -> None:
                line = await stack.enter_async_context(connect(url, **options))
                await line.send(f'{{"type":"follow","topic":"note:{number % 100 + 1}","version":0}}')
                await line.recv()

            for number in range(50):  # what is loaded once is not counted
                await open_one(number)
            before = resident(server.pid)
            for number in range(sockets):
                await open_one(number)
            await asyncio.sleep(3)
            after = resident(server.pid)
        print(
            f"{sockets} sockets, deflate {deflate}: {(after - before) / sockets / 1024:.1f} kB each ({after / 2**20:.0f} MB in all)"
        )
    finally:
        server.terminate()
        await server.wait()
        valkey.stop()


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(*sys.argv[2:]))
        return
    soft = int(sys.argv[sys.argv.index("--sockets") + 1]) if "--sockets" in sys.argv else 2000
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 65536),) * 2)
    os.environ["PYTHONPATH"] = str(HERE.parents[1])
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        asyncio.run(measure(Path(folder), soft, deflate="--deflate" in sys.argv))
        print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
