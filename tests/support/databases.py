"""Empty databases with every table, quickly: made once per test run, copied or emptied for each test."""

import asyncio
import contextlib
import shutil
import uuid
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import asyncpg
import pytest
import sqlalchemy
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app import migrate
from app.core import search
from app.schema import tables
from tests.support.postgres import Postgres

ONE_DATABASE = pytest.mark.database("sqlite")
"""On a test (or module) about words, doors or pages: what they ask of the database other tests ask on both."""
POSTGRES_ALONE = pytest.mark.database("postgres")
"""On a walk through everything: other tests ask most of it on SQLite, and PostgreSQL is the stricter reader of SQL."""
TEMPLATE = "empty_with_tables"
GONE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
Line: TypeAlias = asyncpg.Connection  # type: ignore[type-arg]
Result = TypeVar("Result")


def create_everything(connection: sqlalchemy.Connection) -> None:
    tables().create_all(connection)
    search.create_index(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": migrate.head()})


class SqliteCopies:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        engine = sqlalchemy.create_engine(f"sqlite:///{self._template}")
        with engine.begin() as connection:
            create_everything(connection)
        engine.dispose()

    def fresh(self) -> str:
        """Always at the same address: what the engine learned in the test before it still knows."""
        for rest in self._folder.glob("test.db*"):
            rest.unlink()
        return self.copy_to(self._folder)

    def copy_to(self, folder: Path) -> str:
        return f"sqlite+aiosqlite:///{shutil.copy(self._template, folder / 'test.db')}"


class PostgresCopies:
    """A database is emptied and handed out again: that takes a tenth of the time of copying and dropping one."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._free: list[str] = []
        self._tables: list[str] = []
        self._thread = ThreadPoolExecutor(1)  # the test's own loop stays untouched
        self._loop = asyncio.Runner()
        self._lines: dict[str, Line] = {}
        self._run(self._make_template())

    def copy(self) -> str:
        if self._free:
            return self._free.pop()
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._run(self._say(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
        return self._server.url(name)

    def copy_of(self, url: str) -> str:
        """Of a database to which nobody is connected."""
        self._run(self._hang_up(url))
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._run(self._say(f"CREATE DATABASE {name} TEMPLATE {url.rsplit('/', 1)[1]}"))
        return self._server.url(name)

    def empty(self) -> str:
        """A database without any table, for migrations."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._run(self._say(f"CREATE DATABASE {name}"))
        return self._server.url(name)

    def give_back(self, url: str) -> None:
        """A copy that has its own tables and no others will be empty for the next test."""
        if self._run(self._emptied(url)):
            self._free.append(url)
        else:
            self.drop(url)

    def drop(self, url: str) -> None:
        self._run(self._hang_up(url))
        self._run(self._say(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)"))

    async def _make_template(self) -> None:
        await self._say(f"CREATE DATABASE {TEMPLATE}")
        engine = create_async_engine(self._server.url(TEMPLATE))
        async with engine.begin() as connection:
            await connection.run_sync(create_everything)
            self._tables = list((await connection.scalars(text(TABLES))).all())
        await engine.dispose()

    def close(self) -> None:
        for url in [*self._lines]:
            self._run(self._hang_up(url))
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()

    async def _emptied(self, url: str) -> bool:
        line = await self._line(url)
        await line.execute(OTHERS_OUT)
        if [row[0] for row in await line.fetch(TABLES)] != self._tables:
            return False
        async with line.transaction():
            await line.execute("SET LOCAL session_replication_role = replica")  # foreign keys rest meanwhile
            await line.execute("SELECT pg_temp.empty_all()")
            await line.execute(COUNT_FROM_ONE)
        return True

    async def _line(self, url: str) -> Line:
        """Kept from test to test: a new one would read all about 69 tables again, which takes longer than emptying them."""
        line = self._lines.get(url)
        if line is None or not await _answers(line):
            line = self._lines[url] = await asyncpg.connect(url.replace("+asyncpg", ""))
            filled = (
                f'IF EXISTS (SELECT FROM "{table}") THEN DELETE FROM "{table}"; END IF;' for table in self._tables
            )
            body = f"BEGIN {' '.join(filled)} END"
            await line.execute(f"CREATE FUNCTION pg_temp.empty_all() RETURNS void LANGUAGE plpgsql AS $${body}$$")
        return line

    async def _hang_up(self, url: str) -> None:
        if line := self._lines.pop(url, None):
            with contextlib.suppress(*GONE):
                await line.close()

    async def _say(self, statement: str) -> None:
        line = await asyncpg.connect(self._server.url("postgres").replace("+asyncpg", ""))
        await line.execute(statement)
        await line.close()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._thread.submit(self._loop.run, work).result()


async def _answers(line: Line) -> bool:
    """A test may have stopped the server, or sent everybody away."""
    try:
        await line.execute("SELECT")
    except GONE:
        return False
    return True


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
OTHERS_OUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
COUNT_FROM_ONE = """
    SELECT setval(format('%I', sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
