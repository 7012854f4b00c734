"""The figures of participation: what they count and when they ask for attention. Pure; none of them is about one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from statistics import median

from app.core.words import N_


class State(StrEnum):
    REACHED = "reached"
    BELOW = "below"
    WATCH = "watch"
    FINE = "fine"
    OPEN = "open"

    @property
    def words(self) -> str:
        return _STATES[self]


_STATES = {
    State.REACHED: N_("Reached"),
    State.BELOW: N_("Not yet"),
    State.WATCH: N_("Look at this"),
    State.FINE: N_("Balanced"),
    State.OPEN: N_("Nothing to count yet"),
}


@dataclass(frozen=True)
class Figure:
    """`value` None: nothing to count yet. `part` of `whole` where the figure is a share."""

    key: str
    value: float | None
    state: State
    part: int | None = None
    whole: int | None = None

    @property
    def words(self) -> str:
        return _FIGURES[self.key][0]

    @property
    def aim(self) -> tuple[str, dict[str, object]]:
        """A sentence and what fills it."""
        return _FIGURES[self.key][1:]

    @property
    def unit(self) -> str:
        """percent, hours or number."""
        return {"first_reply_hours": "hours", "unanswered_24h": "number", "gini": "number"}.get(self.key, "percent")


_PERCENT, _BY_DAY = N_("at least {n} %"), N_("at least {n} % by day {day}")
_HOURS, _NONE, _CLOSER = N_("{n} hours at most"), N_("none"), N_("look closer above {n}")
_FIGURES: dict[str, tuple[str, str, dict[str, object]]] = {
    "activated": (N_("Have been here at least once"), _BY_DAY, {"n": 95, "day": 1}),
    "contributors": (N_("Have contributed something, of those who were here"), _BY_DAY, {"n": 80, "day": 3}),
    "daily_presence": (N_("Were here since the last working day began"), _PERCENT, {"n": 60}),
    "first_reply_hours": (N_("Hours until somebody’s first thread is answered (median)"), _HOURS, {"n": 4}),
    "unanswered_24h": (N_("Questions older than a day without an answer"), _NONE, {}),
    "top10_share": (N_("Share of the most active tenth in all contributions"), _CLOSER, {"n": "40 %"}),
    "gini": (N_("How unevenly contributions are spread (0 evenly, 1 all by one)"), _CLOSER, {"n": "0.6"}),
    "country_coverage": (N_("Countries from which somebody has contributed"), _BY_DAY, {"n": 100, "day": 5}),
    "cross_country_replies": (N_("Answers that cross a border"), _PERCENT, {"n": 50}),
    "consultation_completion": (N_("Consultations with a key question and a first step"), _PERCENT, {"n": 90}),
    "live_attendance": (N_("Came to the consultation where they were expected"), _PERCENT, {"n": 75}),
    "followup_30d": (N_("Told after a month what became of the first step"), _PERCENT, {"n": 60}),
}
_AIMS = {
    "activated": 0.95, "contributors": 0.8, "daily_presence": 0.6, "country_coverage": 1.0, "cross_country_replies": 0.5,
    "consultation_completion": 0.9, "live_attendance": 0.75, "followup_30d": 0.6,
}  # fmt: skip
_AT_MOST = {"first_reply_hours": 4.0, "unanswered_24h": 0.0}
_WATCHED = {"top10_share": 0.4, "gini": 0.6}


@dataclass(frozen=True)
class Taking:
    """Somebody who takes part, as the figures need them. `given`: how much they have contributed."""

    person_id: int
    country: str
    here: bool
    seen_at: datetime | None
    given: int


@dataclass(frozen=True)
class Counts:
    """What was counted besides people: (part, whole) pairs and spans."""

    first_replies: Sequence[float]
    unanswered: int
    replies: tuple[int, int]
    consultations: tuple[int, int]
    seats: tuple[int, int]
    followed_up: tuple[int, int]


def figures(people: Sequence[Taking], counts: Counts, *, day_began: datetime) -> list[Figure]:
    here = [each for each in people if each.here]
    given = [each.given for each in here]
    countries = {each.country for each in people if each.country}
    from_countries = {each.country for each in people if each.country and each.given}
    present = [each for each in here if each.seen_at is not None and each.seen_at >= day_began]
    return [
        share("activated", len(here), len(people)),
        share("contributors", sum(n > 0 for n in given), len(here)),
        share("daily_presence", len(present), len(here)),
        _at_most("first_reply_hours", median(counts.first_replies) if counts.first_replies else None),
        _at_most("unanswered_24h", counts.unanswered),
        _watched("top10_share", top_share(given)),
        _watched("gini", gini(given)),
        share("country_coverage", len(from_countries), len(countries)),
        share("cross_country_replies", *counts.replies),
        share("consultation_completion", *counts.consultations),
        share("live_attendance", *counts.seats),
        share("followup_30d", *counts.followed_up),
    ]


def share(key: str, part: int, whole: int) -> Figure:
    if not whole:
        return Figure(key, None, State.OPEN)
    return Figure(key, part / whole, State.REACHED if part / whole >= _AIMS[key] else State.BELOW, part, whole)


def top_share(given: Collection[int]) -> float | None:
    """What part of everything the most active tenth has given (one person at least)."""
    if not sum(given):
        return None
    return sum(sorted(given, reverse=True)[: ceil(len(given) / 10)]) / sum(given)


def gini(given: Collection[int]) -> float | None:
    """0: everybody gave the same; near 1: one person gave everything."""
    if not sum(given):
        return None
    n, total = len(given), sum(given)
    weighted = sum(place * amount for place, amount in enumerate(sorted(given), 1))
    return 2 * weighted / (n * total) - (n + 1) / n


def crossing(pairs: Mapping[tuple[str, str], int]) -> tuple[int, int]:
    """(answers between two countries, answers) from how many went from one country to another; unknown ones left out."""
    known = {between: count for between, count in pairs.items() if all(between)}
    return sum(count for (one, other), count in known.items() if one != other), sum(known.values())


def _at_most(key: str, value: float | None) -> Figure:
    if value is None:
        return Figure(key, None, State.OPEN)
    return Figure(key, value, State.REACHED if value <= _AT_MOST[key] else State.BELOW)


def _watched(key: str, value: float | None) -> Figure:
    if value is None:
        return Figure(key, None, State.OPEN)
    return Figure(key, value, State.WATCH if value > _WATCHED[key] else State.FINE)
