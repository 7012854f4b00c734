"""Migrations and models say the same, on both databases, up and down."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import migrate
from tests.conftest import BOTH
from tests.support.databases import PostgresCopies


@pytest.fixture(params=BOTH)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'bare.db'}"
        return
    copies: PostgresCopies = request.getfixturevalue("postgres_copies")
    url = copies.empty()
    yield url
    copies.drop(url)


def test_migrations_match_models_up_down_and_up_again(bare_url: str) -> None:
    migrate.upgrade(bare_url)
    assert migrate.differences(bare_url) == [], "run `make migration`"
    migrate.upgrade(bare_url)
    assert migrate.differences(bare_url) == [], "a second upgrade changes nothing"
    migrate.downgrade(bare_url)
    assert migrate.differences(bare_url) != [], "going down leaves nothing"
    migrate.upgrade(bare_url)
    assert migrate.differences(bare_url) == []


@pytest.fixture
def broken_migration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """The migrations, and behind them one that makes a table and then fails."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for path in [*migrate.FOLDER.glob("*.*"), *migrate.FOLDER.glob("versions/*.py")]:
        (folder / path.relative_to(migrate.FOLDER)).write_bytes(path.read_bytes())
    (folder / "versions" / "9999_broken.py").write_text(
        f"from alembic import op\nrevision, down_revision = '9999', '{migrate.head()}'\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (id integer)')\n    op.execute('SELECT * FROM nowhere')\n"
    )
    return lambda: monkeypatch.setattr(migrate, "FOLDER", folder)


def test_a_failing_migration_leaves_the_database_as_it_was(
    database_url: str, broken_migration: Callable[[], None]
) -> None:
    broken_migration()
    with pytest.raises(Exception, match="nowhere"):
        migrate.upgrade(database_url)
    assert migrate.differences(database_url) == []
