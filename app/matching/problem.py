"""What is to be placed: people, cases, moderators and slots, as plain values that can be written to a file.

Everybody is in `people`, givers and moderators too. A slot is possible for a person unless it is named in `impossible` or `if_need_be`. All instants are aware and in UTC.
The file format is docs/timetable-problem.md; `from_json` raises Refused with the sentence for whoever wrote the file.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from app.core.errors import Refused
from app.core.words import N_

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slot:
    """One time at which up to `rooms` consultations may run beside each other."""

    id: str
    start: datetime
    minutes: int = 90
    rooms: int = 4

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    @property
    def week(self) -> tuple[int, int]:
        return self.start.isocalendar()[:2]


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    city: str
    zone: str
    languages: frozenset[str]
    wishes: frozenset[str] = frozenset()
    impossible: frozenset[str] = frozenset()
    if_need_be: frozenset[str] = frozenset()
    adviser: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody's question, to be heard by `least` to `most` advisers who speak `language`.

    `needs`: skills its moderator must have, all of them. `prefers`: people its giver would like to have as moderator.
    """

    id: int
    giver: int
    city: str
    language: str
    topic: str
    least: int = 5
    most: int = 7
    needs: frozenset[str] = frozenset()
    prefers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person who leads rooms; languages and hours are the person's own."""

    person: int
    languages: frozenset[str]
    most: int = 4
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lock:
    """What the coordinator has decided: the slot, and if named the moderator, for one case."""

    case: int
    slot: str
    moderator: int | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a case stood in the plan people already know; changing it costs."""

    case: int
    slot: str
    moderator: int
    advisers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """The soft wishes, all in the same points. `turns` rewards a person's first, second … consultation, falling.

    `again`: for every two people who meet once more; `preferred`: for a moderator whom the giver would like.
    """

    wish: int = 10
    turns: tuple[int, ...] = (12, 8, 4, 2)
    left_out: int = 300
    burden: int = 1
    if_need_be: int = 4
    change: int = 25
    again: int = 2
    preferred: int = 10
    per_week: int = 2
    pause_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """`apart`: pairs who never sit in one session. `met`: groups who have sat together already."""

    people: tuple[Person, ...]
    cases: tuple[Case, ...]
    moderators: tuple[Moderator, ...]
    slots: tuple[Slot, ...]
    locks: tuple[Lock, ...] = ()
    previous: tuple[Seat, ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    met: tuple[tuple[int, ...], ...] = ()
    weights: Weights = field(default_factory=Weights)


def to_json(problem: Problem) -> str:
    return json.dumps(asdict(problem), default=_plain, ensure_ascii=False, indent=1)


def from_json(text: str) -> Problem:
    """The problem written in `text`; raises Refused naming the part that cannot be read."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise Refused(N_("This file is not readable as JSON: {error}"), error=error) from None
    if not isinstance(data, dict):
        raise Refused(N_("The file should hold one object with people, cases, moderators and slots."))
    problem = Problem(
        people=_each(data, "people", _person),
        cases=_each(data, "cases", lambda row: Case(**_sets(row, "needs", "prefers"))),
        moderators=_each(data, "moderators", lambda row: Moderator(**_sets(row, "languages", "skills"))),
        slots=_each(data, "slots", _slot),
        locks=_each(data, "locks", lambda row: Lock(**row)),
        previous=_each(data, "previous", lambda row: Seat(**{**row, "advisers": tuple(row["advisers"])})),
        apart=_each(data, "apart", _pair, kind=list),
        met=_each(data, "met", tuple, kind=list),
        weights=_weights(data.get("weights", {})),
    )
    check_references(problem)
    return problem


def check_references(problem: Problem) -> None:
    """Every id that is used exists, and none exists twice."""
    people = [person.id for person in problem.people]
    slots = [slot.id for slot in problem.slots]
    cases = [case.id for case in problem.cases]
    for ids, what in ((people, "people"), (slots, "slots"), (cases, "cases")):
        if len(set(ids)) < len(ids):
            raise Refused(N_("Two {what} have the same id. Give each its own."), what=what)
    if any(one == other for one, other in problem.apart):
        raise Refused(N_("Nobody can be kept apart from themselves. Name two people."))
    if problem.weights.again < 0:
        raise Refused(N_("Meeting again may cost nothing, but it cannot be a gain."))
    if problem.weights.per_week < 1:
        raise Refused(N_("At least one consultation per person and week must be allowed."))
    used = [case.giver for case in problem.cases] + [moderator.person for moderator in problem.moderators]
    _known(used, people, "people")
    _known([person for group in (*problem.apart, *problem.met) for person in group], people, "people")
    _known([lock.case for lock in problem.locks], cases, "cases")
    _known([lock.slot for lock in problem.locks], slots, "slots")


def _known(used: list[Any], known: list[Any], what: str) -> None:
    for missing in sorted(set(used) - set(known), key=str):
        raise Refused(N_("{id} is used but is not among the {what}."), id=missing, what=what)


def _each(data: Mapping[str, Any], name: str, build: Callable[[Any], Row], *, kind: type = dict) -> tuple[Row, ...]:
    rows = data.get(name, [])
    result = []
    for number, row in enumerate(rows, start=1):
        try:
            result.append(build(kind(row)))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            sentence = N_("Number {number} of {name} cannot be read: {error}")
            raise Refused(sentence, number=number, name=name, error=error) from None
    return tuple(result)


def _person(row: dict[str, Any]) -> Person:
    return Person(**_sets(row, "languages", "wishes", "impossible", "if_need_be"))


def _pair(row: list[int]) -> tuple[int, int]:
    one, other = row
    return one, other


def _slot(row: dict[str, Any]) -> Slot:
    start = datetime.fromisoformat(row["start"])
    if start.tzinfo is None:
        raise ValueError("start needs an offset, for example 2026-06-09T10:00:00+00:00")
    return Slot(**{**row, "start": start.astimezone(UTC)})


def _weights(row: dict[str, Any]) -> Weights:
    try:
        return Weights(**{**row, "turns": tuple(row.get("turns", Weights().turns))})
    except TypeError as error:
        raise Refused(N_("The weights cannot be read: {error}"), error=error) from None


def _sets(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**row, **{name: frozenset(row.get(name, ())) for name in names}}


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no plain form for {value!r}")
