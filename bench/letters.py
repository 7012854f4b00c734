"""How many letters a second leave:  .venv/bin/python bench/letters.py [--letters 2000] [--postgres URL]

The letters of a published timetable wait in the outbox (text, HTML, calendar file); the real worker sends them over
real SMTP to a catcher in a process of its own. Goal: 200 a second. On a machine that others use too, look at the
milliseconds of processor for a letter: the rest is waiting.
"""

import argparse
import asyncio
import socket
import sys
import tempfile
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP
from sqlmodel import func, select

from app import migrate
from app.core import db, live, times
from app.core.jobs import Job, JobState
from app.core.mail import Letter, LetterState, SendLetter, post
from app.embedded import Valkey
from app.schema import tables
from workers import mail, registry
from workers.postman import MailServer, Postman
from workers.settings import work

HERE = Path(__file__)
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Heat in the old town\r\nEND:VCALENDAR\r\n"
TEXT = "Hello,\n\nyour session is on Tuesday at 15:00 (Tbilisi time). Everything else stands on its page.\n\n" * 6


def main() -> None:
    if sys.argv[1:2] == ["catch"]:
        asyncio.run(catch(sys.argv[2]))
        return
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--letters", type=int, default=2000)
    asked.add_argument("--postgres", default="", help="an empty database, postgresql+asyncpg://…; else SQLite")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), chosen.letters, chosen.postgres))


async def measure(folder: Path, letters: int, postgres: str) -> None:
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
        sys.executable, str(HERE), "catch", str(listening.fileno()), pass_fds=[listening.fileno()]
    )
    postman = Postman(MailServer("127.0.0.1", port, "", "", "none", "post@example.org", "Fortnight"))
    mail.use(postman)
    registry.load()
    try:
        await queue(letters)
        began, computing = time.perf_counter(), time.process_time()
        working = asyncio.create_task(work(valkey.url, names=frozenset({SendLetter.name})))
        while await count(Job, JobState.DONE) < letters:  # noqa: ASYNC110 - rows ring no bell
            await asyncio.sleep(0.1)
        seconds, computing = time.perf_counter() - began, time.process_time() - computing
        working.cancel()
        await asyncio.wait({working})
        assert await count(Letter, LetterState.SENT) == letters
    finally:
        await postman.close()
        await db.disconnect()
        await live.disconnect()
        catcher.terminate()
        await catcher.wait()
        valkey.stop()
    print(
        f"{letters} letters in {seconds:.1f} s: {letters / seconds:.0f} a second, "
        f"{computing / letters * 1000:.1f} ms of processor for each"
    )


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


async def count(table: type[Job] | type[Letter], state: str) -> int:
    async with db.reading() as session:
        found: int = (await session.exec(select(func.count()).select_from(table).where(table.state == state))).one()
        return found


class Catcher:
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
