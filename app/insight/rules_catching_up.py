"""Ten minutes for who was away: what matters most first, as much as can be read in that time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from app.core.words import N_

MINUTES = 10
A_MINUTE = 1000
"""Characters that somebody reads in a minute who reads in a second language."""
TO_OPEN = 120
"""What it costs to open a page and find the place, in characters."""
MOST_DAYS = 14
AWAY = timedelta(days=2)


class Kind(StrEnum):
    """In the order in which they are read."""

    ANNOUNCED = "announced"
    ASKED = "asked"
    DECIDED = "decided"
    QUESTION = "question"
    STRONG = "strong"
    MOVED = "moved"

    @property
    def words(self) -> str:
        return _KINDS[self]

    @property
    def place(self) -> int:
        return list(Kind).index(self)


_KINDS = {
    Kind.ANNOUNCED: N_("What everybody was told"),
    Kind.ASKED: N_("Who turned to you"),
    Kind.DECIDED: N_("What was brought together in your threads"),
    Kind.QUESTION: N_("The question that moves most people"),
    Kind.STRONG: N_("Posts that were thanked for most"),
    Kind.MOVED: N_("New in the forum"),
}


@dataclass(frozen=True)
class Item:
    """One thing to read. `note`: whose it is or where it stands."""

    kind: Kind
    title: str
    lang: str
    url: str
    characters: int
    note: str = ""

    @property
    def minutes(self) -> int:
        return max(1, ceil(self.characters / A_MINUTE))


def chosen(items: Sequence[Item], *, minutes: int = MINUTES) -> tuple[list[Item], int]:
    """What fits into the time, in the order of the kinds, each kind's own order kept; and how much is left out.

    A long one that does not fit makes room for shorter ones behind it, and one thing to read there always is.
    """
    room = minutes * A_MINUTE
    taken: list[Item] = []
    for item in sorted(items, key=lambda each: each.kind.place):
        cost = item.characters + TO_OPEN
        if cost <= room or not taken:
            taken.append(item)
            room -= cost
    return taken, len(items) - len(taken)


def minutes_of(items: Sequence[Item]) -> int:
    return ceil(sum(item.characters + TO_OPEN for item in items) / A_MINUTE)


def since(asked_days: int, last_visit: datetime | None, *, now: datetime) -> datetime:
    """From when on: as many days as somebody asks for, else since the visit before; two weeks at most, a day at least."""
    if asked_days > 0:
        return now - timedelta(days=min(asked_days, MOST_DAYS))
    earliest, latest = now - timedelta(days=MOST_DAYS), now - timedelta(days=1)
    return max(earliest, min(last_visit, latest)) if last_visit is not None else now - timedelta(days=7)
