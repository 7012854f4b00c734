"""The kinds of entries in consultation.yaml and timetable.yaml, as their heads explain them."""

from typing import Literal

from pydantic import Field

from app.demo.entries import Entry, Wall


class Begins(Entry):
    day: int
    at: str = Field(default="", pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$")
    soon: bool = False


class Said(Entry):
    by: str
    text: str


class Written(Entry):
    deck: str
    by: str
    text: str = ""
    pick: str = ""  # one of the options of a choice, instead of text
    key: str = ""
    sort: str = ""
    practice: str = ""
    of: list[str] = Field(default_factory=list)


class Grouped(Entry):
    heading: str
    cards: list[str]


class Held(Entry):
    """A phase as it was held."""

    phase: str
    minutes: int
    lines: list[Said] = Field(default_factory=list)
    writes: list[Written] = Field(default_factory=list)
    parked: list[Said] = Field(default_factory=list)
    groups: list[Grouped] = Field(default_factory=list)


class AskedBefore(Entry):
    """A question put before the room opened, answered or not yet."""

    by: str
    text: str
    answer: str = ""


class Release(Entry):
    cards: list[str]
    decks: list[str]


class Consultation(Entry):
    key: str
    method: str
    challenge: str
    working_title: str
    city: bool
    language: str
    begins: Begins
    cast: dict[str, list[str]]
    deputies: list[str]
    steps: list[Held] = Field(default_factory=list)
    release: Release | None = None
    first_step: str = ""
    asked: list[AskedBefore] = Field(default_factory=list)


class PutDown(Entry):
    """Something written in a step, on a day of the event and at a wall time in its zone."""

    by: str
    deck: str = ""
    day: int
    at: str = Wall
    text: str = ""
    pick: str = ""  # one of the options of a choice, instead of text


class Correspondence(Entry):
    """A consultation in writing, from the morning of `first_day` on; without a deck it is a line to everybody."""

    key: str
    method: str
    working_title: str
    theme: str
    language: str
    first_day: int
    cast: dict[str, list[str]]
    writes: dict[str, list[PutDown]]


class ConsultationFile(Entry):
    finished: list[Consultation]
    planned: list[Consultation]
    written: list[Correspondence]


class Case(Entry):
    key: str
    challenge: str
    giver: str
    working_title: str
    topic: str
    language: str
    city: bool
    advisers: tuple[int, int]
    minutes: int
    moderator: str = ""


class Opened(Entry):
    """A window that a coordinator opened."""

    by: str
    day: int
    begins: str = Field(alias="from", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    to: str = Wall
    rooms: int


class Bookable(Entry):
    """Office hours; `booked`: number of the slot -> who has it."""

    by: str
    title: str
    place: str
    day: int
    begins: str = Field(alias="from", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    to: str = Wall
    booked: dict[int, str]


class Hours(Entry):
    """Day of the event -> hours on the person's own clocks, "8-10 16"; `every`: on each day, impossible."""

    every: str = ""
    impossible: dict[int, str] = Field(default_factory=dict)
    if_need_be: dict[int, str] = Field(default_factory=dict)


class Placed(Entry):
    case: str
    day: int
    at: str = Field(default="", pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$")
    soon: bool = False
    moderator: str
    advisers: list[str]
    state: Literal["draft", "published"]


class Unplaced(Entry):
    case: str
    reason: str


class Swapped(Entry):
    """Somebody asks for somebody else's seat, and no answer has come yet."""

    by: str
    case: str
    other: str
    other_case: str
    day: int
    at: str = Wall


class WhatIf(Entry):
    """A plan beside the draft; `placed`: the cases that lie elsewhere than in the draft."""

    day: int
    name: str
    placed: list[Placed]


class Plenary(Entry):
    """The live part with this title in several sittings: name -> wall time in the event's zone."""

    day: int
    title: str
    sittings: dict[str, str]
    by_hand: dict[str, list[str]]


class Groups(Entry):
    """Groups of six to nine, around one person each who stays."""

    stay: list[str]
    apart: tuple[str, str]


class TimetableFile(Entry):
    cases: list[Case]
    windows: list[Opened]
    availability: dict[str, Hours]
    clinics: list[Bookable]
    placed: list[Placed]
    swaps: list[Swapped]
    unplaced: list[Unplaced]
    what_if: WhatIf
    plenary: Plenary
    groups: Groups


def hours(text: str) -> list[int]:
    """`"8-10 16"` → `[8, 9, 10, 16]`."""
    found: list[int] = []
    for part in text.split():
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return found
