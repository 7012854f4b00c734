"""Alembic's way in: the same migrations on SQLite and PostgreSQL. Called by app/migrate.py with a connection."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from app.schema import tables


def _ours(thing: Any, name: str | None, kind: str, _: bool, __: Any) -> bool:
    """The full-text tables are made by core/search, differently on each database."""
    return not (kind == "table" and (name or "").startswith("search_words"))


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables(),
        include_object=_ours,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="sqlmodel.sql.sqltypes.",
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
