"""What a consultation costs on the line and on a core:

    python -m bench.room cost        # bytes a person in the fixed script (8 people, 60 posts, 40 cards, 6 phases, no RTT)
    python -m bench.room typing      # bytes a minute of real-time text
    python -m bench.room phases      # from the lead's click to nine screens
    python -m bench.room hundred     # 100 rooms × 9 people at work (--rooms 100 --seconds 60)
    python -m bench.room             # all four

The server is `python -m app run` on SQLite with a Valkey of its own, alone on the first core; the people (real sockets
with permessage-deflate, HTTP on kept connections, headers as Chromium sends them) are on the second. Bytes are those
the kernel counted on each connection, both ways. What 90 idle minutes cost besides is measured over 50 seconds.
"""

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app import migrate
from app.core import db
from bench.room.script import Meeting, arrange, fixed_script, phase_changes, quantile, type_along, words

CORES = sorted(os.sched_getaffinity(0))
ROOT = Path(__file__).parents[2]
MINUTES = 90


@asynccontextmanager
async def house(rooms: int, people: int) -> AsyncIterator[tuple[list[Meeting], subprocess.Popen[bytes], int]]:
    """A server with running rooms, and the people's browsers in them."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        database = f"sqlite+aiosqlite:///{folder}/fortnight.db"
        await asyncio.to_thread(migrate.upgrade, database)
        db.connect(database)
        meetings = await arrange(rooms, people)
        server = _started(Path(folder), port)
        try:
            await asyncio.to_thread(_until_open, port)
            for meeting in meetings:
                await meeting.gather(port)
            await _settled(server.pid)
            yield meetings, server, port
            for meeting in meetings:
                for browser in meeting.browsers:
                    await browser.leaves()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
            await db.disconnect()


def _started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATA": str(folder),
        "PORT": str(port),
        "DEMO": "0",
        "LOG_LEVEL": "warning",
    }
    pinned = ["taskset", "-c", str(CORES[0])] if shutil.which("taskset") else []
    command = [*pinned, sys.executable, "-m", "app", "run"]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)


def _until_open(port: int) -> None:
    for _ in range(1200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not open its port")


async def cost() -> None:
    async with house(1, 8) as ([meeting], _, _port):
        await asyncio.sleep(3)  # who is present has been told
        early = [browser.bytes for browser in meeting.browsers]
        await asyncio.sleep(50)
        idle = [browser.bytes[1] - before[1] for browser, before in zip(meeting.browsers, early, strict=True)]
        before = [browser.bytes for browser in meeting.browsers]
        await fixed_script(meeting)
        each = [
            (now.bytes[0] - http, now.bytes[1] - line)
            for now, (http, line) in zip(meeting.browsers, before, strict=True)
        ]
        beats = max(idle) * MINUTES * 60 / 50 / 1000
        http, line = (sum(values) / len(each) / 1000 for values in zip(*each, strict=True))
        most = max(sum(values) for values in each) / 1000
        print(
            f"fixed script: HTTP {http:.1f} kB, socket {line:.1f} kB, idle line of {MINUTES} minutes {beats:.1f} kB a person"
        )
        print(
            f"fixed script: {http + line + beats:.1f} kB a person on average, {most + beats:.1f} kB at most (target 150)"
        )


async def typing() -> None:
    async with house(1, 8) as ([meeting], _, _port):
        writer, reader = await type_along(meeting, seconds=30)
        print(
            f"real-time text: {writer / 1000:.1f} kB a minute for who writes, {reader / 1000:.1f} kB for who reads (target 15)"
        )


async def phases() -> None:
    async with house(40, 9) as (meetings, _, _port):
        heard: list[float] = []
        for meeting in meetings:
            heard += await phase_changes(meeting, times_=5)
        print(
            f"phase change to nine: {len(heard)} arrivals, p50 {quantile(heard, 0.5) * 1000:.0f} ms, "
            f"p99 {quantile(heard, 0.99) * 1000:.0f} ms (target 100)"
        )


async def hundred(rooms: int, seconds: float) -> None:
    """In every room a line each ten seconds by the lead, a card each twenty, a phase change in half a minute on average."""
    async with house(rooms, 9) as (meetings, server, _port):
        late: list[float] = []
        sent: dict[str, float] = {}

        def seen(message: dict[str, object], at: float) -> None:
            for mark in [mark for mark in str(message.get("html", "")).split("§")[1::2] if mark in sent]:
                late.append(at - sent[mark])

        for meeting in meetings:
            for browser in meeting.browsers:
                browser.seen = seen
        until = time.perf_counter() + seconds
        busy = _processor(server.pid)
        began = time.perf_counter()

        async def work(number: int, meeting: Meeting) -> None:
            await asyncio.sleep(random.Random(number).random() * 10)
            turn = 0
            while time.perf_counter() < until:
                turn += 1
                mark = f"{number}-{turn}"
                sent[mark] = time.perf_counter()
                await meeting.lead.send("lines", text=f"§{mark}§ {words(180, turn)}")
                if (turn + number) % 3 == 0 and not (await meeting.here()).room.last_step:
                    await meeting.go_on()
                await asyncio.sleep(10)

        await asyncio.gather(*(work(number, meeting) for number, meeting in enumerate(meetings)))
        share = (_processor(server.pid) - busy) / (time.perf_counter() - began)
        took = [each for meeting in meetings for browser in meeting.browsers for each in browser.took]
        print(
            f"{rooms} rooms × 9: {len(took)} acts, {len(late)} arrivals, line to the others p50 {quantile(late, 0.5) * 1000:.0f} ms "
            f"p99 {quantile(late, 0.99) * 1000:.0f} ms, answer p50 {quantile(took, 0.5) * 1000:.0f} ms "
            f"p99 {quantile(took, 0.99) * 1000:.0f} ms, {share * 100:.0f} % of one core"
        )


async def _settled(pid: int) -> None:
    """Everybody has come: wait until they have been told so, and the server rests."""
    for _ in range(60):
        before = _processor(pid)
        await asyncio.sleep(1)
        if _processor(pid) - before < 0.1:
            return


def _processor(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    chosen = [word for word in sys.argv[1:2] if not word.startswith("-")] or ["cost", "typing", "phases", "hundred"]
    numbers = {
        name: float(sys.argv[sys.argv.index(f"--{name}") + 1])
        for name in ("rooms", "seconds")
        if f"--{name}" in sys.argv
    }
    if len(CORES) > 1:
        os.sched_setaffinity(0, CORES[1:2])
    for name in chosen:
        if name == "hundred":
            asyncio.run(hundred(int(numbers.get("rooms", 100)), numbers.get("seconds", 60)))
        else:
            asyncio.run({"cost": cost, "typing": typing, "phases": phases}[name]())


if __name__ == "__main__":
    main()
