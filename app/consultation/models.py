"""Rows of a consultation: the case with its state, the seats, what was written, private notes.

The case and everything written are read by the people with a seat alone; outside stand title, theme, language, city.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from app.core.db import Row, as_json


class Consultation(Row, table=True):
    """`status`: planned, lobby, running, closed (the last three are the engine's). `state`: see state.State.to_json.

    `version` grows with every change; `desk_version` with those after which buttons or rights differ for somebody;
    `case_seat`: the seat that alone reads `case_text`, once somebody else brings the case; none: whoever brings it.
    `marks`: part of the page → version of its last change. `city` is empty unless the case giver lets it be seen.
    `emptied_at`: when what was not released was deleted. `outcome`: what became of it, told by the case giver later.
    `thanks`: of the case giver to all. `thread_by_id`: the case giver who wants the protocol as a thread in the forum, too.
    `moved_to_id`: the group was too small; its people have seats in that room. `locked`: nobody new comes in. `help_at`: since when technical help is called, `help_no`: how often it was so far,
    `helper_id`: who of the event's team is in the room for it, without a seat. `practice`: the script that simulated
    peers play, `played`: how far they are.
    """

    __tablename__ = "consultation"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    audience_id: int = Field(foreign_key="audience.id")
    key: str = Field(max_length=100, unique=True)
    title: str = Field(max_length=120)
    theme: str = Field(default="", max_length=120)
    lang: str = Field(default="en", max_length=10)
    city: str = Field(default="", max_length=120)
    case_text: str = Field(default="", sa_column=Column(Text, nullable=False))
    case_seat: int | None = None
    method: str = Field(max_length=60)
    method_version: int = 1
    state: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    status: str = Field(default="planned", max_length=10, index=True)
    version: int = 1
    desk_version: int = 1
    marks: dict[str, int] = as_json({})
    opens_at: datetime | None = Field(default=None, index=True)
    closed_at: datetime | None = None
    released_at: datetime | None = None
    emptied_at: datetime | None = None
    outcome: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    outcome_at: datetime | None = None
    thanks: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    thread_by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    locked: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    help_at: datetime | None = None
    help_no: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    helper_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    moved_to_id: int | None = Field(default=None, foreign_key="consultation.id", ondelete="SET NULL")
    practice: str = Field(default="", max_length=60)
    played: dict[str, Any] = as_json({})
    created_at: datetime


class ConsultationSeat(Row, table=True):
    """Somebody in the room. The engine knows people by the seat's id; simulated peers have a name and no person.

    `promised_at`: agreed before the room opened, to read what is asked before. `read_step`: the newest step of a written consultation that they have looked at. `removed_at`: asked to leave by
    the lead; `blocked`: and may not come back.
    """

    __tablename__ = "consultation_seat"
    __table_args__ = (UniqueConstraint("consultation_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True, ondelete="CASCADE")
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="CASCADE")
    name: str = Field(default="", max_length=120)
    city: str = Field(default="", max_length=120)
    role: str = Field(max_length=40)
    deputy: bool = False
    place: int = 0
    script: str = Field(default="", max_length=40)
    promised_at: datetime | None = None
    agreed_at: datetime | None = None
    read_step: int = Field(default=-1, sa_column_kwargs={"server_default": "-1"})
    removed_at: datetime | None = None
    blocked: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})


class Contribution(Row, table=True):
    """Anything written in a room: a card, a line of the text lane (deck "line"), the key question, a first step.

    `open`: everybody in the room may see it; only open rows travel. `version`: of the room, when the row last changed
    for its readers. `valued`: the case giver keeps it. `released`: it may leave the room. `late`: the step was over.
    `group_id`: the heading it stands under, itself a row (deck "group") whose text is the heading.
    `practice_id`: the thread of a good practice that its author has linked. `answer`: of the case giver, to what was asked before the room opened (deck "before").
    """

    __tablename__ = "contribution"
    __table_args__ = (Index("ix_contribution_news", "consultation_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE")
    seat_id: int = Field(foreign_key="consultation_seat.id", index=True, ondelete="CASCADE")
    key: str = Field(max_length=64, unique=True)
    deck: str = Field(max_length=40)
    step: int
    round: int = 0
    phase: str = Field(default="", max_length=40)
    kind: str = Field(default="", max_length=40)
    text: str = Field(sa_column=Column(Text, nullable=False))
    answer: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    due: date | None = None
    version: int
    open: bool = False
    gone: bool = False
    valued: bool = False
    released: bool = False
    late: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    group_id: int | None = Field(default=None, foreign_key="contribution.id", ondelete="SET NULL")
    practice_id: int | None = Field(default=None, foreign_key="forum_thread.id", ondelete="SET NULL")
    written_at: datetime


class ConsultationNote(Row, table=True):
    """Private notes: read by their writer, by nobody else, and never part of a protocol."""

    __tablename__ = "consultation_note"

    seat_id: int = Field(foreign_key="consultation_seat.id", primary_key=True, ondelete="CASCADE")
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    saved_at: datetime


class EventMethod(Row, table=True):
    """A method adapted in an event, one row a version. `text`: the document, as a method file would hold it.

    A version with which a consultation was planned never changes again; the next change makes a new one. `revision`
    grows with each change, `change_key` names the last one. `retired`: no longer offered.
    """

    __tablename__ = "event_method"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    key: str = Field(max_length=60)
    version: int = 1
    revision: int = 1
    change_key: str = Field(default="", max_length=64)
    text: str = Field(sa_column=Column(Text, nullable=False))
    retired: bool = False
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    saved_at: datetime


class RoomMessage(Row, table=True):
    """A sentence of the event's team to all its open rooms. It stands from `at` until `ends_at`, or until it is taken down."""

    __tablename__ = "room_message"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    key: str = Field(max_length=64, unique=True)
    text: str = Field(max_length=200)
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    at: datetime
    ends_at: datetime
