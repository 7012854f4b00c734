"""Search over everything a person may see, filled in the transaction that changes the thing.

One entry a thing; the words lie in a full-text table beside it: FTS5 on SQLite, a tsvector on PostgreSQL. Text is
folded (no accents, no case) before it goes in and before it is asked for, so both engines find the same in all scripts.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, UniqueConstraint, text
from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import audience, db
from app.core.db import Row
from app.core.text import folded, shortened

PAGE = 20


class SearchEntry(Row, table=True):
    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "ref"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)
    ref: int
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True, ondelete="CASCADE")
    audience_id: int = Field(foreign_key="audience.id", index=True, ondelete="CASCADE")
    title: str = Field(max_length=300)
    excerpt: str = Field(max_length=300)
    lang: str = Field(default="", max_length=10)
    url: str = Field(max_length=300)
    at: datetime


@dataclass(frozen=True)
class Found:
    kind: str
    title: str
    excerpt: str
    lang: str
    url: str
    at: datetime
    ref: int


def create_index(connection: Connection) -> None:
    """The full-text table; called by the migration."""
    for statement in _CREATE[connection.dialect.name]:
        connection.execute(text(statement))


def drop_index(connection: Connection) -> None:
    connection.execute(text("DROP TABLE IF EXISTS search_words"))


async def put(
    session: AsyncSession, *, kind: str, ref: int, audience_id: int, title: str, body: str, url: str, at: datetime,
    event_id: int | None = None, lang: str = "", also: str = "",
) -> None:  # fmt: skip
    """Make a thing findable, or bring what is known of it up to date. `also`: words that find it and are not shown."""
    query = select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.ref == ref)
    entry = (await session.exec(query)).one_or_none() or SearchEntry(
        kind=kind, ref=ref, audience_id=audience_id, title="", excerpt="", url=url, at=at
    )
    entry.event_id, entry.audience_id, entry.url, entry.at, entry.lang = event_id, audience_id, url, at, lang
    entry.title, entry.excerpt = title[:300], shortened(" ".join(body.split()), 300)
    session.add(entry)
    await session.flush()
    await _forget_words(session, entry)
    await _run(session, "insert", {"id": entry.id, "title": folded(title), "body": folded(f"{body} {also}")})


async def drop(session: AsyncSession, *, kind: str, ref: int) -> None:
    query = select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.ref == ref)
    entry = (await session.exec(query)).one_or_none()
    if entry is not None:
        await _forget_words(session, entry)
        await session.delete(entry)


async def rehome(session: AsyncSession, *, kind: str, refs: Sequence[int], audience_id: int) -> None:
    """From now on these things are found by the people of this audience, and by nobody else."""
    for some in range(0, len(refs), 500):
        these = col(SearchEntry.ref).in_(refs[some : some + 500])
        await session.exec(
            update(SearchEntry).where(col(SearchEntry.kind) == kind, these).values(audience_id=audience_id)
        )


async def find(
    session: AsyncSession, words: str, *, person_id: int | None, event_id: int | None = None, page: int = 1,
    kinds: Collection[str] = (),
) -> tuple[list[Found], bool]:  # fmt: skip
    """What this person may read of what matches, the newest first: (one page, is there more?). `kinds`: only these."""
    terms = re.findall(r"\w+", folded(words))[:10]
    if not terms:
        return [], False
    ranked = text(_sql("match")).bindparams(words=_sql("joiner").join(_term(t) for t in terms))
    hits = ranked.columns(SearchEntry.__table__.c.id).subquery("hits")  # type: ignore[attr-defined]
    query = (
        select(SearchEntry)
        .where(col(SearchEntry.id).in_(select(hits.c.id)))
        .where(col(SearchEntry.audience_id).in_(audience.readable(person_id)))
        .order_by(col(SearchEntry.at).desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    if event_id is not None:
        query = query.where(SearchEntry.event_id == event_id)
    if kinds:
        query = query.where(col(SearchEntry.kind).in_(kinds))
    rows = (await session.exec(query)).all()
    found = [Found(r.kind, r.title, r.excerpt, r.lang, r.url, r.at, r.ref) for r in rows[:PAGE]]
    return found, len(rows) > PAGE


async def _forget_words(session: AsyncSession, entry: SearchEntry) -> None:
    await _run(session, "delete", {"id": entry.id})


async def _run(session: AsyncSession, what: str, values: dict[str, object]) -> None:
    await (await session.connection()).execute(text(_sql(what)), values)


def _term(word: str) -> str:
    return f'"{word}"*' if db.embedded() else f"{word}:*"


def _sql(what: str) -> str:
    return _SQL["sqlite" if db.embedded() else "postgresql"][what]


_CREATE = {
    "sqlite": ["CREATE VIRTUAL TABLE search_words USING fts5(title, body, tokenize='unicode61 remove_diacritics 2')"],
    "postgresql": [
        "CREATE TABLE search_words (id integer PRIMARY KEY REFERENCES search_entry(id) ON DELETE CASCADE,"
        " words tsvector NOT NULL)",
        "CREATE INDEX ix_search_words ON search_words USING gin (words)",
    ],
}
_SQL = {
    "sqlite": {
        "insert": "INSERT INTO search_words (rowid, title, body) VALUES (:id, :title, :body)",
        "delete": "DELETE FROM search_words WHERE rowid = :id",
        "match": "SELECT rowid AS id FROM search_words WHERE search_words MATCH :words",
        "joiner": " AND ",
    },
    "postgresql": {
        "insert": "INSERT INTO search_words (id, words) VALUES (:id, setweight(to_tsvector('simple', :title), 'A')"
        " || to_tsvector('simple', :body))",
        "delete": "DELETE FROM search_words WHERE id = :id",
        "match": "SELECT id FROM search_words WHERE words @@ to_tsquery('simple', :words)",
        "joiner": " & ",
    },
}
