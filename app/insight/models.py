"""Rows of short surveys. What somebody answered is kept nowhere: only that they did, and the sums of all."""

from datetime import datetime

from sqlmodel import Field

from app.core.db import Row, as_json


class Pulse(Row, table=True):
    """Three questions to everybody in an event; "" stands for the house's own question, which speaks every language.

    `tallies`: per question of the scale how often each step was chosen. `texts`: what was written to the third question,
    in an order that says nothing. `answers`: how many people have answered.
    """

    __tablename__ = "pulse"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True, ondelete="CASCADE")
    key: str = Field(max_length=64, unique=True)
    by_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    lang: str = Field(default="en", max_length=10)
    questions: list[str] = as_json([])
    tallies: list[list[int]] = as_json([])
    texts: list[str] = as_json([])
    answers: int = 0
    opened_at: datetime
    closes_at: datetime


class PulseAnswered(Row, table=True):
    """Somebody has answered; what, nobody can say."""

    __tablename__ = "pulse_answered"

    pulse_id: int = Field(foreign_key="pulse.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")
