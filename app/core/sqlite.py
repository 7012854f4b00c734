"""SQLite behind SQLAlchemy with one trip to its thread for each statement.

As they come, a statement makes four: a cursor, the statement, its rows, the end of the cursor. Each trip wakes two
threads that want the same interpreter; together they took more processor time than SQLite itself (bench/trips.py).
"""

import sqlite3
from collections import deque
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_


def driver() -> Any:
    """For `create_async_engine(module=...)`."""
    return _Driver(aiosqlite, sqlite3)


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """What SQLAlchemy asks of a cursor after a statement, brought along from the trip that ran it."""

    __slots__ = ("_description", "_lastrowid", "_rowcount")

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._soft_closed_memoized = EMPTY_DICT
        self._rows = deque()
        self._description: Any = None
        self._rowcount = -1
        self._lastrowid: Any = None

    @property
    def description(self) -> Any:
        return self._description

    @property
    def rowcount(self) -> int:
        return self._rowcount

    @property
    def lastrowid(self) -> Any:
        return self._lastrowid

    def execute(self, operation: Any, parameters: Any = None) -> None:
        self._go("execute", operation, parameters)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        self._go("executemany", operation, seq_of_parameters)

    def close(self) -> None:
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """Its end was part of the trip."""

    def _go(self, how: str, operation: Any, parameters: Any) -> None:
        try:
            found = await_(self._trip(how, operation, parameters or ()))
        except Exception as error:
            self._adapt_connection._handle_exception(error)
        self._description, self._rowcount, self._lastrowid, rows = found
        self._rows = deque(rows)

    async def _trip(self, how: str, operation: Any, parameters: Any) -> Any:
        line: Any = self._connection
        async with self._adapt_connection._execute_mutex:
            return await line._execute(_whole, line._conn, how, operation, parameters)


def _whole(line: sqlite3.Connection, how: str, operation: str, parameters: Any) -> tuple[Any, int, Any, list[Any]]:
    """In SQLite's thread: description, count of rows, last row's number, the rows."""
    cursor = line.cursor()
    try:
        getattr(cursor, how)(operation, parameters)
        rows = cursor.fetchall() if cursor.description else []
        return cursor.description, cursor.rowcount, cursor.lastrowid, rows
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> _Connection:
        line = super().connect(*arg, **kw)
        return _Connection(self, line._connection)
