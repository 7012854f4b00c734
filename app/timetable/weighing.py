"""What the planner weighs and how much, as coordinators say it for their event: each wish off, less, normal or more. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from enum import StrEnum
from typing import Any

from app.core.words import N_
from app.matching.problem import Weights


class Level(StrEnum):
    OFF = "off"
    LESS = "less"
    NORMAL = "normal"
    MORE = "more"
    MUCH = "much"


class Wish(StrEnum):
    """A weight of the planner that a coordinator may set, as matching.problem.Weights names it."""

    WISH = "wish"
    TURNS = "turns"
    PREFERRED = "preferred"
    BURDEN = "burden"
    IF_NEED_BE = "if_need_be"
    AGAIN = "again"
    CHANGE = "change"


Levels = Mapping[str, str]
"""Wish to level, as rows keep it; what is not in it is normal."""

LEVELS = {
    Level.OFF: N_("does not count"),
    Level.LESS: N_("counts less"),
    Level.NORMAL: N_("as usual"),
    Level.MORE: N_("counts more"),
    Level.MUCH: N_("counts much more"),
}
WISHES = {
    Wish.WISH: (N_("Topics people wish for"), N_("{points} for everybody who advises on one")),
    Wish.TURNS: (N_("A turn for everybody"), N_("{points} for somebody’s first, second, third, fourth session")),
    Wish.PREFERRED: (N_("The moderator a case giver would like"), N_("{points} where they lead")),
    Wish.BURDEN: (
        N_("Inconvenient hours"),
        N_("{points} × 1, 2 or 4 early or late in the day, and more for whoever carries some already"),
    ),
    Wish.IF_NEED_BE: (N_("Hours only if need be"), N_("{points} for each person")),
    Wish.AGAIN: (N_("Meeting the same people again"), N_("{points} for every two")),
    Wish.CHANGE: (N_("Changes to what is published"), N_("{points} for each person")),
}
_HALVES = {Level.OFF: 0, Level.LESS: 1, Level.NORMAL: 2, Level.MORE: 4, Level.MUCH: 8}
_COSTS = frozenset({Wish.BURDEN, Wish.IF_NEED_BE, Wish.AGAIN, Wish.CHANGE})
_USUAL = asdict(Weights())


def cleaned(said: Mapping[str, str]) -> dict[str, str]:
    """Only what is not as usual, in the order of the wishes."""
    levels = {wish: level_of(said, wish) for wish in Wish}
    return {wish.value: level.value for wish, level in levels.items() if level != Level.NORMAL}


def level_of(levels: Levels, wish: Wish) -> Level:
    found = levels.get(wish, Level.NORMAL)
    return Level(found) if found in set(Level) else Level.NORMAL


def weights(levels: Levels) -> Weights:
    """Half of one point is none the planner knows: then everything else counts twice, which is the same."""
    twice = level_of(levels, Wish.BURDEN) == Level.LESS
    found: dict[str, Any] = {
        wish.value: _times(_USUAL[wish], _HALVES[level_of(levels, wish)] * (2 if twice else 1)) for wish in Wish
    }
    return replace(Weights(), **found, left_out=_USUAL["left_out"] * (2 if twice else 1))


def points(levels: Levels, wish: Wish) -> str:
    """For the eye, by how much it counts: "+12, 8, 4, 2", or "−½"; apart from the direction of the words around it."""
    level = level_of(levels, wish)
    found = _times(_USUAL[wish], _HALVES[level])
    shown = ", ".join(map(str, found)) if isinstance(found, tuple) else str(found)
    if wish == Wish.BURDEN and level == Level.LESS:
        shown = "½"
    sign = "" if level == Level.OFF else "−" if wish in _COSTS else "+"
    return f"\u2066{sign}{shown}\u2069"


def _times(usual: int | tuple[int, ...], halves: int) -> int | tuple[int, ...]:
    return tuple(each * halves // 2 for each in usual) if isinstance(usual, tuple) else usual * halves // 2
