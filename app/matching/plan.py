"""What comes out: where every case sits and why, and why the others could not be placed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from app.matching.problem import Seat

Value = int | str | list[int] | list[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence marked with N_() and its values.

    `slot`, `person`, `people`, `language`, `topic` and `skills` hold ids; who shows the sentence puts names in their place.
    """

    sentence: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placement:
    case: int
    slot: str
    moderator: int
    advisers: tuple[int, ...]
    why: tuple[Reason, ...] = ()

    @property
    def seat(self) -> Seat:
        return Seat(case=self.case, slot=self.slot, moderator=self.moderator, advisers=self.advisers)


@dataclass(frozen=True, slots=True)
class Unplaced:
    case: int
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    score: int
    steps: int = 0
    bound: int | None = None  # no plan for this problem is worth more; None where nobody has proved how much


def plan_to_json(plan: Plan) -> str:
    return json.dumps(asdict(plan), ensure_ascii=False, indent=1)


def plan_from_json(text: str) -> Plan:
    data = json.loads(text)
    return Plan(
        placements=tuple(
            Placement(**{**row, "advisers": tuple(row["advisers"]), "why": _reasons(row["why"])})
            for row in data["placements"]
        ),
        unplaced=tuple(Unplaced(case=row["case"], why=_reasons(row["why"])) for row in data["unplaced"]),
        score=data["score"],
        steps=data["steps"],
        bound=data.get("bound"),
    )


def _reasons(rows: list[dict[str, object]]) -> tuple[Reason, ...]:
    return tuple(Reason(**row) for row in rows)  # type: ignore[arg-type]
