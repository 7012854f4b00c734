"""How far a play is, and the room it is played in. Pure values, shared by what peers do and what disturbs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.consultation.engine.room import Room
from app.consultation.practice.scripts import Scene, Script

PATIENCE = 150  # seconds a simulated lead leaves a silent visitor their chance
REMINDER = 60  # seconds a simulated lead waits for the release before a word about it
BREATH = 6  # seconds between what was said last and what the lead does about a raised hand
QUIET = 20  # seconds after the visitor's last words


@dataclass(frozen=True)
class Met:
    """A disturbance that has begun: the script's `number`, `how` it ended (empty while it lasts), whether its hint shows."""

    number: int
    began: datetime
    ended: datetime | None = None
    how: str = ""
    told: bool = False
    lines: int = 0

    def to_json(self) -> list[Any]:
        ended = self.ended and self.ended.isoformat()
        return [self.number, self.began.isoformat(), ended, self.how, self.told, self.lines]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> "Met":
        number, began, ended, *rest = data
        return cls(number, datetime.fromisoformat(began), ended and datetime.fromisoformat(ended), *rest)


@dataclass(frozen=True)
class Played:
    """How far the play is: in step `step` since `at`, which lines, whose cards, which nudge.

    `drill`: with disturbances, for whoever practises leading; `met`: those that have come.
    """

    step: int = -1
    at: datetime | None = None
    lines: tuple[int, ...] = ()
    cards: Mapping[str, int] = field(default_factory=dict)
    nudged: int = 0
    revealed: bool = False
    own_case: bool = False
    drill: bool = False
    met: tuple[Met, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step, "at": self.at and self.at.isoformat(), "lines": list(self.lines),
            "cards": dict(self.cards), "nudged": self.nudged, "revealed": self.revealed, "own_case": self.own_case,
            "drill": self.drill, "met": [each.to_json() for each in self.met],
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Played":
        at = data.get("at")
        return cls(
            data.get("step", -1), datetime.fromisoformat(at) if at else None, tuple(data.get("lines", ())),
            data.get("cards", {}), data.get("nudged", 0), data.get("revealed", False), data.get("own_case", False),
            data.get("drill", False), tuple(map(Met.from_json, data.get("met", ()))),
        )  # fmt: skip


@dataclass(frozen=True)
class Do:
    """One thing: say, write, park, choose, pick, value, release, ask, answer, count, sign, finish, floor, hand, lose, find, hint,
    begin, advance, close.

    `key` names a card.
    """

    what: str
    who: int = 0
    text: str = ""
    deck: str = ""
    key: str = ""
    keys: tuple[str, ...] = ()
    to: int = 0


@dataclass(frozen=True)
class Scenario:
    """The room with its simulated peers: `seats` person of the script → seat; `spoke` when the visitor last did."""

    script: Script
    room: Room
    seats: Mapping[str, int]
    visitor: int
    visitor_is_in: bool
    spoke: datetime | None
    now: datetime

    @property
    def scene(self) -> Scene:
        return self.script.scenes.get(self.room.step.phase, Scene()) if self.room.step else Scene()

    @property
    def part(self) -> str:
        """The visitor's role."""
        return next(seat.role for seat in self.room.cast.seats if seat.person == self.visitor)

    @property
    def lead(self) -> int | None:
        """The simulated lead; None where the visitor leads."""
        return self.room.leads if self.room.leads in self.seats.values() else None


def waited(play: Scenario, played: Played, seconds: int) -> bool:
    """Since the last thing that anybody did."""
    since = max(filter(None, (played.at, play.spoke)), default=play.now)
    return play.now - since >= timedelta(seconds=seconds)
