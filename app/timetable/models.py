"""Rows of the timetable. A placement knows a case by its number alone: what the case says stays in its room."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Column, Text, UniqueConstraint, false
from sqlmodel import Field

from app.core.db import Row, as_json
from app.timetable.rules import METHOD, MINUTES, PlanState, ProposalState
from app.timetable.swaps import SwapState


class Timetable(Row, table=True):
    """One row an event: whoever writes holds it, and `version` is what pages that follow `timetable:<event>` compare.

    `weights`: what the planner is to weigh (see weighing.Levels); `weighed`: how often that was set.
    """

    __tablename__ = "timetable"

    event_id: int = Field(primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    version: int = 0
    weights: dict[str, str] = as_json({})
    weighed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Case(Row, table=True):
    """A question somebody wants to bring: what everybody may know of it. The case itself is told in its room.

    `text`: what its giver wrote of it beforehand, for their own eyes; it moves into the room as soon as there is one.
    `room_id`: its room, from the first published plan on. `city` is shown if the giver agreed, otherwise it only keeps advisers from the same city away.
    `prefers_id`: whom its giver would like as moderator.
    """

    __tablename__ = "timetable_case"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    giver_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    title: str = Field(max_length=120)
    theme: str = Field(default="", max_length=60)
    lang: str = Field(max_length=10)
    city: str = Field(default="", max_length=120)
    city_shown: bool = False
    text: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    method: str = Field(default=METHOD, max_length=60)
    least: int = 4
    most: int = 7
    room_id: int | None = Field(default=None, foreign_key="consultation.id", ondelete="SET NULL")
    prefers_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    offered_at: datetime
    withdrawn_at: datetime | None = None


class Window(Row, table=True):
    """Time a coordinator offers: `day`, `begins`, `ends` are what the clocks show in `zone`. `minutes`: one session."""

    __tablename__ = "timetable_window"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    opened_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    zone: str = Field(max_length=60)
    day: date
    begins: time
    ends: time
    minutes: int = MINUTES
    rooms: int = 4
    created_at: datetime


class Sheet(Row, table=True):
    """What one person said of their hours, `marks`: {"2026-10-26T09": "impossible"} by the clocks of `zone`.

    `methods`: what they lead; none: all. `gender`: woman, man, other or empty, for groups that are to be mixed, shown to nobody.
    """

    __tablename__ = "availability_sheet"
    __table_args__ = (UniqueConstraint("event_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    zone: str = Field(max_length=60)
    marks: dict[str, str] = as_json({})
    methods: list[str] = as_json([])
    gender: str = Field(default="", max_length=10, sa_column_kwargs={"server_default": ""})
    saved_at: datetime


class Plan(Row, table=True):
    """A version of the timetable, or one tried beside it, with a `name`. The newest is the draft or else what is published.

    `edition` grows with every change of a draft, so that nobody publishes what they have not seen.
    `unplaced`: [{"case": 7, "why": [{"sentence", "values"}]}]. `weights`: those with which the planner worked on it last.
    """

    __tablename__ = "timetable_plan"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    number: int
    state: str = Field(default=PlanState.DRAFT, max_length=10)
    name: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    edition: int = 1
    unplaced: list[dict[str, Any]] = as_json([])
    weights: dict[str, str] = as_json({})
    made_at: datetime
    published_at: datetime | None = None
    published_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")


class Placement(Row, table=True):
    """A case at its time with its people. `why`: the reasons the planner gave."""

    __tablename__ = "timetable_placement"
    __table_args__ = (UniqueConstraint("plan_id", "case_id"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="timetable_plan.id", index=True, ondelete="CASCADE")
    case_id: int = Field(foreign_key="timetable_case.id", index=True, ondelete="CASCADE")
    starts_at: datetime
    minutes: int = MINUTES
    giver_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    moderator_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    advisers: list[int] = as_json([])
    locked: bool = False
    why: list[dict[str, Any]] = as_json([])


class Edit(Row, table=True):
    """One change of a draft: who, when, what, and how it was before, so that it can be taken back.

    `edition`: of the draft after it. `case_id`: the one case it touched; none where the planner's proposal was taken.
    `before`: {"placements": [rows], "unplaced": [entries]} of that case, or of all.
    """

    __tablename__ = "timetable_edit"
    __table_args__ = (UniqueConstraint("plan_id", "edition"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="timetable_plan.id", index=True, ondelete="CASCADE")
    edition: int
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    kind: str = Field(max_length=10)
    case_id: int | None = Field(default=None, foreign_key="timetable_case.id", ondelete="CASCADE")
    before: dict[str, Any] = as_json({})
    undone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    at: datetime


class Proposal(Row, table=True):
    """One run of the planner: how far it is, and what became of it. `edition`: the draft it began from.

    `repair`: it mends the published plan with the fewest changes instead of planning anew. `score`: what the best plan
    so far is worth; `bound`: what no plan can be worth more than, where the planner has proved it.
    """

    __tablename__ = "timetable_proposal"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    plan_id: int = Field(foreign_key="timetable_plan.id", ondelete="CASCADE")
    asked_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    state: str = Field(default=ProposalState.WAITING, max_length=10)
    edition: int
    repair: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    weights: dict[str, str] = as_json({})
    step: int = 0
    steps: int
    placed: int = 0
    cases: int = 0
    score: int | None = None
    bound: int | None = None
    stop: bool = False
    said: str = Field(default="", max_length=400)
    asked_at: datetime
    ended_at: datetime | None = None


class Told(Row, table=True):
    """What one person was told last of one case: their calendar, their answer and their reminders stand on it.

    `number`: the plan that said so, which is the SEQUENCE of the calendar entry. `gone`: it was taken back since.
    `answer`: see rules.Answer, empty while nothing is said; a new time asks anew. `zone`, `ahead`: by which clocks it was
    said, and by how many minutes they were to be ahead of UTC then; see clocks.py.
    """

    __tablename__ = "timetable_told"
    __table_args__ = (UniqueConstraint("person_id", "case_id"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    case_id: int = Field(foreign_key="timetable_case.id", index=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    starts_at: datetime
    minutes: int = MINUTES
    number: int
    gone: bool = False
    answer: str = Field(default="", max_length=10)
    note: str = Field(default="", max_length=300)
    answered_at: datetime | None = None
    zone: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    ahead: int | None = None


class CalendarFeed(Row, table=True):
    """A person's private calendar address for one event. Ending it or making a new one makes the old one worthless."""

    __tablename__ = "timetable_feed"

    event_id: int = Field(primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    person_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    edition: int = 1
    open: bool = True
    changed_at: datetime


class Clinic(Row, table=True):
    """Office hours: `slots` talks of `minutes`. `place` is told to who has one; `most`: a person may hold. Closed: called off."""

    __tablename__ = "timetable_clinic"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    host_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    title: str = Field(max_length=120)
    place: str = Field(max_length=300)
    starts_at: datetime
    minutes: int
    slots: int
    most: int = 1
    opened_at: datetime
    closed_at: datetime | None = None


class Booking(Row, table=True):
    """One person's slot in a clinic; without `starts_at` they wait for one. Ended: given back, or called off.

    `key`: of the form that asked for it. Its id is the UID of the calendar entry for ever; an ended one is cancelled there.
    """

    __tablename__ = "timetable_booking"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    clinic_id: int = Field(foreign_key="timetable_clinic.id", index=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    starts_at: datetime | None = None
    asked_at: datetime
    ended_at: datetime | None = None


class Swap(Row, table=True):
    """`asked_by` asks `other_id` to exchange their seats in two published sessions; both stand as they were when asked.

    `leads`: both moderate there, otherwise both advise. `state`: see swaps.SwapState. `number`: the plan that made it so.
    """

    __tablename__ = "timetable_swap"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    asked_by: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    case_id: int = Field(foreign_key="timetable_case.id", ondelete="CASCADE")
    starts_at: datetime
    other_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    other_case_id: int = Field(foreign_key="timetable_case.id", ondelete="CASCADE")
    other_starts_at: datetime
    leads: bool
    state: str = Field(default=SwapState.OPEN, max_length=10)
    number: int | None = None
    asked_at: datetime
    ended_at: datetime | None = None
