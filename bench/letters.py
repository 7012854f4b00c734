"""How many letters a second leave:  .venv/bin/python -m bench.letters [--digests] [--letters 2000] [--postgres URL]

The letters of a published timetable wait in the outbox (text, HTML, calendar file); the real worker sends them over
real SMTP to a catcher in a process of its own. With `--digests` nothing is written yet: the morning is planned as the
worker plans it, then it is eight o'clock for everybody at once, and each letter is composed and sent. Goal: 200 a second.
On a machine that others use too, look at the milliseconds of processor for a letter: the rest is waiting. Memory is
that of the worker's process, each time another quarter has left.

Figures: docs/operations.md, “Letters”.
"""

import argparse
import asyncio
import resource
import socket
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP, Session
from sqlmodel import func, select

from app import migrate
from app.core import db, live, signs, times
from app.core import mail as letters_of_the_house
from app.core.jobs import Job
from app.core.mail import Letter, LetterState, SendLetter, post
from app.embedded import Valkey
from app.main import register_sources
from app.notices.jobs import PlanDigests, SendDigest
from app.schema import tables
from bench import mornings
from tests.support.clock import Clock
from workers import mail, notices, registry
from workers.postman import MailServer, Postman
from workers.registry import Turn
from workers.settings import work

ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Heat in the old town\r\nEND:VCALENDAR\r\n"
TEXT = "Hello,\n\nyour session is on Tuesday at 15:00 (Tbilisi time). Everything else stands on its page.\n\n" * 6


def main() -> None:
    if sys.argv[1:2] == ["catch"]:
        asyncio.run(catch(sys.argv[2]))
        return
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--letters", type=int, default=2000)
    asked.add_argument("--postgres", default="", help="an empty database, postgresql+asyncpg://…; else SQLite")
    asked.add_argument("--digests", action="store_true", help="compose them first: the letters of one morning")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), chosen.letters, chosen.postgres, digests=chosen.digests))


async def measure(folder: Path, letters: int, postgres: str, *, digests: bool) -> None:
    database = postgres or f"sqlite+aiosqlite:///{folder / 'letters.db'}"
    await asyncio.to_thread(migrate.upgrade, database)
    tables()
    db.connect(database)
    valkey = Valkey(folder)
    valkey.start()
    live.connect(valkey.url)
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    catcher = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.letters", "catch", str(listening.fileno()), pass_fds=[listening.fileno()]
    )
    postman = Postman(MailServer("127.0.0.1", port, "", "", "none", "post@example.org", "Fortnight"))
    mail.use(postman)
    registry.load()
    try:
        await (plan(letters, folder) if digests else queue(letters))
        began, computing = time.perf_counter(), time.process_time()
        working = asyncio.create_task(work(valkey.url, names=frozenset({SendDigest.name, SendLetter.name})))
        held = [resident()]
        while (sent := await count(Letter, LetterState.SENT)) < letters:
            if sent >= letters * len(held) / 4:
                held.append(resident())
            await asyncio.sleep(0.2)
        held.append(resident())
        seconds, computing = time.perf_counter() - began, time.process_time() - computing
        working.cancel()
        await asyncio.wait({working})
        size = await largest()
    finally:
        await postman.close()
        await db.disconnect()
        await live.disconnect()
        catcher.terminate()
        await catcher.wait()
        valkey.stop()
    print(
        f"{letters} letters in {seconds:.1f} s: {letters / seconds:.0f} a second, "
        f"{computing / letters * 1000:.1f} ms of processor for each; the longest has {size / 1000:.1f} kB; "
        f"memory at the start and after each quarter: {', '.join(f'{each:.0f}' for each in held)} MB"
    )


async def plan(letters: int, folder: Path) -> None:
    """The evening before is written, the morning planned; now it is eight o'clock."""
    clock = Clock(folder / "clock")
    times._shift_file = clock.file
    signs.use_secret("for measuring " * 3)
    letters_of_the_house.set_house(name="Fortnight", url="https://fortnight.example.org", domain="example.org")
    register_sources(demo=False)
    await mornings.fill(letters)
    began = time.perf_counter()
    before = clock.go_to(mornings.EIGHT - timedelta(minutes=5))
    await notices.plan_digests(PlanDigests(), turn=Turn(now=before, attempt=1, last=False))
    print(f"planned in {time.perf_counter() - began:.1f} s")
    clock.go_to(mornings.EIGHT)


async def queue(letters: int) -> None:
    now = times.now()
    async with db.transaction() as session:
        for number in range(letters):
            letter = Letter(
                key=f"bench:{number}", kind="timetable/invitation", address=f"reader{number}@example.org",
                name=f"Reader {number}", lang="en", subject="Your session on Tuesday", text=TEXT, html=f"<p>{TEXT}</p>",
                message_id=f"<{number}@example.org>", written_at=now,
                attachments=[{"name": "session.ics", "type": "text/calendar; method=REQUEST", "text": ICS}],
            )  # fmt: skip
            session.add(letter)
            await session.flush()
            await post(session, letter, now=now)


def resident() -> float:
    """Megabytes this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


async def largest() -> int:
    async with db.reading() as session:
        length = func.length(Letter.text) + func.length(Letter.html)
        found: int = (await session.exec(select(func.max(length)))).one()
        return found


async def count(table: type[Job] | type[Letter], state: str) -> int:
    async with db.reading() as session:
        found: int = (await session.exec(select(func.count()).select_from(table).where(table.state == state))).one()
        return found


class Catcher:
    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _: object, session: Session, __: object, hostname: str, responses: list[str]
    ) -> list[str]:
        """It takes commands as they come, but does not say so, as every mail server in earnest does."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd's name
        return "250 taken"


async def catch(listening: str) -> None:
    """A mail server that takes everything."""
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Catcher(), decode_data=False, enable_SMTPUTF8=True), sock=socket.socket(fileno=int(listening))
    )
    await server.serve_forever()


if __name__ == "__main__":
    main()
