"""One trip to SQLite's thread for each statement: what SQLAlchemy asks of a cursor is right, and a refusal breaks nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.core.sqlite import driver


@pytest.fixture
async def engine(anyio_backend: str, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}", module=driver())
    async with engine.begin() as line:
        await line.execute(text("CREATE TABLE city (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
        await line.execute(
            text("INSERT INTO city (name) VALUES (:name)"), [{"name": n} for n in ("Gori", "Bar", "Foča")]
        )
    yield engine
    await engine.dispose()


async def test_rows_counts_and_the_last_number_come_along(engine: AsyncEngine) -> None:
    async with engine.begin() as line:
        found = await line.execute(text("SELECT id, name FROM city ORDER BY name"))
        assert found.keys() == ["id", "name"] and found.all() == [(2, "Bar"), (3, "Foča"), (1, "Gori")]
        assert (await line.execute(text("UPDATE city SET name = name || '!' WHERE id > 1"))).rowcount == 2
        assert (await line.execute(text("INSERT INTO city (name) VALUES ('Tuzla')"))).lastrowid == 4
        back = await line.execute(text("DELETE FROM city WHERE id = 4 RETURNING name"))
        assert back.scalar_one() == "Tuzla"
        assert (await line.execute(text("SELECT name FROM city WHERE id = 4"))).all() == []


async def test_a_refused_statement_is_named_and_the_next_one_works(engine: AsyncEngine) -> None:
    async with engine.connect() as line:
        with pytest.raises(IntegrityError, match="UNIQUE"):
            await line.execute(text("INSERT INTO city (name) VALUES ('Gori')"))
        with pytest.raises(OperationalError, match="no such column"):
            await line.execute(text("SELECT inhabitants FROM city"))
        assert (await line.execute(text("SELECT count(*) FROM city"))).scalar_one() == 3


async def test_rows_may_be_streamed_too(engine: AsyncEngine) -> None:
    async with engine.connect() as line:
        names = [row.name async for row in await line.stream(text("SELECT name FROM city ORDER BY id"))]
    assert names == ["Gori", "Bar", "Foča"]
