"""Bringing a database to the shape this version needs, and saying whether it has it."""

import contextlib
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

FOLDER = Path(__file__).parent.parent / "migrations"
_Answer = TypeVar("_Answer")


class NoDatabase(Exception):
    """The database cannot be reached; the message says which and why."""


def upgrade(url: str, *, to: str = "head") -> None:
    """Run what is missing, everything or nothing. A SQLite file that is up to date costs a millisecond."""
    if to == "head" and _is_at_head(url):
        return
    if (parsed := make_url(url)).get_backend_name() == "sqlite" and parsed.database:
        folder = Path(parsed.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise NoDatabase(f"There can be no database in the folder {folder}: {problem.strerror}") from None
    _with_connection(url, lambda connection: _alembic("upgrade", connection, to))


def reach(url: str) -> None:
    """Raises NoDatabase, with a sentence, if it does not answer."""
    _with_connection(url, lambda _: None)


def downgrade(url: str, *, to: str = "base") -> None:
    _with_connection(url, lambda connection: _alembic("downgrade", connection, to))


def differences(url: str) -> list[str]:
    """What the models have and the migrated database has not, or the other way round; empty when they match."""
    return _with_connection(url, _differences)


def write_revision(url: str, *, message: str, number: str) -> None:
    """Write a migration that brings the database at `url` to the models."""
    _with_connection(
        url, lambda connection: _alembic("revision", connection, message, autogenerate=True, rev_id=number)
    )


def head() -> str:
    """The newest migration's number, told by its file's name."""
    return max((m[1] for f in (FOLDER / "versions").glob("*.py") if (m := re.match(r"(\d{4})_", f.name))), default="")


def version(url: str) -> str:
    """The newest migration the database has; empty when it has none or does not answer."""
    try:
        return _with_connection(url, _version)
    except (SQLAlchemyError, NoDatabase):
        return ""


def _version(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _is_at_head(url: str) -> bool:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or not Path(parsed.database).exists():
        return False
    line = sqlite3.connect(parsed.database)
    try:
        return line.execute("SELECT version_num FROM alembic_version").fetchall() == [(head(),)]
    except sqlite3.OperationalError:
        return False
    finally:
        line.close()


def _with_connection(url: str, act: Callable[[Connection], _Answer]) -> _Answer:
    """`act` with a connection of its own, in a loop of its own, in one transaction."""

    async def run() -> _Answer:
        engine = create_async_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine.sync_engine, "connect", _begin_by_hand)
            event.listen(engine.sync_engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
        try:
            async with contextlib.aclosing(await _reached(engine)) as connection, connection.begin():
                if engine.dialect.name == "postgresql":  # several processes may start at once
                    await connection.execute(text("SELECT pg_advisory_xact_lock(71141)"))
                return await connection.run_sync(act)
        finally:
            await engine.dispose()

    return anyio.run(run)


async def _reached(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except Exception as problem:  # of the network, of the library, of the server: whatever keeps us out
        why = str(getattr(problem, "orig", None) or problem).splitlines()[0]
        raise NoDatabase(
            f"The database {engine.url.render_as_string()} cannot be reached: {why}. Check DATABASE_URL, and that it runs."
        ) from problem


def _begin_by_hand(connection: Any, _: object) -> None:
    """Python's sqlite3 would begin only before the first INSERT, and store half a migration."""
    connection.isolation_level = None


def _alembic(command: str, connection: Connection, *args: Any, **more: Any) -> None:
    import alembic.command  # noqa: PLC0415 - a third of a second that an up-to-date start does not pay

    getattr(alembic.command, command)(_config(connection), *args, **more)


def _config(connection: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _differences(connection: Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - see above
    from alembic.migration import MigrationContext  # noqa: PLC0415 - see above

    from app.schema import tables  # noqa: PLC0415 - see above

    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_object": lambda _, name, kind, *__: not (kind == "table" and name.startswith("search_words")),
        },
    )
    return [repr(difference) for difference in compare_metadata(context, tables())]
