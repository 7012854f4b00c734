"""Rows of the forum. What was written is kept as written and as safe HTML; positions of posts change only when
threads are merged or split, and are never given twice in one thread."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint, false
from sqlmodel import Field

from app.core.db import Row, as_json


def _long() -> Any:
    return Field(default="", sa_column=Column(Text, nullable=False))


class Space(Row, table=True):
    """A part of the forum. `audience_id`: who reads and writes here. `texts`: {"de": {"title", "purpose"}}."""

    __tablename__ = "forum_space"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    audience_id: int = Field(foreign_key="audience.id")
    key: str = Field(max_length=64, unique=True)
    kind: str = Field(default="theme", max_length=10)
    title: str = Field(max_length=200)
    purpose: str = Field(default="", max_length=600)
    texts: dict[str, dict[str, str]] = as_json({})
    place: int = 0
    opened_at: datetime

    def title_in(self, lang: str) -> str:
        return self.texts.get(lang, {}).get("title") or self.title

    def purpose_in(self, lang: str) -> str:
        return self.texts.get(lang, {}).get("purpose") or self.purpose


class Thread(Row, table=True):
    """`version` grows with every change to the thread or a post in it; `last_position` counts posts, deleted ones too.

    `wall`: its cards are shown beside each other, one of each person.

    `merged_into`: its posts stand there now, and its address leads there. `split_from`: its first posts stood there,
    and until `merged_into` says otherwise it counts among the `splits` of that thread.

    `answers`: replies that stand, by others than the author. `facts`: [[term, words]].
    """

    __tablename__ = "forum_thread"
    __table_args__ = (
        Index("ix_thread_in_space", "space_id", "pinned", "last_post_at"),
        Index("ix_thread_news", "event_id", "last_post_at"),
        Index("ix_thread_asking", "event_id", "kind", "answers"),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", ondelete="CASCADE")
    space_id: int = Field(foreign_key="forum_space.id", ondelete="CASCADE")
    audience_id: int = Field(foreign_key="audience.id")
    key: str = Field(max_length=64, unique=True)
    kind: str = Field(max_length=20)
    title: str = Field(max_length=200)
    context: str = _long()
    html: str = _long()
    facts: list[list[str]] = as_json([])
    lang: str = Field(default="en", max_length=10)
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="SET NULL")
    pinned: bool = False
    locked: bool = False
    closes_at: datetime | None = None
    merged_into: int | None = Field(default=None, foreign_key="forum_thread.id", index=True, ondelete="SET NULL")
    split_from: int | None = Field(default=None, foreign_key="forum_thread.id", index=True, ondelete="SET NULL")
    splits: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    wall: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    version: int = 1
    last_position: int = 0
    posts: int = 0
    answers: int = 0
    started_at: datetime
    edited_at: datetime | None = None
    last_post_at: datetime
    last_by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")

    def is_closed(self, now: datetime) -> bool:
        """By hand, or by its date, also while the job that closes it is late."""
        return self.locked or (self.closes_at is not None and self.closes_at <= now)


class Post(Row, table=True):
    """`version`: the thread's version when this post changed last; `worded` when its words did. `via`: web or mail.

    `thanks` and `files` count the rows in Thanks and Attachment, `translations` the languages it is translated into, so
    that a page without any asks nothing. `stood_at`: its position in the thread that this one was split from.
    A card says in `title` and `country` which city it shows.
    """

    __tablename__ = "forum_post"
    __table_args__ = (
        UniqueConstraint("thread_id", "position"),
        Index("ix_post_version", "thread_id", "version"),
        Index("ix_post_kind", "thread_id", "kind", "position"),
    )

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="forum_thread.id", ondelete="CASCADE")
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="SET NULL")
    key: str = Field(max_length=64, unique=True)
    position: int
    stood_at: int | None = None
    kind: str = Field(default="reply", max_length=10)
    title: str = Field(default="", max_length=200)
    country: str = Field(default="", max_length=2, sa_column_kwargs={"server_default": ""})
    text: str = _long()
    html: str = _long()
    lang: str = Field(default="en", max_length=10)
    quote_of: int | None = Field(default=None, foreign_key="forum_post.id", ondelete="SET NULL")
    quote: str = Field(default="", max_length=1000)
    via: str = Field(default="web", max_length=10)
    version: int
    worded: int
    thanks: int = 0
    files: int = 0
    translations: int = 0
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    hidden_at: datetime | None = None
    hidden_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    hidden_why: str = Field(default="", max_length=600)

    @property
    def stands(self) -> bool:
        """Neither taken away nor hidden: it counts, it is found, others may quote it."""
        return self.deleted_at is None and self.hidden_at is None


class Attachment(Row, table=True):
    """A picture or a file of a post; while `post_id` is None it waits for the post its person is writing.

    `width`, `height`: of a picture at its widest; `widths`: the narrower sizes it is kept in.
    `role`: see rules_files.Role.
    """

    __tablename__ = "forum_attachment"
    __table_args__ = (Index("ix_attachment_waiting", "thread_id", "person_id", "post_id"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int | None = Field(default=None, foreign_key="forum_post.id", index=True, ondelete="CASCADE")
    thread_id: int = Field(foreign_key="forum_thread.id", ondelete="CASCADE")
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    file_id: int = Field(foreign_key="stored_file.id", unique=True, ondelete="CASCADE")
    alt: str = Field(default="", max_length=500)
    width: int = 0
    height: int = 0
    widths: list[int] = as_json([])
    role: str = Field(default="", max_length=10, sa_column_kwargs={"server_default": ""})
    added_at: datetime


class Translation(Row, table=True):
    """A post in other words, by a person; a newer row of the same language corrects it, one without text takes it away.

    `of`: the post's `worded` when it was translated.
    """

    __tablename__ = "forum_translation"
    __table_args__ = (Index("ix_translation_of_post", "post_id", "lang"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="forum_post.id", ondelete="CASCADE")
    key: str = Field(max_length=64, unique=True)
    lang: str = Field(max_length=10)
    text: str = _long()
    html: str = _long()
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    of: int
    at: datetime


class PostEdit(Row, table=True):
    """What a post said before it was changed."""

    __tablename__ = "forum_post_edit"

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="forum_post.id", index=True, ondelete="CASCADE")
    editor_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    title: str = Field(default="", max_length=200)
    text: str = _long()
    lang: str = Field(default="en", max_length=10)
    edited_at: datetime


class ThreadEdit(Row, table=True):
    """What stood above a thread before it was changed."""

    __tablename__ = "forum_thread_edit"

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="forum_thread.id", index=True, ondelete="CASCADE")
    editor_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    title: str = Field(max_length=200)
    context: str = _long()
    lang: str = Field(default="en", max_length=10)
    edited_at: datetime


class Thanks(Row, table=True):
    """Somebody thanked for a post, once; `reason` in their own words, or empty."""

    __tablename__ = "forum_thanks"

    post_id: int = Field(foreign_key="forum_post.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")
    reason: str = Field(default="", max_length=200)
    at: datetime


class Concern(Row, table=True):
    """Something for the moderators: a report of a post, an objection of its author, a call for help.

    `words`: what the post said when it was reported. `outcome` is "" while it is open.
    """

    __tablename__ = "forum_concern"
    __table_args__ = (Index("ix_concern_queue", "event_id", "outcome", "at"), Index("ix_concern_of_post", "post_id"))

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", ondelete="CASCADE")
    key: str = Field(max_length=64, unique=True)
    kind: str = Field(max_length=10)
    post_id: int | None = Field(default=None, foreign_key="forum_post.id", ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    text: str = Field(max_length=1000)
    words: str = _long()
    lang: str = Field(default="en", max_length=10)
    at: datetime
    outcome: str = Field(default="", max_length=20)
    answer: str = Field(default="", max_length=1000)
    settled_at: datetime | None = None
    settled_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")


class Note(Row, table=True):
    """A personal note of a moderator to somebody who is silent; `reason`: see rules_cockpit.Silence."""

    __tablename__ = "forum_note"
    __table_args__ = (Index("ix_note_to", "event_id", "person_id", "sent_at"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", ondelete="CASCADE")
    key: str = Field(max_length=64, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    reason: str = Field(default="", max_length=20)
    text: str = _long()
    sent_at: datetime


class ReadMark(Row, table=True):
    """Somebody has read this thread up to `position`; `line`, `line_since`: the unread line of this visit."""

    __tablename__ = "forum_read_mark"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    thread_id: int = Field(foreign_key="forum_thread.id", primary_key=True, index=True, ondelete="CASCADE")
    position: int = 0
    at: datetime
    line: int = 0
    line_since: datetime | None = None


class SpaceHearing(Row, table=True):
    """How somebody hears about the threads of a space; without a row as they said about the event. `level`: as in Follow."""

    __tablename__ = "forum_space_hearing"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    space_id: int = Field(foreign_key="forum_space.id", primary_key=True, index=True, ondelete="CASCADE")
    level: str = Field(max_length=10)


class Follow(Row, table=True):
    """Whose thread this is, too. `level`: every, daily, nothing; see app.notices.rules.Level."""

    __tablename__ = "forum_follow"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    thread_id: int = Field(foreign_key="forum_thread.id", primary_key=True, index=True, ondelete="CASCADE")
    level: str = Field(default="daily", max_length=10)
    at: datetime
