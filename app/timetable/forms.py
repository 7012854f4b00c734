"""What people may type into the timetable's forms."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from app.core.forms import Form
from app.events.forms import link
from app.timetable.rules import METHOD, MINUTES, Answer
from app.timetable.weighing import Level

Key = Annotated[str, StringConstraints(min_length=8, max_length=64)]
LONGEST_CASE = 20_000
Line = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class CaseForm(Form):
    key: Key
    title: Line
    theme: Annotated[str, StringConstraints(max_length=60)] = ""
    lang: Annotated[str, StringConstraints(min_length=2, max_length=10)]
    city_shown: bool = False
    text: Annotated[str, StringConstraints(max_length=LONGEST_CASE)] = ""
    method: Annotated[str, StringConstraints(min_length=1, max_length=60)] = METHOD
    prefers_id: int | None = None


class WindowForm(Form):
    key: Key
    day: date
    begins: time
    ends: time
    minutes: Annotated[int, Field(ge=30, le=180)] = MINUTES
    rooms: Annotated[int, Field(ge=1, le=50)] = 4


class ClinicForm(Form):
    key: Key
    title: Line
    place: Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(link)]
    day: date
    begins: time
    ends: time
    minutes: Annotated[int, Field(ge=5, le=120)] = 15
    most: Annotated[int, Field(ge=1, le=8)] = 1


class SlotForm(Form):
    """`slot`: its beginning; none: the waiting list."""

    key: Key
    slot: Annotated[str, StringConstraints(pattern=r"^(\d{8}T\d{4}Z)?$")] = ""


class SwapForm(Form):
    """`seat`: whose, and in which case."""

    key: Key
    seat: Annotated[str, StringConstraints(pattern=r"^\d{1,15}-\d{1,15}$")]


class ConsentForm(Form):
    says: Literal[Answer.YES, Answer.NO]


class HoursForm(Form):
    """Each entry is an hour on the clocks of the zone the page was shown in, "2026-10-26T09"."""

    zone: str
    impossible: list[str] = Field(default_factory=list)
    if_need_be: list[str] = Field(default_factory=list)
    methods: list[Annotated[str, StringConstraints(max_length=60)]] = Field(default_factory=list, max_length=60)
    copy_week: bool = False
    days_off: bool = False
    gender: Literal["", "woman", "man", "other"] = ""


class WeighingForm(Form):
    """`seen`: how often it had been set when the page was opened; the rest as weighing.Wish names it."""

    seen: Annotated[int, Field(ge=0)] = 0
    wish: Level = Level.NORMAL
    turns: Level = Level.NORMAL
    preferred: Level = Level.NORMAL
    burden: Level = Level.NORMAL
    if_need_be: Level = Level.NORMAL
    again: Level = Level.NORMAL
    change: Level = Level.NORMAL


class KeyForm(Form):
    key: Key


class AnswerForm(Form):
    """`slot`: the time the person saw, so that no answer is taken for a time they have not seen."""

    slot: Annotated[str, StringConstraints(pattern=r"^\d{8}T\d{4}Z$")]
    says: Answer
    note: Annotated[str, StringConstraints(max_length=300)] = ""


class FeedForm(Form):
    """`edition`: of the address on the page that was sent, 0 if there was none."""

    edition: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class SeenForm(Form):
    """`seen`: the edition of the draft on the page that was sent."""

    seen: int


class MoveForm(SeenForm):
    slot: Annotated[str, StringConstraints(pattern=r"^\d{8}T\d{4}Z$")]
    moderator: int | None = None


class LockForm(SeenForm):
    lock: bool = False


class PublishForm(SeenForm):
    number: int


class BuildForm(KeyForm):
    """`seen`: the edition of the groups on the page that was sent."""

    seen: Annotated[int, Field(ge=0)] = 0
    topics: Literal["mixed", "alike"] = "mixed"


class PeopleOfGroupsForm(KeyForm):
    """`group`: from 0; one more than there are is a new one."""

    seen: Annotated[int, Field(ge=0)] = 0
    people: list[int] = Field(default_factory=list, max_length=500)
    does: Literal["move", "hold", "free"]
    group: Annotated[int, Field(ge=0, le=200)] = 0


class ApartForm(Form):
    """Each party: p and the number of a person, or c and a country."""

    one: Annotated[str, StringConstraints(pattern=r"^(p\d{1,15}|c[A-Z]{2})$")]
    other: Annotated[str, StringConstraints(pattern=r"^(p\d{1,15}|c[A-Z]{2})$")]
