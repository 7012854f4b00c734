"""Rows of notices: one per thing a person should hear about, and how much somebody wants to hear."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from app.core.db import Row, as_json
from app.core.wordings import seal
from app.notices.rules_announcing import Version


class Notice(Row, table=True):
    """Somebody should hear about a thing: `topic` ("thread:5") and `ref` name it, `place` is where in the topic.

    `audience_id`: who may read the thing; a notice is shown only to people who still may. `text` is empty for what
    must not travel by mail. From `until` on it is no news: no letter tells of it.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "topic", "ref"),
        Index("ix_notice_of_person", "person_id", "at"),
        Index("ix_notice_unread", "person_id", "read_at"),
        Index("ix_notice_about", "topic", "ref"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    audience_id: int = Field(foreign_key="audience.id", ondelete="CASCADE")
    kind: str = Field(max_length=10)
    topic: str = Field(max_length=40)
    ref: int
    place: int = 0
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    title: str = Field(max_length=200)
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    lang: str = Field(default="", max_length=10)
    url: str = Field(max_length=300)
    at: datetime
    until: datetime | None = None
    read_at: datetime | None = None


class Hearing(Row, table=True):
    """How somebody hears about an event (see rules.Level), and when the last digest was written.

    `notes`: may a moderator write them a personal note?
    """

    __tablename__ = "hearing"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    event_id: int = Field(foreign_key="event.id", primary_key=True, index=True, ondelete="CASCADE")
    level: str = Field(default="daily", max_length=10)
    notes: bool = True
    digest_at: datetime | None = None


class Feed(Row, table=True):
    """A person's private address for a feed reader. Ending it or making a new one makes the old one worthless."""

    __tablename__ = "notice_feed"

    person_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    edition: int = 1
    open: bool = True
    changed_at: datetime


class _InLanguages:
    """What is written in one language and may be said in others: `texts`, {"de": {"title", "text"}}."""

    title: str
    text: str
    lang: str
    texts: dict[str, dict[str, str]]

    def version(self, lang: str) -> Version:
        """What somebody with this language reads."""
        words = self.texts.get(lang)
        return Version(lang, words["title"], words["text"]) if words else Version(self.lang, self.title, self.text)

    def seal(self, lang: str) -> str:
        """Names the words that stand in this very language: a form says with it what its sender has seen."""
        words = self.version(lang)
        return seal([words.title, words.text] if words.lang == lang else [])

    def put(self, version: Version) -> None:
        """Its own words, or those in another language; without words that language reads its own."""
        if version.lang == self.lang:
            self.title, self.text = version.title or self.title, version.text or self.text
            return
        others = {lang: words for lang, words in self.texts.items() if lang != version.lang}
        said = {version.lang: {"title": version.title, "text": version.text}} if version.title and version.text else {}
        self.texts = {**others, **said}


class Announcement(_InLanguages, Row, table=True):
    """What those who run an event tell everybody, or its team (`whom`). `texts`: {"de": {"title", "text"}}.

    `state`: see rules_announcing.State; nobody but the moderators sees one that has not been released.
    """

    __tablename__ = "announcement"
    __table_args__ = (Index("ix_announcement_of_event", "event_id", "state", "released_at"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", ondelete="CASCADE")
    key: str = Field(max_length=64, unique=True)
    whom: str = Field(default="all", max_length=10)
    title: str = Field(max_length=200)
    text: str = Field(sa_column=Column(Text, nullable=False))
    lang: str = Field(max_length=10)
    texts: dict[str, dict[str, str]] = as_json({})
    state: str = Field(max_length=10)
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    written_at: datetime
    released_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    released_at: datetime | None = None


class Newsletter(_InLanguages, Row, table=True):
    """One issue, to everybody who subscribed; released ones stand in the public archive. `state`, `texts`: as above."""

    __tablename__ = "newsletter"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    title: str = Field(max_length=200)
    text: str = Field(sa_column=Column(Text, nullable=False))
    lang: str = Field(max_length=10)
    texts: dict[str, dict[str, str]] = as_json({})
    state: str = Field(max_length=10, index=True)
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    written_at: datetime
    released_at: datetime | None = None


class Subscriber(Row, table=True):
    """An address that wants the newsletter, once its owner has said so twice. Who leaves is forgotten: the row goes.

    `returned_at`: letters to the address come back since then, and no issue is sent until its owner asks for it anew.
    """

    __tablename__ = "subscriber"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=320, unique=True)
    lang: str = Field(max_length=10)
    asked_at: datetime
    confirmed_at: datetime | None = None
    returned_at: datetime | None = None
    returned_why: str = Field(default="", max_length=600, sa_column_kwargs={"server_default": ""})


class MailIn(Row, table=True):
    """A mail that somebody wrote as an answer. `state`: posted, waiting (for a moderator), discarded, ignored.

    `reason`: see mailin.judge.Unclear; `why`: a refusal's sentence. Words are kept only while it waits.
    """

    __tablename__ = "mail_in"
    __table_args__ = (Index("ix_mail_in_queue", "event_id", "state", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    event_id: int | None = Field(default=None, foreign_key="event.id", ondelete="CASCADE")
    audience_id: int | None = Field(default=None, foreign_key="audience.id", ondelete="SET NULL")
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    topic: str = Field(max_length=20)
    ref: int
    title: str = Field(default="", max_length=200)
    state: str = Field(max_length=10)
    reason: str = Field(default="", max_length=40)
    why: str = Field(default="", max_length=600)
    sender: str = Field(default="", max_length=320)
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    attachments: int = 0
    url: str = Field(default="", max_length=300)
    at: datetime
    settled_at: datetime | None = None
    settled_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
