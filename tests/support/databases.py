"""Empty databases with every table, quickly: made once per test run, copied for each test."""

import asyncio
import shutil
import uuid
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app import migrate
from app.core import search
from app.schema import tables
from tests.support.postgres import Postgres

TEMPLATE = "empty_with_tables"


def create_everything(connection: sqlalchemy.Connection) -> None:
    tables().create_all(connection)
    search.create_index(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": migrate.head()})


class SqliteCopies:
    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        engine = sqlalchemy.create_engine(f"sqlite:///{self._template}")
        with engine.begin() as connection:
            create_everything(connection)
        engine.dispose()

    def copy_to(self, folder: Path) -> str:
        return f"sqlite+aiosqlite:///{shutil.copy(self._template, folder / 'test.db')}"


class PostgresCopies:
    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._run(self._make_template())

    def copy(self) -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._run(self._say(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
        return self._server.url(name)

    def empty(self) -> str:
        """A database without any table, for migrations."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._run(self._say(f"CREATE DATABASE {name}"))
        return self._server.url(name)

    def drop(self, url: str) -> None:
        self._run(self._say(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)"))

    async def _make_template(self) -> None:
        await self._say(f"CREATE DATABASE {TEMPLATE}")
        engine = create_async_engine(self._server.url(TEMPLATE))
        async with engine.begin() as connection:
            await connection.run_sync(create_everything)
        await engine.dispose()

    async def _say(self, statement: str) -> None:
        engine = create_async_engine(self._server.url("postgres"), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()

    @staticmethod
    def _run(work: Coroutine[Any, Any, None]) -> None:
        """In a thread of its own: the test's own loop stays untouched."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, work).result()
