"""Rows of events: the event, who stands behind it, its programme, who takes part in it and as what.

`texts` holds the words of a row in further languages, `{"de": {"title": "…"}}`; see rules.said().
"""

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from app.core.db import Row, as_json


def _key() -> Any:
    return Field(default_factory=lambda: uuid.uuid4().hex, max_length=64)


def _long() -> Any:
    return Field(default="", sa_column=Column(Text, nullable=False))


class Event(Row, table=True):
    """`audience_id`: everybody who takes part; `staff_audience_id`: those who run it.

    `starts_on`, `ends_on` are days in `zone`; `days_off` those in between (ISO) on which nothing happens besides
    weekends. `state`: draft, published, archived. `countries`: ISO 3166 codes, XK for Kosovo. `lang` is the language of
    title, summary and description; `languages` those people work in.
    """

    __tablename__ = "event"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=80, unique=True)
    kind: str = Field(max_length=30)
    title: str = Field(max_length=200)
    summary: str = Field(default="", max_length=600)
    description: str = _long()
    lang: str = Field(default="en", max_length=10)
    texts: dict[str, dict[str, str]] = as_json({})
    starts_on: date
    ends_on: date
    days_off: list[str] = as_json([])
    zone: str = Field(max_length=60)
    mode: str = Field(default="virtual", max_length=10)
    place: str = Field(default="", max_length=200)
    region_set: str = Field(default="", max_length=60)
    countries: list[str] = as_json([])
    languages: list[str] = as_json([])
    topics: list[str] = as_json([])
    state: str = Field(default="draft", max_length=10)
    audience_id: int = Field(foreign_key="audience.id")
    staff_audience_id: int = Field(foreign_key="audience.id")
    predecessor_id: int | None = Field(default=None, foreign_key="event.id", ondelete="SET NULL")
    demo: bool = False
    created_at: datetime


