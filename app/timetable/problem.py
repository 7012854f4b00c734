"""From windows and marks to a problem for the planner. Pure.

A window is wall time in the coordinator's zone; a mark is an hour on the clocks of the person who made it. Both
become instants here, so a clock change in the middle of the event moves neither of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from app.core.times import local, wall
from app.matching.plan import plan_to_json
from app.matching.problem import Case, Lock, Moderator, Person, Problem, Seat, Slot, Weights, from_json
from app.matching.repair import repair
from app.matching.solve import STEPS, solve


class Can(StrEnum):
    """What a person says of one hour. POSSIBLE is never stored: it is what silence means."""

    POSSIBLE = "possible"
    IF_NEED_BE = "if_need_be"
    IMPOSSIBLE = "impossible"


SAID = {each.value: each for each in Can}
"""The word that is stored to what it says; quicker than Can(word) where there are a hundred thousand of them."""

Marks = Mapping[str, Can]
"""Hour on the person's own clocks, "2026-10-26T09", to what they said of it."""


@dataclass(frozen=True, slots=True)
class Window:
    """On `day` from `begins` to `ends` by the clocks of `zone`, with up to `rooms` rooms beside each other."""

    day: date
    begins: time
    ends: time
    zone: str
    rooms: int = 4


@dataclass(frozen=True, slots=True)
class Attendant:
    """Somebody who takes part, as the planner needs to know them; never more."""

    id: int
    city: str
    zone: str
    languages: frozenset[str]
    wishes: frozenset[str] = frozenset()
    marks: Marks = field(default_factory=dict)
    marks_zone: str = ""
    adviser: bool = True
    moderates: int = 0
    methods: frozenset[str] = frozenset()  # those they lead; none: all of them
    declined: frozenset[str] = frozenset()  # slots at which they said they cannot come
    country: str = ""
    gender: str = ""  # as they said it for mixed groups; empty where they did not


def hour_key(day: date, hour: int) -> str:
    return f"{day.isoformat()}T{hour:02}"


def slot_id(start: datetime) -> str:
    """The name of a slot is its instant, so it stays the same when windows are opened and closed around it."""
    return f"{start.astimezone(UTC):%Y%m%dT%H%MZ}"


def slot_start(slot: str) -> datetime:
    return datetime.strptime(slot, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)


def slots(windows: Iterable[Window], *, minutes: int, step: int | None = None) -> tuple[Slot, ...]:
    """The times at which a session of `minutes` fits into a window, every `step` minutes (without it: back to back).

    Where windows of two coordinators overlap, a slot has the rooms of both.
    """
    return merged(
        Slot(id=slot_id(start), start=start, minutes=minutes, rooms=window.rooms)
        for window in windows
        for start in _starts(window, minutes=minutes, step=step or minutes)
    )


def merged(found: Iterable[Slot]) -> tuple[Slot, ...]:
    """Slots that begin together are one, with the rooms of both and the time of the longer."""
    slots: dict[str, Slot] = {}
    for slot in found:
        other = slots.get(slot.id, replace(slot, rooms=0))
        slots[slot.id] = replace(slot, rooms=slot.rooms + other.rooms, minutes=max(slot.minutes, other.minutes))
    return tuple(sorted(slots.values(), key=lambda slot: slot.start))


def _starts(window: Window, *, minutes: int, step: int) -> Iterator[datetime]:
    start = wall(window.day, window.begins, window.zone)
    ends = wall(window.day, window.ends, window.zone)
    if window.ends <= window.begins:
        ends = wall(window.day + timedelta(days=1), window.ends, window.zone)
    while start + timedelta(minutes=minutes) <= ends:
        yield start
        start += timedelta(minutes=step)


@lru_cache(maxsize=20_000)
def hours_touched(start: datetime, minutes: int, zone: str) -> tuple[str, ...]:
    """The hours on the clocks of `zone` that a session touches, each as a key of Marks."""
    keys = []
    for passed in (*range(0, minutes, 15), minutes - 1):
        here = local(start + timedelta(minutes=passed), zone)
        keys.append(hour_key(here.date(), here.hour))
    return tuple(dict.fromkeys(keys))


