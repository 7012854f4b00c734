"""A small world to be live about: notes in a table of our own, each with its readers, asked as a slice would ask.

`note:N` travels as HTML; `desk:N` is a bare signal on the same rows, shows who is present and lets its readers whisper.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel.ext.asyncio.session import AsyncSession
from websockets.asyncio.client import ClientConnection, connect

from app.core import live, times
from app.core.db import transaction
from app.people.actions import sign_in
from app.people.models import Person
from realtime.gate import Kind
from realtime.voice import Said

TABLES = (
    "CREATE TABLE note (id INTEGER PRIMARY KEY, version INTEGER NOT NULL)",
    "CREATE TABLE note_line (note_id INTEGER, version INTEGER, words VARCHAR(200))",
    "CREATE TABLE note_reader (note_id INTEGER, person_id INTEGER)",
)


async def gate(session: AsyncSession, person: int, note: int) -> int | None:
    query = text(
        "SELECT version FROM note JOIN note_reader ON note_id = id WHERE id = :note AND person_id = :person"
    ).bindparams(note=note, person=person)
    found = (await session.connection()).execute(query)
    return (await found).scalar()


async def versions(session: AsyncSession, notes: Sequence[int]) -> dict[int, int]:
    query = text("SELECT id, version FROM note WHERE id IN :notes").bindparams(
        bindparam("notes", list(notes), expanding=True)
    )
    return {row.id: row.version for row in await (await session.connection()).execute(query)}


async def voice(session: AsyncSession, note: int, after: int, lang: str) -> Said | None:
    query = text("SELECT version, words FROM note_line WHERE note_id = :note AND version > :after ORDER BY version")
    rows = (await (await session.connection()).execute(query.bindparams(note=note, after=after))).all()
    html = "".join(f'<li id="n{row.version}" lang="{lang}">{row.words}</li>' for row in rows)
    return Said(after, rows[-1].version, html) if rows else None


async def door(session: AsyncSession, person: int, note: int, kind: str) -> bool:
    return kind == "typing" and await gate(session, person, note) is not None


KINDS = {"note": Kind(gate, versions), "desk": Kind(gate, versions, present=True)}
VOICES = {"note": voice}
DOORS = {"desk": door}


async def prepare() -> None:
    async with transaction() as session:
        for statement in TABLES:
            await (await session.connection()).execute(text(statement))


async def person(name: str = "Nino") -> tuple[int, str]:
    """Somebody new, signed in: (number, session token)."""
    async with transaction() as session:
        row = Person(name=name, lang="en", created_at=times.now())
        session.add(row)
        await session.flush()
        assert row.id is not None
        return row.id, await sign_in(session, person_id=row.id, device="a test", now=times.now())


async def note(number: int, *readers: int, version: int = 0) -> None:
    async with transaction() as session:
        connection = await session.connection()
        await connection.execute(text("INSERT INTO note VALUES (:id, :version)"), {"id": number, "version": version})
        for reader in readers:
            await connection.execute(text("INSERT INTO note_reader VALUES (:n, :p)"), {"n": number, "p": reader})


async def write(number: int, words: str, *, announce: bool = True) -> int:
    """One more line in a note; returns the note's version."""
    async with transaction() as session:
        connection = await session.connection()
        raised = text("UPDATE note SET version = version + 1 WHERE id = :id RETURNING version")
        version = int((await connection.execute(raised, {"id": number})).scalar_one())
        line = text("INSERT INTO note_line VALUES (:id, :version, :words)")
        await connection.execute(line, {"id": number, "version": version, "words": words})
        if announce:
            live.announce(session, f"note:{number}", version=version)
            live.announce(session, f"desk:{number}", version=version)
    return version


async def shut_out(number: int, reader: int, *, announce: bool = True) -> None:
    async with transaction() as session:
        connection = await session.connection()
        gone = text("DELETE FROM note_reader WHERE note_id = :n AND person_id = :p")
        await connection.execute(gone, {"n": number, "p": reader})
        if announce:
            live.announce(session, f"standing:{reader}", version=0)


class Browser:
    """The browser's side of the protocol in a few lines."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def follow(self, topic: str, version: int = 0) -> dict[str, Any]:
        """Follow and give the answer."""
        await self.say(type="follow", topic=topic, version=version)
        return await self.next("following", "refused")

    async def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self.socket.recv())
        return message

    async def next(self, *types: str) -> dict[str, Any]:
        """The next message of one of these types; others are passed over."""
        while (message := await self.hear())["type"] not in types:
            pass
        return message

    async def silence(self) -> bool:
        """Nothing is on its way: what is asked now is answered next (presence aside)."""
        await self.say(type="follow", topic="nothing:1")
        while (message := await self.hear())["type"] == "present":
            pass
        return message["type"] == "refused" and message["topic"] == "nothing:1"


@asynccontextmanager
async def browser(
    address: str, token: str = "", *, origin: str | None = None, **options: Any
) -> AsyncIterator[Browser]:
    headers = {"Cookie": f"session={token}"} if token else {}
    if origin:
        headers["Origin"] = origin
    async with connect(f"ws://{address}/live", additional_headers=headers, **options) as socket:
        yield Browser(socket)
