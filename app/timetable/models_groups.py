"""Rows of the group builder, and who is kept apart from whom, in groups and in sessions."""

from datetime import datetime

from sqlmodel import Field

from app.core.db import Row, as_json


class Grouping(Row, table=True):
    """The event's groups while they are put together. `groups`: ids of people; `held`: who stays; `alike`: topics are shared.

    `edition` grows with every change of the groups, `key` is of the form that made the last; those of `applied` are the
    groups of the event.
    """

    __tablename__ = "timetable_grouping"

    event_id: int = Field(primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    groups: list[list[int]] = as_json([])
    held: list[int] = as_json([])
    alike: bool = False
    seed: int = 0
    edition: int = 0
    key: str = Field(default="", max_length=64)
    changed_at: datetime
    applied: int = 0
    applied_at: datetime | None = None


class Apart(Row, table=True):
    """Two parties who are kept apart, each a person or everybody from a country; managers alone read who they are."""

    __tablename__ = "timetable_apart"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    one_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="CASCADE")
    one_country: str = Field(default="", max_length=2)
    other_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="CASCADE")
    other_country: str = Field(default="", max_length=2)
    made_by: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    made_at: datetime
