"""Who carries the inconvenient hours of a plan: shown before it is published. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from app.matching.hours import burden
from app.timetable.changes import Sitting

WIDEST = 8  # points between the most and the least loaded person up to which a plan counts as fair


@dataclass(frozen=True, slots=True)
class Share:
    """One person's part: `points` as in matching.hours, `early_or_late` sessions that have any, of `sessions`."""

    person: int
    points: int
    early_or_late: int
    sessions: int


def shares(sittings: Iterable[Sitting], zones: Mapping[int, str]) -> list[Share]:
    """Everybody who sits in the plan, the most loaded first; `zones`: person → zone."""
    known = cache(burden)
    found: dict[int, list[int]] = {}
    for sitting in sittings:
        for person in sitting.parts():
            if person in zones:
                found.setdefault(person, []).append(known(sitting.start, sitting.minutes, zones[person]))
    all_shares = [
        Share(person, sum(points), sum(1 for each in points if each), len(points)) for person, points in found.items()
    ]
    return sorted(all_shares, key=lambda share: (-share.points, share.person))


def spread(found: Iterable[Share]) -> int:
    """Points between the most and the least loaded person."""
    points = [share.points for share in found]
    return max(points) - min(points) if points else 0
