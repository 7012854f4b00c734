"""What a new plan changes, person by person. The same answer makes the preview, the letters and the reminders. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

Parted = Mapping[tuple[int, int], bool]
EMPTY: Parted = MappingProxyType({})


class Part(StrEnum):
    GIVER = "giver"
    MODERATOR = "moderator"
    ADVISER = "adviser"


class Kind(StrEnum):
    NEW = "new"
    MOVED = "moved"
    PART = "part"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Sitting:
    """One case at one time with everybody in it."""

    case: int
    start: datetime
    minutes: int
    giver: int
    moderator: int
    advisers: tuple[int, ...]

    def parts(self) -> dict[int, Part]:
        advisers = dict.fromkeys(self.advisers, Part.ADVISER)
        return {**advisers, self.moderator: Part.MODERATOR, self.giver: Part.GIVER}


@dataclass(frozen=True, slots=True)
class Change:
    """For one person: `before` and `after` are instants, None where there is none; `part` is the part now (or last)."""

    person: int
    case: int
    kind: Kind
    part: Part
    minutes: int
    before: datetime | None = None
    after: datetime | None = None

    @property
    def when(self) -> datetime:
        """The instant by which a list of changes is sorted."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class CaseChange:
    """The same for the coordinator: what happens to a case, and how many people hear of it."""

    case: int
    kind: Kind
    before: datetime | None
    after: datetime | None
    people: int


def changes(
    before: Iterable[Sitting], after: Iterable[Sitting], *, parted: Parted = EMPTY
) -> dict[int, tuple[Change, ...]]:
    """Person → everything that changes for them, in order of time. People for whom nothing changes are not in it.

    `parted`: (person, case) who know already that they sit there no more, and whether they take part again: a seat that
    a plan still names them for is news to those who are back and nothing to those who are not.
    """
    old = {sitting.case: sitting for sitting in before}
    new = {sitting.case: sitting for sitting in after}
    found: dict[int, list[Change]] = {}
    for case in sorted(old.keys() | new.keys()):
        for change in _of_case(old.get(case), new.get(case), parted):
            found.setdefault(change.person, []).append(change)
    return {person: tuple(sorted(found[person], key=lambda change: change.when)) for person in sorted(found)}


def by_case(found: dict[int, tuple[Change, ...]]) -> list[CaseChange]:
    """What `changes` found, case by case. A case whose time stays and whose people change is a change of parts."""
    cases: dict[int, list[Change]] = {}
    for each in found.values():
        for change in each:
            cases.setdefault(change.case, []).append(change)
    return [_summed(case, cases[case]) for case in sorted(cases, key=lambda case: min(c.when for c in cases[case]))]


def _of_case(old: Sitting | None, new: Sitting | None, parted: Parted) -> Iterator[Change]:
    was = {at: part for at, part in old.parts().items() if (at, old.case) not in parted} if old else {}
    is_now = {at: part for at, part in new.parts().items() if parted.get((at, new.case), True)} if new else {}
    for person in sorted(was.keys() | is_now.keys()):
        change = _of_person(person, was.get(person), is_now.get(person), old, new)
        if change:
            yield change


def _of_person(
    person: int, was: Part | None, is_now: Part | None, old: Sitting | None, new: Sitting | None
) -> Change | None:
    if is_now is None:
        assert old is not None and was is not None
        return Change(person, old.case, Kind.GONE, was, old.minutes, before=old.start)
    assert new is not None
    if was is None or old is None:
        return Change(person, new.case, Kind.NEW, is_now, new.minutes, after=new.start)
    if (old.start, old.minutes) != (new.start, new.minutes):
        return Change(person, new.case, Kind.MOVED, is_now, new.minutes, before=old.start, after=new.start)
    if was != is_now:
        return Change(person, new.case, Kind.PART, is_now, new.minutes, before=old.start, after=new.start)
    return None


def _summed(case: int, found: list[Change]) -> CaseChange:
    kinds = {change.kind for change in found}
    kind = kinds.pop() if len(kinds) == 1 else (Kind.MOVED if Kind.MOVED in kinds else Kind.PART)
    before = next((change.before for change in found if change.before), None)
    after = next((change.after for change in found if change.after), None)
    return CaseChange(case=case, kind=kind, before=before, after=after, people=len(found))
