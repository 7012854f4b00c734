"""HiGHS in a process of its own: `python -m app.matching.highs < asked.json`. It needs the library `highspy`.

Asked: {"problem", "places" (case → slot, leader, advisers by number, the plan to better), "whole", "seconds",
"relaxed"}. What it does in which order is in main(), how in better.py. It says a line {"places"} when it has a better plan,
{"bound"} when it knows better how good a plan can be, and {"done"} when that was proved; `relaxed` asks for the bound alone
and says {"done", "bound"}. One thread, counted rounds: the same question has the same answer as long as `seconds` do not run
out first.
"""

import json
import os
import sys
from collections.abc import Mapping
from time import monotonic
from typing import Any, TextIO

from app.matching.better import Betterer
from app.matching.exact import RELAXABLE, places_from
from app.matching.lp import bound_of, relaxed, solved
from app.matching.model import Model
from app.matching.problem import from_json
from app.matching.tables import Tables

SMALL = 2_500  # so few seats are solved at once soon enough
ROUNDS, FEW = 25, 8  # without anything better, one after the other
SHARE = 0.4  # of the seconds that are left go to parts, the rest to the whole


class Saying:
    """Lines for whoever asked, each at once."""

    def __init__(self, ours: TextIO) -> None:
        self._ours = ours

    def __call__(self, line: Mapping[str, object]) -> None:
        self._ours.write(json.dumps(line) + "\n")
        self._ours.flush()


def main() -> None:
    with os.fdopen(os.dup(1), "w") as ours:
        os.dup2(2, 1)  # what the library prints by itself goes elsewhere
        _answer(json.loads(sys.stdin.read()), Saying(ours))


def _answer(asked: dict[str, Any], say: Saying) -> None:
    until = monotonic() + asked["seconds"]
    tables = Tables(from_json(json.dumps(asked["problem"])))
    if asked.get("relaxed"):
        _relaxed(tables, asked["seconds"], say)
        return
    work = Betterer(tables, places_from(asked["places"]), until, say)
    if not work.possible:
        return
    work.seat_anew()
    if work.size > RELAXABLE or not work.relax():
        work.by_turns()
    work.rounds(
        until=monotonic() + SHARE * (until - monotonic()) if asked["whole"] else until,
        vainly=ROUNDS if work.size > SMALL else FEW,
    )
    if asked["whole"]:
        work.whole()


def _relaxed(tables: Tables, seconds: float, say: Saying) -> None:
    """The bound alone: what a plan could be worth if people and cases could be divided."""
    model = Model(tables, {case: slots for case, slots in enumerate(tables.ways) if slots})
    solver = relaxed(model, seconds=seconds)
    solver.run()
    say({"done": solved(solver), "bound": bound_of(model, solver) if solved(solver) else None})


if __name__ == "__main__":
    main()
