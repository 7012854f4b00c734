"""What browsers send to a room, as values; sentences for what is missing come from core."""

from datetime import date, time
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from app.core import times
from app.core.forms import Form
from app.core.words import N_

LONGEST_CASE = 20_000
MaybeSeat = Annotated[int | None, BeforeValidator(lambda value: None if value == "" else value)]


class Written(Form):
    deck: str = Field(max_length=40)
    text: str = Field(default="", max_length=5000)
    kind: str = Field(default="", max_length=40)
    due: date | None = None
    key: str = Field(min_length=1, max_length=64)


class Said(Form):
    text: str = Field(default="", max_length=5000)
    key: str = Field(min_length=1, max_length=64)


class Sentence(Form):
    """One that is parked, asked before, or told to all rooms; how long it may be the rules say."""

    text: str = Field(default="", max_length=1000)
    key: str = Field(min_length=1, max_length=64)


class Notes(Form):
    text: str = Field(default="", max_length=30_000)


class Outcome(Form):
    text: str = Field(default="", max_length=5000)


class Leaving(Form):
    """The step that the person saw."""

    leaving: int


class Reopening(Form):
    step: int
    leaving: int


class PlanWritten(Form):
    """`seats`: "role:person" for everybody who was chosen."""

    title: str = Field(min_length=3, max_length=120)
    theme: str = Field(default="", max_length=120)
    method: str = Field(max_length=60)
    seats: list[str] = Field(default_factory=list, max_length=60)
    first_day: date
    zone: str = Field(max_length=60)
    lang: str = Field(default="en", max_length=10)
    case_text: str = Field(default="", max_length=LONGEST_CASE)
    key: str = Field(min_length=1, max_length=64)

    @field_validator("zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in times.zone_names():
            raise ValueError(N_("We do not know this time zone. Choose one from the list."))
        return value

    @property
    def people(self) -> list[tuple[int, str]]:
        """(person, role); what is no such pair was not sent by our form."""
        pairs = (seat.partition(":") for seat in self.seats)
        return [(int(person), role) for role, _, person in pairs if person.isdigit()]


class Collecting(Form):
    """Written advice until `day` and `at`, asked of these seats."""

    leaving: int
    asked: list[int] = Field(default_factory=list, max_length=60)
    day: date
    at: time


class ClockTurn(Form):
    do: str = Field(pattern="^(pause|resume|add-[125])$")
    leaving: int

    @property
    def minutes(self) -> int:
        return int(self.do.removeprefix("add-"))


class Floor(Form):
    to: int
    instead_of: MaybeSeat = None


class Turn(Form):
    speaker: int


class Hand(Form):
    up: bool
    whose: MaybeSeat = None


class Typing(Form):
    on: bool


class Signed(Form):
    """A sign of somebody who listens, and whether it is there."""

    sign: str = Field(pattern="^[a-z]{1,20}-(on|off)$")

    @property
    def symbol(self) -> str:
        return self.sign.partition("-")[0]

    @property
    def on(self) -> bool:
        return self.sign.endswith("-on")


class Going(Form):
    """The room into which the people of a small group go over."""

    to: int


class TakingIn(Form):
    """The answer to a small group that asks to come in."""

    of: int
    takes: bool


class Order(Form):
    order: str = Field(max_length=20)


class Who(Form):
    who: MaybeSeat = None


class Picked(Form):
    deck: str = Field(max_length=40)
    option: str = Field(default="", max_length=60)
    key: str = Field(min_length=1, max_length=64)


class Volunteer(Form):
    """Without a part: I take my word back."""

    role: str = Field(default="", max_length=40)


class Part(Form):
    to: int
    role: str = Field(max_length=40)


class Lead(Form):
    """Empty: I take over; else I hand over to this seat."""

    to: MaybeSeat = None


class Deputy(Form):
    who: int


class Module(Form):
    module: str = Field(max_length=60)


class Detour(Form):
    module: str = Field(max_length=60)
    leaving: int


class Reveal(Form):
    deck: str = Field(max_length=40)
    leaving: int


class Value(Form):
    keeps: bool


class Vote(Form):
    on: bool


class WriteFirst(Form):
    """No minutes: the silence ends."""

    minutes: int = 0
    leaving: int


class AnsweredBefore(Form):
    answer: str = Field(default="", max_length=5000)


class Offer(Form):
    text: str = Field(default="", max_length=2000)
    leaves: bool = False


class Received(Form):
    thanks: str = Field(default="", max_length=2000)
    release: bool = False


class Thanked(Form):
    thanks: str = Field(default="", max_length=2000)


class Linked(Form):
    """A thread of the forum; nothing for no link."""

    practice: MaybeSeat = None


class Ticked(Form):
    contribution_id: int
    done: bool


class Asked(Form):
    question: str = Field(default="", max_length=500)
    answers: str = Field(default="", max_length=1000)
    key: str = Field(min_length=1, max_length=64)


class Answered(Form):
    poll: str = Field(max_length=64)
    choice: int


class PollClosed(Form):
    poll: str = Field(max_length=64)


class Locked(Form):
    on: bool


class AskedToLeave(Form):
    who: int
    blocked: bool = False
    sure: bool = False


class LetIn(Form):
    who: int


class Grouping(Form):
    """`group`: its number, `new`, or nothing for no group."""

    cards: list[int] = Field(default_factory=list, max_length=200)
    group: str = Field(default="", max_length=20)
    heading: str = Field(default="", max_length=200)
    key: str = Field(min_length=1, max_length=64)


class Release(Form):
    chosen: list[int] = Field(default_factory=list, max_length=500)
    city: bool = False
    thread: bool = False


class Sample(Form):
    number: int
    leaving: int


class Practice(Form):
    script: str = Field(max_length=60)
    role: str = Field(max_length=40)
    own_case: bool = False
    drill: bool = False
    key: str = Field(min_length=1, max_length=64)