class Participation(Row, table=True):
    """A person in an event. `roles`: see rules.Role; `region` for coordinators and for those they look after."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("event_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    roles: list[str] = as_json([])
    region: str = Field(default="", max_length=60)
    joined_at: datetime | None = None
    visited_at: datetime | None = None
    seen_before: datetime | None = None


class RegionSet(Row, table=True):
    """An editable list of countries; a row replaces the shipped set with the same key."""

    __tablename__ = "region_set"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=120)
    texts: dict[str, dict[str, str]] = as_json({})
    countries: list[str] = as_json([])
    note: str = Field(default="", max_length=400)


class Organiser(Row, table=True):
    """Who stands behind an event. `role`: host, organiser, partner, funder."""

    __tablename__ = "organiser"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    role: str = Field(default="organiser", max_length=20)
    name: str = Field(max_length=200)
    texts: dict[str, dict[str, str]] = as_json({})
    url: str = Field(default="", max_length=300)
    logo_id: int | None = Field(default=None, foreign_key="stored_file.id", ondelete="SET NULL")
    position: int = 0


class Segment(Row, table=True):
    """An audience of the event and whom it asks. `state`: open, closed; `says` one sentence about it.

    The contact is a person of the house, or a name with address and number; none of them stand in a public page.
    """

    __tablename__ = "segment"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    key: str = Field(max_length=60)
    name: str = Field(max_length=120)
    texts: dict[str, dict[str, str]] = as_json({})
    countries: list[str] = as_json([])
    state: str = Field(default="open", max_length=10)
    says: str = Field(default="", max_length=300)
    contact_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    contact_name: str = Field(default="", max_length=120)
    contact_email: str = Field(default="", max_length=320)
    contact_phone: str = Field(default="", max_length=60)
    position: int = 0


class Block(Row, table=True):
    """A live part of the programme: from `starts` (wall time in the event's zone) for `minutes`, on working day `day`.

    `agenda`: [{"minutes", "title", "form", "method"}] with form listening, plenary, groups or break, `texts` as in rows.
    """

    __tablename__ = "event_block"
    __table_args__ = (UniqueConstraint("event_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    key: str = _key()
    day: int
    starts: time
    minutes: int
    title: str = Field(max_length=200)
    texts: dict[str, dict[str, str]] = as_json({})
    method: str = Field(default="", max_length=60)
    sitting: str = Field(default="", max_length=20)
    optional: bool = False
    agenda: list[dict[str, Any]] = as_json([])


class Task(Row, table=True):
    """A written task: what for, how many minutes, until when (wall time in the event's zone), what happens with it.

    `whose`: all or staff. `goes_to`: where it is done, an address of this site.
    """

    __tablename__ = "event_task"
    __table_args__ = (UniqueConstraint("event_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    key: str = _key()
    day: int
    minutes: int
    until: time
    title: str = Field(max_length=200)
    purpose: str = Field(default="", max_length=400)
    then: str = Field(default="", max_length=400)
    texts: dict[str, dict[str, str]] = as_json({})
    whose: str = Field(default="all", max_length=10)
    goes_to: str = Field(default="", max_length=300)
    position: int = 0


class TaskDone(Row, table=True):
    __tablename__ = "task_done"

    task_id: int = Field(foreign_key="event_task.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    done_at: datetime


class BlockSeat(Row, table=True):
    """Whose sitting this block is, of a live part that has several. `by_hand`: somebody said so, so it stays."""

    __tablename__ = "event_block_seat"

    block_id: int = Field(primary_key=True, foreign_key="event_block.id", ondelete="CASCADE")
    person_id: int = Field(primary_key=True, foreign_key="person.id", index=True, ondelete="CASCADE")
    by_hand: bool = False


class Group(Row, table=True):
    """A working group; its people are the members of its audience."""

    __tablename__ = "event_group"
    __table_args__ = (UniqueConstraint("event_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    key: str = _key()
    name: str = Field(max_length=120)
    texts: dict[str, dict[str, str]] = as_json({})
    audience_id: int = Field(foreign_key="audience.id")
    facilitator_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")


class Term(Row, table=True):
    """A word of the event's glossary. `words`: {"de": {"term", "meaning"}}, in one language at least."""

    __tablename__ = "event_term"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    key: str = Field(max_length=64, unique=True)
    words: dict[str, dict[str, str]] = as_json({})
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    changed_at: datetime


class Invitation(Row, table=True):
    """Somebody is asked to take part. `state`: open, accepted, withdrawn."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("event_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    roles: list[str] = as_json([])
    region: str = Field(default="", max_length=60)
    group_id: int | None = Field(default=None, foreign_key="event_group.id", ondelete="SET NULL")
    state: str = Field(default="open", max_length=10)
    invited_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    invited_at: datetime
    times_sent: int = 1


class JoinLink(Row, table=True):
    """A link that lets whoever has it take part, until it is withdrawn."""

    __tablename__ = "join_link"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    word: str = Field(max_length=64, unique=True)
    role: str = Field(default="practitioner", max_length=30)
    group_id: int | None = Field(default=None, foreign_key="event_group.id", ondelete="SET NULL")
    made_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    made_at: datetime
    withdrawn_at: datetime | None = None
    used: int = 0


class Programme(Row, table=True):
    """The one row that says what this installation is called and looks like."""

    __tablename__ = "programme"

    id: int = Field(default=1, primary_key=True)
    name: str = Field(max_length=80)
    colour: str = Field(default="", max_length=7)
    logo_id: int | None = Field(default=None, foreign_key="stored_file.id", ondelete="SET NULL")
    operator: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=600)
    mail: str = Field(default="", max_length=320)


class Feedback(Row, table=True):
    """What somebody told those who run the site; `about` is the page they were on."""

    __tablename__ = "feedback"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    about: str = Field(default="", max_length=300)
    text: str = _long()
    email: str = Field(default="", max_length=320)
    at: datetime


class EventArchive(Row, table=True):
    """The archive of an event, one at a time. `place`: its file, once it is `made_at`; `failed`: it could not be made."""

    __tablename__ = "event_archive"

    event_id: int = Field(primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    lang: str = Field(default="en", max_length=10)
    asked_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    asked_at: datetime
    made_at: datetime | None = None
    failed: bool = False
    place: str = Field(default="", max_length=120)
    size: int = 0
