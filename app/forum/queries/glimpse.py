"""What one page of a thread would show, found out in one statement and without reading its posts.

A page drawn before is shown again while its glimpse is the same, so all that the page shows must show here: what is
written in the thread itself by its version, which every change to it or to a post raises; what stands elsewhere (names
of people, the space, quoted posts) word by word.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, bindparam, case, cast, func
from sqlalchemy import select as selecting
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from app.core.audience import AudienceMember, is_readable
from app.core.db import glance
from app.forum import rules
from app.forum.models import Attachment, Follow, Post, ReadMark, Space, Thanks, Thread, Translation
from app.forum.queries.rights import mark_of
from app.forum.rules import PAGE, Line, Standing
from app.people.models import Person


@dataclass(frozen=True)
class Glimpse:
    """`shown`: what everybody sees; the rest is this reader's own."""

    shown: Hashable
    last_position: int
    author_id: int | None
    merged_into: int | None
    split_from: int | None
    started_at: datetime
    writes: bool
    level: str | None
    read_up_to: int
    read_at: datetime | None
    line: Line
    own: int  # what they see here and nobody else: hidden posts of theirs, files that wait for their reply

    @property
    def first_unread(self) -> int | None:
        return rules.first_unread(self.read_up_to, self.last_position) if self.read_at is not None else None

    def line_at(self, now: datetime) -> Line:
        return rules.line(read_up_to=self.read_up_to, read_at=self.read_at, before=self.line, now=now)

    def is_mark_due(self, page: int, now: datetime, *, told: bool) -> bool:
        last = min(page * PAGE, self.last_position)
        return rules.is_mark_due(marked=self.read_up_to, marked_at=self.read_at, position=last, now=now, told=told)

    def may_undo_split(self, now: datetime) -> bool:
        return self.split_from is not None and now - self.started_at <= rules.UNDO

    def standing(self, *, moderates: bool) -> Standing:
        return Standing(None, reads=True, writes=self.writes, moderates=self.writes and moderates)


async def glimpse(thread_id: int, *, event_id: int, person_id: int | None, page: int) -> Glimpse | None:
    """None where there is no such thread for this person."""
    asked = {"thread": thread_id, "event": event_id, "person": person_id or 0}
    for row in await glance(_QUERY, **asked, first=(page - 1) * PAGE + 1, last=page * PAGE):
        return Glimpse(
            shown=(*(getattr(row, name) for name in _SHOWN), str(row.texts), *(_lines(row, name) for name in _LISTED)),
            last_position=row.last_position,
            author_id=row.author_id, merged_into=row.merged_into, split_from=row.split_from, started_at=row.started_at,
            writes=bool(row.writes), level=row.level, read_up_to=row.read_up_to or 0, read_at=row.read_at,
            line=Line(row.line or 0, row.line_since), own=row.hidden + row.waiting,
        )  # fmt: skip
    return None


def _query() -> Any:
    thread, person = bindparam("thread", type_=Integer), bindparam("person", type_=Integer)
    on_page = (
        Post.thread_id == thread,
        col(Post.position).between(bindparam("first", type_=Integer), bindparam("last", type_=Integer)),
    )
    source, by, source_by, opener = aliased(Post), aliased(Person), aliased(Person), aliased(Person)
    hidden = case((col(source.hidden_at).is_(None), ""), else_="hidden")
    posts = (
        select(_list(col(Post.id), by.name, by.city, by.country, source_by.name, hidden))
        .select_from(Post)
        .outerjoin(by, col(by.id) == col(Post.author_id))
    )
    posts = posts.outerjoin(source, col(source.id) == col(Post.quote_of))
    posts = posts.outerjoin(source_by, col(source_by.id) == col(source.author_id)).where(*on_page)
    thanks = (
        select(_list(col(Thanks.post_id), Person.name)).select_from(Thanks).join(Post, col(Post.id) == Thanks.post_id)
    )
    thanks = thanks.join(Person, col(Person.id) == col(Thanks.person_id)).where(*on_page)
    translated = select(_list(col(Translation.post_id), Person.name)).select_from(Translation)
    translated = translated.join(Post, col(Post.id) == col(Translation.post_id)).where(*on_page)
    translated = translated.outerjoin(Person, col(Person.id) == col(Translation.by_id))
    other = aliased(Thread)
    splits = select(_list(col(other.id), other.title)).where(
        other.split_from == thread, col(other.merged_into).is_(None)
    )
    hidden_own = select(func.count()).select_from(Post).where(*on_page, Post.author_id == person)
    waiting = select(func.count()).select_from(Attachment)
    waiting = waiting.where(Attachment.thread_id == thread, Attachment.person_id == person)
    writes = select(AudienceMember.writes).where(
        AudienceMember.audience_id == Thread.audience_id, AudienceMember.person_id == person
    )
    columns: list[Any] = [
        Thread.id, Thread.version, Thread.title, Thread.kind, Thread.lang, Thread.pinned, Thread.locked,
        Thread.closes_at, Thread.wall, Thread.splits, Thread.edited_at, Thread.space_id, Thread.last_position,
        Thread.author_id, Thread.merged_into, Thread.split_from, Thread.started_at,
        col(Space.title).label("space"), Space.texts, _joined(opener.name, opener.city, opener.country).label("opener"),
        col(ReadMark.position).label("read_up_to"), col(ReadMark.at).label("read_at"), ReadMark.line, ReadMark.line_since,
        Follow.level, posts.scalar_subquery().label("posts"), thanks.scalar_subquery().label("thanks"),
        translated.scalar_subquery().label("translated"),
        splits.where(is_readable(other.audience_id, person)).scalar_subquery().label("splits_read"),
        hidden_own.where(col(Post.hidden_at).is_not(None)).scalar_subquery().label("hidden"),
        waiting.where(col(Attachment.post_id).is_(None)).scalar_subquery().label("waiting"),
        writes.scalar_subquery().label("writes"),
    ]  # fmt: skip
    return (
        selecting(*columns)
        .join(Space, col(Space.id) == col(Thread.space_id))
        .outerjoin(opener, col(opener.id) == col(Thread.author_id))
        .outerjoin(ReadMark, mark_of(person))
        .outerjoin(Follow, (col(Follow.thread_id) == col(Thread.id)) & (col(Follow.person_id) == person))
        .where(col(Thread.id) == thread, col(Thread.event_id) == bindparam("event", type_=Integer))
        .where(is_readable(Thread.audience_id, person))
    )


def _list(*words: Any) -> Any:
    """A line for each row, in any order (see `_lines`)."""
    return func.aggregate_strings(_joined(cast(words[0], String), *words[1:]), "\n")


def _joined(*words: Any) -> Any:
    joined: Any = func.coalesce(words[0], "")
    for each in words[1:]:
        joined = joined.concat("\t").concat(func.coalesce(each, ""))
    return joined


def _lines(row: Any, name: str) -> tuple[str, ...]:
    """In one order, whatever the database's was."""
    return tuple(sorted((getattr(row, name) or "").split("\n")))


_LISTED = ("posts", "thanks", "translated", "splits_read")
_SHOWN = (
    "id", "version", "title", "kind", "lang", "pinned", "locked", "closes_at", "wall", "splits", "edited_at", "space_id",
    "last_position", "author_id", "split_from", "started_at", "space", "opener",
)  # fmt: skip
_QUERY = _query()
