"""From what people said to what the group builder knows of them, and what a coordinator's hand may not do. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from app.core.errors import Refused
from app.core.times import local, wall
from app.core.words import N_
from app.matching.groups import Somebody
from app.matching.hours import ASLEEP, burden
from app.timetable.problem import Attendant, Can

BEFORE, AFTER = 14, 28  # hours by which the days of the event begin and end elsewhere
MARKS = 200  # of two who are kept apart
GROUPS = 120  # at most, which is more than a thousand people


@dataclass(frozen=True, slots=True)
class Party:
    """A person, or everybody from a country."""

    person: int | None = None
    country: str = ""

    @property
    def word(self) -> str:
        return f"c{self.country}" if self.person is None else f"p{self.person}"

    @classmethod
    def of(cls, word: str) -> "Party":
        """p and the number of a person, or c and a country, as forms say it."""
        return cls(person=int(word[1:])) if word[0] == "p" else cls(country=word[1:])

    def has(self, somebody: Attendant) -> bool:
        return somebody.id == self.person or (bool(self.country) and somebody.country == self.country)


def in_groups(attendants: Iterable[Attendant]) -> list[Attendant]:
    """Those who are put into groups: whoever takes part to advise and to ask; who only moderates leads one."""
    return [each for each in attendants if each.adviser]


def people_of(attendants: Sequence[Attendant], days: Sequence[date]) -> list[Somebody]:
    """`days`: those about whose hours people are asked."""
    hours = _Hours(days)
    return [
        Somebody(each.id, each.country, each.languages, each.wishes, each.gender, hours.of(each)) for each in attendants
    ]


class _Hours:
    """Bits for the hours of these days, from half a day before the first in UTC."""

    def __init__(self, days: Sequence[date]) -> None:
        self.days = frozenset(days)
        first = min(days, default=date(2000, 1, 1))
        self.first = datetime.combine(first, time(), UTC) - timedelta(hours=BEFORE)
        self.count = (max(days) - min(days)).days * 24 + BEFORE + AFTER if days else 0
        self.awake, self.bits = cache(self._awake), cache(self._bits)

    def of(self, somebody: Attendant) -> int:
        found = self.awake(somebody.zone)
        for hour, said in somebody.marks.items():
            if said == Can.IMPOSSIBLE:
                found &= ~self.bits(hour, somebody.marks_zone or somebody.zone)
        return found

    def _awake(self, zone: str) -> int:
        found = 0
        for at in range(self.count):
            start = self.first + timedelta(hours=at)
            if local(start, zone).date() in self.days and burden(start, 60, zone) < ASLEEP:
                found |= 1 << at
        return found

    def _bits(self, hour: str, zone: str) -> int:
        """The hours in UTC that an hour on these clocks touches: two where they go wrong by half an hour."""
        day, _, number = hour.partition("T")
        passed = int((wall(date.fromisoformat(day), time(int(number)), zone) - self.first).total_seconds())
        first, last = passed // 3600, (passed + 3599) // 3600
        return sum(1 << at for at in {first, last} if 0 <= at < self.count)


def pairs_apart(marks: Iterable[tuple[Party, Party]], attendants: Sequence[Attendant]) -> set[tuple[int, int]]:
    """Every two people who are kept apart, the lower number first."""
    found = set()
    for one, other in marks:
        ours, theirs = [a.id for a in attendants if one.has(a)], [a.id for a in attendants if other.has(a)]
        found |= {(min(a, b), max(a, b)) for a in ours for b in theirs if a != b}
    return found


def moved(
    groups: Sequence[Sequence[int]], people: Collection[int], to: int, *, apart: Collection[tuple[int, int]]
) -> list[list[int]]:
    """The groups with these people in number `to`; one more than there are is a new one. Empty ones are gone.

    Whom somebody is kept apart from is not said: that is between them and those who run the event.
    """
    if not 0 <= to <= min(len(groups), GROUPS - 1):
        raise Refused(N_("This group is gone. Look at the groups again, then choose."))
    left = [[person for person in group if person not in people] for group in [*groups, []]]
    left[to] = sorted({*left[to], *people})
    if any(one in left[to] and other in left[to] for one, other in apart):
        raise Refused(
            N_("Two people in this group would be ones whom those who run the event keep apart. Choose another group.")
        )
    return [group for group in left if group]


def still_here(groups: Iterable[Iterable[int]], here: Collection[int]) -> list[list[int]]:
    """Without those who have left the event since."""
    found = [[person for person in group if person in here] for group in groups]
    return [group for group in found if group]


def held_in(groups: Sequence[Sequence[int]], held: Collection[int]) -> Mapping[int, int]:
    """Person → number of the group they stay in."""
    return {person: number for number, group in enumerate(groups) for person in group if person in held}
