"""Which cases go anywhere in a round, which keep their time and change people, and which stand as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from app.matching.draft import Place
from app.matching.tables import Tables

SEATS = 4_000  # about so many are open in one round
NEAR = 0.5  # of the rounds free cases that share people or times: those have more to exchange
EVERYWHERE = 0.3  # of the rounds look at every time of a case, the others at its likely times only


@dataclass
class Part:
    """`ways`: where each open case may be; one in `stands` stays with its people."""

    ways: dict[int, list[int]] = field(default_factory=dict)
    stands: dict[int, Place] = field(default_factory=dict)
    seats: int = 0


class Parts:
    """`likely`: the times at which each case that is possible at all is looked for."""

    def __init__(self, tables: Tables, likely: Mapping[int, Sequence[int]], rng: Random) -> None:
        self.tables, self.likely, self.rng = tables, likely, rng

    def draw(self, places: Mapping[int, Place], *, free: int) -> Part:
        """`free` cases may go anywhere, those that are left out among them; others are open as far as there is room."""
        order = self.rng.sample(sorted(self.likely), len(self.likely))
        if self.rng.random() < NEAR and places:
            middle = places[self.rng.choice(sorted(places))].slot
            order.sort(key=lambda case: self._far(places.get(case), middle))
        else:
            order.sort(key=lambda case: case in places)
        everywhere = self.rng.random() < EVERYWHERE
        part = Part()
        for case in order:
            here = places.get(case)
            if here is None:
                self._open(part, case, self.tables.ways[case], here)
            elif len(part.ways) >= free:
                self._open(part, case, [here.slot], here)
            else:
                slots = self.tables.ways[case] if everywhere else self.likely[case]
                self._open(part, case, [*slots, here.slot], here)
        return part

    def _far(self, place: Place | None, middle: int) -> tuple[bool, bool, bool]:
        if place is None:
            return False, False, False
        week = self.tables.week
        return True, place.slot not in self.tables.clash[middle], week[place.slot] != week[middle]

    def _open(self, part: Part, case: int, slots: Sequence[int], here: Place | None) -> None:
        able, slots = self.tables.may_advise[case], list(dict.fromkeys(slots))
        seats = sum((self.tables.can[slot] & able).bit_count() for slot in slots)
        if part.seats and part.seats + seats > SEATS:
            if here is not None:
                part.stands[case] = here
            return
        part.ways[case] = slots
        part.seats += seats