def on_other_clocks(marks: Mapping[str, str], *, was: str, zone: str) -> dict[str, str]:
    """The same marks by the clocks of `zone`; an hour that two of them touch has the worse of both."""
    if was == zone:
        return dict(marks)
    found: dict[str, str] = {}
    for hour, said in marks.items():
        day, _, number = hour.partition("T")
        for key in hours_touched(wall(date.fromisoformat(day), time(int(number)), was), 60, zone):
            if found.get(key) != Can.IMPOSSIBLE:
                found[key] = said
    return found


def can(attendant: Attendant, slot: Slot) -> Can:
    """What the attendant has said of the slot: the worst of the hours it touches."""
    if slot.id in attendant.declined:
        return Can.IMPOSSIBLE
    if not attendant.marks:
        return Can.POSSIBLE
    zone, worst = attendant.marks_zone or attendant.zone, Can.POSSIBLE
    for hour in hours_touched(slot.start, slot.minutes, zone):
        said = attendant.marks.get(hour, worst)
        if said is Can.IMPOSSIBLE:
            return said
        worst = said if said is Can.IF_NEED_BE else worst
    return worst


def build(
    attendants: Sequence[Attendant],
    *,
    cases: Sequence[Case],
    slots: Sequence[Slot],
    locks: Sequence[Lock] = (),
    previous: Sequence[Seat] = (),
    apart: Iterable[tuple[int, int]] = (),
    met: Iterable[Iterable[int]] = (),
    weights: Weights | None = None,
) -> Problem:
    """The problem of one event. Cases whose giver has left are not asked for; locks and seats of times gone neither.

    Whoever named no method they lead can lead all that are asked for.
    """
    known, here = {attendant.id for attendant in attendants}, {slot.id for slot in slots}
    asked = tuple(case for case in cases if case.giver in known)
    ids, needed = {case.id for case in asked}, frozenset(need for case in asked for need in case.needs)
    return Problem(
        people=tuple(_person(attendant, slots) for attendant in attendants),
        cases=asked,
        moderators=tuple(
            Moderator(attendant.id, attendant.languages, attendant.moderates, attendant.methods or needed)
            for attendant in attendants
            if attendant.moderates
        ),
        slots=tuple(slots),
        locks=tuple(lock for lock in locks if lock.case in ids and lock.slot in here),
        previous=tuple(seat for seat in previous if seat.case in ids),
        apart=tuple(sorted((one, other) for one, other in apart if {one, other} <= known)),
        met=tuple(tuple(sorted(known.intersection(group))) for group in met),
        weights=weights or Weights(),
    )


def _person(attendant: Attendant, slots: Sequence[Slot]) -> Person:
    said = {slot.id: can(attendant, slot) for slot in slots}
    return Person(
        id=attendant.id,
        city=attendant.city,
        zone=attendant.zone,
        languages=attendant.languages,
        wishes=attendant.wishes,
        impossible=frozenset(slot for slot, answer in said.items() if answer is Can.IMPOSSIBLE),
        if_need_be=frozenset(slot for slot, answer in said.items() if answer is Can.IF_NEED_BE),
        adviser=attendant.adviser,
    )


def solve_text(text: str, *, seed: int = 1, steps: int = STEPS, seconds: float = 0) -> str:
    """For `fortnight timetable solve problem.json`: the documented problem in, the plan with its reasons out.

    Raises Refused with a sentence when the file cannot be read.
    """
    return plan_to_json(solve(from_json(text), seed=seed, steps=steps, prove=seconds))


def repair_text(text: str) -> str:
    """The same for `--repair`: the plan in `previous`, changed as little as the rest of the file asks for."""
    return plan_to_json(repair(from_json(text)))
