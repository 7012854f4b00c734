"""SQLite without waiting for a thread at every step.

aiosqlite hands each step of a statement (cursor, execute, fetch, close) to a thread and waits for its answer: eight
times for a page that asks one question, and each costs more than SQLite's own work. `Handing` hands a statement over
once, and gets its rows back with it. A `Glance` does not hand over at all: it is for questions that find a few rows by
their keys, which SQLite answers in less time than it takes to tell another thread about them.
"""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from aiosqlite import Connection
from sqlalchemy import Executable, Row, create_engine
from sqlalchemy.engine import Connection as Line
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

SECONDS = 15
"""How long a statement waits while somebody else writes."""


async def handing(path: str) -> Connection:
    connection = Handing(partial(_open, path, SECONDS), 64)
    connection._thread.daemon = True
    return await connection


class Rows:
    """A cursor, as SQLAlchemy's dialect for aiosqlite uses one: a statement brings its rows along."""

    arraysize = 1

    def __init__(self, connection: "Handing") -> None:
        self._connection = connection
        self._take(None)

    async def __aenter__(self) -> "Rows":
        return self

    async def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        self._take(await self._connection.run(sql, values))

    async def executemany(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        self._take(await self._connection.run(sql, values, many=True))

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        return None

    def _take(self, found: "tuple[sqlite3.Cursor, list[Any]] | None") -> None:
        cursor, self._rows = found or (None, [])
        self.description = cursor.description if cursor is not None else None
        self.rowcount = cursor.rowcount if cursor is not None else -1
        self.lastrowid = cursor.lastrowid if cursor is not None else None


class Handing(Connection):
    """A plain BEGIN travels with the statement after it, and nobody waits for a ROLLBACK."""

    _begins = False

    def cursor(self) -> Rows:  # type: ignore[override]
        return Rows(self)

    async def run(self, sql: str, values: Any, *, many: bool = False) -> tuple[sqlite3.Cursor, list[Any]] | None:
        if sql == "BEGIN":
            self._begins = True
            return None
        begins, self._begins = self._begins, False
        work = (_run, self._conn, begins, sql, values, many)
        return await self._execute(*work)  # type: ignore[no-any-return, no-untyped-call]

    async def commit(self) -> None:
        begun, self._begins = not self._begins, False
        if begun:
            await super().commit()

    async def rollback(self) -> None:
        begun, self._begins = not self._begins, False
        if begun:
            self._tx.put_nowait((None, self._conn.rollback))


class Glance:
    """Questions that find a few rows by their keys, answered at once, in the thread that asks."""

    def __init__(self, path: str) -> None:
        self._engine = create_engine(f"sqlite:///{path}", creator=partial(_open, path, 0), poolclass=NullPool)
        self._patient = create_engine(f"sqlite:///{path}", creator=partial(_open, path, SECONDS), poolclass=NullPool)
        self._line: Line | None = None

    async def rows(self, question: Executable, asked: Mapping[str, Any]) -> Sequence[Row[Any]]:
        if self._line is None:
            self._line = self._engine.connect()
        try:
            return _answer(self._line, question, asked)
        except OperationalError as problem:
            if getattr(problem.orig, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        return await asyncio.to_thread(self._wait, question, asked)  # rare: somebody holds the whole file

    def _wait(self, question: Executable, asked: Mapping[str, Any]) -> Sequence[Row[Any]]:
        with self._patient.connect() as line:
            return _answer(line, question, asked)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _answer(line: Line, question: Executable, asked: Mapping[str, Any]) -> Sequence[Row[Any]]:
    try:
        return line.execute(question, asked).all()
    finally:
        line.rollback()


def _open(path: str, seconds: float) -> sqlite3.Connection:
    """Who asks says BEGIN (see core/db), and only one thread at a time uses it."""
    return sqlite3.connect(path, timeout=seconds, isolation_level=None, check_same_thread=False)


def _run(
    connection: sqlite3.Connection, begins: bool, sql: str, values: Any, many: bool
) -> tuple[sqlite3.Cursor, list[Any]]:
    if begins:
        connection.execute("BEGIN")
    cursor = connection.executemany(sql, values) if many else connection.execute(sql, values)
    return cursor, cursor.fetchall() if cursor.description else []
