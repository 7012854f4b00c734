"""Live parts of the programme for everybody, in one sitting or several: who comes to which, and what that costs. Pure.

Everybody is in the sitting that lies best on their own clocks, the smaller one where two are equal, unless it was said by
hand where they sit. That is the fairest there is, as nobody's hours cost anybody else anything.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from app.matching.hours import ASLEEP, burden


@dataclass(frozen=True, slots=True)
class Offer:
    """One sitting; those of the same `part` are alternatives."""

    id: int
    part: tuple[int, str]
    start: datetime
    minutes: int


@dataclass
class Part:
    """`sits`: person → sitting; `comes`: sitting → how many; `night`: people who come at night; `second`: the best instant
    for one more sitting, and for how many that would still be at night."""

    offers: list[Offer]
    comes: dict[int, int] = field(default_factory=dict)
    sits: dict[int, int] = field(default_factory=dict)
    night: list[int] = field(default_factory=list)
    second: tuple[datetime, int] | None = None


def seated(
    offers: Sequence[Offer], zones: Mapping[int, str], said: Collection[tuple[int, int]] = ()
) -> tuple[list[Part], dict[int, int]]:
    """Every part with who comes when, and person → points over all parts. `said`: (person, sitting) decided already."""
    cost = cache(burden)
    parts: dict[tuple[int, str], list[Offer]] = defaultdict(list)
    for offer in sorted(offers, key=lambda offer: (offer.start, offer.id)):
        parts[offer.part].append(offer)
    points = dict.fromkeys(zones, 0)
    found = []
    for sittings in parts.values():
        part = Part(sittings, dict.fromkeys((each.id for each in sittings), 0))
        for person, zone in sorted(zones.items()):
            open_to = [each for each in sittings if (person, each.id) in said] or sittings
            worth = [(cost(each.start, each.minutes, zone), part.comes[each.id], each.id) for each in open_to]
            least, _, chosen = min(worth)
            part.comes[chosen] += 1
            part.sits[person] = chosen
            points[person] += least
            if least >= ASLEEP:
                part.night.append(person)
        part.second = _second(part, zones) if part.night else None
        found.append(part)
    return found, points


def _second(part: Part, zones: Mapping[int, str]) -> tuple[datetime, int]:
    """The hour within half a day of the first sitting at which fewest of those at night would still be at night."""
    first, cost = part.offers[0], cache(burden)

    def left(start: datetime) -> tuple[int, int]:
        costs = [cost(start, first.minutes, zones[person]) for person in part.night]
        return sum(each >= ASLEEP for each in costs), sum(costs)

    starts = [first.start + timedelta(hours=hours) for hours in sorted(range(-12, 13), key=abs) if hours]
    best = min(starts, key=left)
    return best, left(best)[0]
