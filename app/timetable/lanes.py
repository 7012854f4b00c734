"""Lanes over the windows: cases, moderators or advisers downwards, days across; who is placed when, and who is still free.

Pure. A person's free windows are those they have not called impossible and in which they do not sit yet.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.times import local
from app.matching.problem import Slot
from app.timetable.changes import Part, Sitting
from app.timetable.problem import Attendant, Can, can

PAGE = 40


class Of(StrEnum):
    """What the lanes are."""

    CASES = "cases"
    MODERATORS = "moderators"
    ADVISERS = "advisers"


@dataclass(frozen=True, slots=True)
class Day:
    """One lane on one day: the sessions it has there, and in how many of the day's `windows` there could be one more."""

    sessions: tuple[Sitting, ...]
    free: int
    windows: int


@dataclass(frozen=True, slots=True)
class Lane:
    """`case` for lanes of cases, otherwise none. `load`: sessions in the whole plan, of at most `most` where there is one.
    `elsewhere`: sessions on days that are not shown."""

    person: Attendant
    case: int | None
    load: int
    most: int
    said: bool
    days: tuple[Day, ...]
    elsewhere: tuple[Sitting, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the world and its people: with a seat in the plan, without one, and those who have not said their hours."""

    key: str
    people: int
    placed: int
    silent: int

    @property
    def unplaced(self) -> int:
        return self.people - self.placed


def has_said(person: Attendant) -> bool:
    return bool(person.marks_zone)


def order_of(
    of: Of, people: Sequence[Attendant], cases: Mapping[int, int], sittings: Sequence[Sitting], *, free: bool
) -> list[tuple[Attendant, int | None]]:
    """Who gets a lane, those with the least first: (person, case). `cases`: case → its giver; `free`: only what has nothing."""
    load = loads(of, sittings)
    if of == Of.CASES:
        known = {each.id: each for each in people}
        found: list[tuple[Attendant, int | None]] = [
            (known[giver], case) for case, giver in cases.items() if giver in known
        ]
    else:
        found = [(each, None) for each in people if (each.moderates if of == Of.MODERATORS else each.adviser)]
    if free:
        found = [pair for pair in found if not load[_key(pair)]]
    return sorted(found, key=lambda pair: load[_key(pair)])


def loads(of: Of, sittings: Iterable[Sitting]) -> Counter[int]:
    """Case or person → sessions in this part."""
    if of == Of.CASES:
        return Counter(each.case for each in sittings)
    part = Part.MODERATOR if of == Of.MODERATORS else Part.ADVISER
    return Counter(person for each in sittings for person, has in each.parts().items() if has == part)


def lanes(
    of: Of, order: Sequence[tuple[Attendant, int | None]], *, sittings: Sequence[Sitting], slots: Sequence[Slot],
    days: Sequence[date], zone: str,
) -> list[Lane]:  # fmt: skip
    """The lanes of these, over these days on the clocks of `zone`."""
    load, sits = loads(of, sittings), defaultdict(list)
    for each in sittings:
        for person in each.parts():
            sits[person].append(each)
    on: dict[date, list[Slot]] = {day: [] for day in days}
    for slot in slots:
        on.get(local(slot.start, zone).date(), []).append(slot)
    return [
        Lane(
            person=person,
            case=case,
            load=load[_key((person, case))],
            most=person.moderates if of == Of.MODERATORS else 0,
            said=has_said(person),
            days=tuple(_day(person, case, sits[person.id], on[day], day, zone) for day in days),
            elsewhere=_in_order(
                each for each in _of(case, sits[person.id]) if local(each.start, zone).date() not in on
            ),
        )
        for person, case in order
    ]


def _day(
    person: Attendant, case: int | None, sits: Sequence[Sitting], slots: Sequence[Slot], day: date, zone: str
) -> Day:
    free = [slot for slot in slots if can(person, slot) is not Can.IMPOSSIBLE and not any(_meet(slot, s) for s in sits)]
    here = _in_order(each for each in _of(case, sits) if local(each.start, zone).date() == day)
    return Day(here, len(free), len(slots))


def _of(case: int | None, sits: Iterable[Sitting]) -> Iterable[Sitting]:
    return (each for each in sits if case in {None, each.case})


def _in_order(sits: Iterable[Sitting]) -> tuple[Sitting, ...]:
    return tuple(sorted(sits, key=lambda each: each.start))


def _meet(slot: Slot, sitting: Sitting) -> bool:
    passed = (sitting.start - slot.start).total_seconds() / 60
    return -sitting.minutes < passed < slot.minutes


def _key(pair: tuple[Attendant, int | None]) -> int:
    return pair[0].id if pair[1] is None else pair[1]


def regions(
    people: Iterable[Attendant], sittings: Iterable[Sitting], where: Mapping[int, str], keys: Sequence[str]
) -> list[Region]:
    """How far every region is, in the order of `keys`; an empty key counts those of none. `where`: person → region."""
    placed = {person for each in sittings for person in each.parts()}
    there: dict[str, list[Attendant]] = {key: [] for key in (*keys, "")}
    for each in people:
        there[where.get(each.id, "")].append(each)
    return [
        Region(key, len(those), sum(each.id in placed for each in those), sum(not has_said(each) for each in those))
        for key, those in there.items()
        if those
    ]


def region_of(person: Attendant, said: str, countries: Sequence[tuple[str, Collection[str]]]) -> str:
    """The region somebody is looked after in: the one their participation names, else the first with their country."""
    if said in {key for key, _ in countries}:
        return said
    return next((key for key, those in countries if person.country in those), "")
