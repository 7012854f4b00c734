"""The database: one engine, one way to write.

`transaction()` is the only place that commits. On SQLite it begins immediately, because a deferred transaction that
reads, then writes, silently loses the other writer's update; on PostgreSQL rows that will change are read with
`locked()`. `reading()` and `glance()` never commit.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeVar

from sqlalchemy import JSON, Column, Executable, and_, event, true
from sqlalchemy import Row as RowFound
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from app.core import live
from app.core.glances import Glances
from app.core.sqlite import driver as sqlite_driver

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata

_Query = TypeVar("_Query", Select[Any], SelectOfScalar[Any])


class Row(SQLModel):
    """The base of every table. Rows are stored, not validated: that machinery is built when somebody asks for it."""

    model_config = {"defer_build": True}


def as_json(empty: list[Any] | dict[str, Any]) -> Any:
    """A column kept as JSON, `empty` until something is put into it; each row has a copy of its own.

    With a default_factory Pydantic would study that function's signature again for every row: 150 µs each time.
    """
    return Field(default=empty, sa_column=Column(JSON, nullable=False))


class _Database:
    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.embedded = self.url.get_backend_name() == "sqlite"
        self.insert: Any = import_module(f"sqlalchemy.dialects.{self.url.get_backend_name()}").insert
        self.engine = _engine(self.url.render_as_string(hide_password=False), embedded=self.embedded)
        self.session = async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False)
        self.glances = Glances(self.url.database or "") if self.embedded else None
        # SQLite has one writer. Waiting for one's turn here costs nothing; SQLite's own waiting sleeps.
        self.turn: contextlib.AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self.embedded else contextlib.nullcontext()
        )


_current: _Database | None = None


def connect(url: str) -> AsyncEngine:
    """Use the database at `url` (`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`) from now on."""
    global _current
    _current = _Database(url)
    return _current.engine


async def disconnect() -> None:
    global _current
    if _current is not None:
        await _current.engine.dispose()
        if _current.glances is not None:
            _current.glances.close()
        _current = None


def embedded() -> bool:
    """Is it the embedded SQLite? For core/search alone; no slice asks this."""
    return _database().embedded


@contextlib.asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """A unit of work: all of it is stored, then announced; or nothing is."""
    database = _database()
    async with database.turn, database.session() as session:
        await session.connection(execution_options={"write": True})
        yield session
        await session.commit()
        news, works = live.taken_from(session), session.info.pop("after", [])
    for work in works:
        await work()
    await live.tell(news)


def after_commit(session: AsyncSession, work: Callable[[], Awaitable[None]]) -> None:
    """Do this once the transaction is stored, and not if it fails: for what lies outside the database."""
    session.info.setdefault("after", []).append(work)


@contextlib.asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """A session for looking only; what it changes is thrown away."""
    async with _database().session() as session:
        yield session


async def glance(question: Executable, **asked: Any) -> Sequence[RowFound[Any]]:
    """What is stored now: the rows of a statement made once, with its `bindparam`s filled. It selects columns, and finds
    a few rows by their keys. What nearly every page asks goes this way; a session costs several times the answer."""
    database = _database()
    if database.glances is not None:
        return await database.glances.rows(question, asked)
    async with database.engine.connect() as line:
        return (await line.execute(question, asked)).all()


def locked(query: _Query) -> _Query:
    """The same query, its rows held until the end of the transaction (SQLite holds everything anyway).

    Rows that point at a held one may still be added (FOR NO KEY UPDATE): no key of ours ever changes, and waiting for
    each other there is how two transactions lock each other out.
    """
    return query if _database().embedded else query.with_for_update(key_share=True)


async def add_if_new(session: AsyncSession, table: type[Row], **values: Any) -> None:
    """Insert a row unless one with the same key is there already: two requests at the same time are no error."""
    await session.exec(_database().insert(table).values(**values).on_conflict_do_nothing())


async def add_new(
    session: AsyncSession, table: type[Row], rows: Sequence[Mapping[str, Any]], *, key: str, returning: Sequence[str]
) -> Sequence[RowFound[Any]]:
    """Insert many rows, all columns named; those whose key is there already are passed over. These columns of the new ones."""
    if not rows:
        return []
    insert = _database().insert(table)
    columns = SQLModel.metadata.tables[str(table.__tablename__)].c
    new = insert.on_conflict_do_nothing(index_elements=[key]).returning(*(columns[name] for name in returning))
    connection = await session.connection()
    return (await connection.execute(new, sorted(rows, key=lambda row: row[key]))).all()


async def put(
    session: AsyncSession, table: type[Row], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str],
    change: Collection[str], where: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Insert many rows; for those whose key is there already, `change` these columns, if the row is still as `where` says."""
    if not rows:
        return
    insert = _database().insert(table)
    columns = SQLModel.metadata.tables[str(table.__tablename__)].c
    new = insert.on_conflict_do_update(
        index_elements=list(key),
        set_={name: insert.excluded[name] for name in change},
        where=and_(true(), *(columns[name] == value for name, value in (where or {}).items())),
    )
    connection = await session.connection()
    await connection.execute(new, sorted(rows, key=lambda row: [row[name] for name in key]))


def _database() -> _Database:
    assert _current is not None, "app.core.db.connect(url) comes first"
    return _current


@functools.lru_cache(maxsize=4)
def _engine(url: str, *, embedded: bool) -> AsyncEngine:
    """One for each address, also after a disconnect(): it remembers the statements that it has compiled."""
    if not embedded:
        return create_async_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True)
    engine = create_async_engine(
        url, module=sqlite_driver(), pool_size=8, max_overflow=8, connect_args={"timeout": 15}, hide_parameters=True
    )
    event.listen(engine.sync_engine, "connect", _tune)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _tune(connection: Any, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
