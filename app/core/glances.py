"""SQLite asked at once, in the thread that asks.

For questions that find a few rows by their keys: SQLite answers them in less time than it takes to hand them to its
thread and back, and a session costs several times the answer. Everything else has a session.
"""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Executable, Row, create_engine
from sqlalchemy.engine import Connection as Line
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

SECONDS = 15
"""How long a question waits where somebody holds the whole file."""


class Glances:
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
    return sqlite3.connect(path, timeout=seconds, isolation_level=None, check_same_thread=False)
