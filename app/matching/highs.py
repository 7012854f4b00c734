"""HiGHS in a process of its own: `python -m app.matching.highs < asked.json`. It needs the library `highspy`.

Asked: {"problem", "places" (case → slot, leader, advisers by number, the plan to better), "whole", "seconds",
"relaxed"}. It frees some cases at a time and solves them with everything else as it is; with `whole` it then solves all
at once. It says a line {"places"} when it has a better plan, {"bound"} when it knows better how good a plan can be, and
{"done", "bound"} at the end; `relaxed` asks for the bound alone. One thread, counted rounds: the same question has the
same answer as long as `seconds` do not run out first.
"""

import json
import os
import sys
from collections.abc import Mapping
from random import Random
from time import monotonic
from typing import Any

import highspy

from app.matching.draft import Place
from app.matching.exact import places_from, places_to, worth_of
from app.matching.model import ANY, Model, size
from app.matching.problem import from_json
from app.matching.tables import Tables

SMALL = 2_500  # so many seats are solved at once without trying parts of it first
PART = 2_500  # about so many seats are open in one round
ROUNDS = 60  # without anything better, one after the other
PATIENCE = 4.0  # seconds for one round


class Betterer:
    def __init__(self, tables: Tables, places: Mapping[int, Place], until: float) -> None:
        self.tables, self.until = tables, until
        self.places, self.worth = dict(places), worth_of(tables, places)
        self.possible = [case for case, ways in enumerate(tables.ways) if ways]
        self.size = size(tables)

    def parts(self, *, until: float) -> None:
        """Round after round: a few cases may go anywhere, some keep their time and change people, the rest stands."""
        rng, vain = Random(1), 0
        while vain < ROUNDS and monotonic() < until and self.possible:
            before = self.worth
            ways, stands = self._opened(rng)
            model = Model(self.tables, ways, stands)
            solver = _solver(model, seconds=min(PATIENCE, max(0.1, until - monotonic())))
            _hint(solver, model, self.places)
            solver.run()
            self._take(model, solver)
            vain = 0 if self.worth > before else vain + 1

    def _opened(self, rng: Random) -> tuple[dict[int, list[int]], dict[int, Place]]:
        tables, seats = self.tables, 0
        order = rng.sample(self.possible, len(self.possible))
        order.sort(key=lambda case: case in self.places)
        if rng.random() < 0.5 and self.places:  # cases that share people or times have more to exchange
            self._near(order, rng)
        ways: dict[int, list[int]] = {}
        stands: dict[int, Place] = {}
        free = rng.randint(2, 10)
        for case in order:
            here = self.places.get(case)
            able = tables.may_advise[case]
            mine = list(tables.ways[case]) if len(ways) < free or here is None else [here.slot]
            cost = sum((tables.can[slot] & able).bit_count() for slot in mine)
            if seats and seats + cost > PART:
                if here is not None:
                    stands[case] = here
                continue
            ways[case] = mine
            seats += cost
        return ways, stands

    def _near(self, order: list[int], rng: Random) -> None:
        tables, middle = self.tables, self.places[rng.choice(sorted(self.places))].slot
        order.sort(
            key=lambda case: (
                case in self.places,
                self.places[case].slot not in tables.clash[middle] if case in self.places else False,
                tables.week[self.places[case].slot] != tables.week[middle] if case in self.places else False,
            )
        )

    def whole(self) -> None:
        """All at once, with all that is known as the start; says how good any plan can be."""
        model = Model(self.tables, {case: list(self.tables.ways[case]) for case in self.possible})
        solver = _solver(model, seconds=max(0.1, self.until - monotonic()))
        _hint(solver, model, self.places)
        self._watch(solver, model)
        solver.run()
        self._take(model, solver)
        _say({"done": _solved(solver), "bound": solver.getInfo().mip_dual_bound})

    def _watch(self, solver: Any, model: Model) -> None:
        bound = [highspy.kHighsInf]

        def improved(event: Any) -> None:
            if event.data_out.objective_function_value > self.worth + 0.5:
                self._found(model.places_of(list(event.data_out.mip_solution)))

        def ticked(event: Any) -> None:
            if event.data_out.mip_dual_bound < bound[0] - 0.5:
                bound[0] = event.data_out.mip_dual_bound
                _say({"bound": bound[0]})

        solver.cbMipImprovingSolution.subscribe(improved)
        solver.cbMipInterrupt.subscribe(ticked)

    def _take(self, model: Model, solver: Any) -> None:
        if solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            self._found(model.places_of(list(solver.getSolution().col_value)))

    def _found(self, places: dict[int, Place]) -> None:
        worth = worth_of(self.tables, places)
        if worth > self.worth:
            self.places, self.worth = places, worth
            _say({"places": places_to(places)})


def main() -> None:
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.read())
    until = monotonic() + asked["seconds"]
    tables = Tables(from_json(json.dumps(asked["problem"])))
    if asked.get("relaxed"):
        _relaxed(tables, asked["seconds"])
        return
    work = Betterer(tables, places_from(asked["places"]), until)
    if work.size > SMALL or not asked["whole"]:
        work.parts(until=until if not asked["whole"] else monotonic() + 0.6 * asked["seconds"])
    if asked["whole"]:
        work.whole()


def _relaxed(tables: Tables, seconds: float) -> None:
    """The bound alone: what a plan could be worth if people and cases could be divided."""
    model = Model(tables, {case: slots for case, slots in enumerate(tables.ways) if slots})
    solver = _solver(model, seconds=seconds)
    solver.setOptionValue("solve_relaxation", True)
    solver.run()
    _say({"done": _solved(solver), "bound": solver.getInfo().objective_function_value if _solved(solver) else None})


def _solver(model: Model, *, seconds: float) -> Any:
    solver = highspy.Highs()
    solver.silent()
    for name, value in {"threads": 1, "time_limit": seconds, "mip_rel_gap": 1e-5, "mip_abs_gap": 0.99}.items():
        solver.setOptionValue(name, value)
    solver.passModel(_lp(model))
    return solver


def _hint(solver: Any, model: Model, places: Mapping[int, Place]) -> None:
    known = model.columns_of(places)
    if known is not None:
        start = highspy.HighsSolution()
        start.col_value = known
        solver.setSolution(start)


def _solved(solver: Any) -> bool:
    return bool(solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def _lp(model: Model) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.worth), len(model.rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.offset_ = float(model.base)
    lp.col_cost_ = model.worth
    lp.col_lower_ = [float(least) for least in model.least]
    lp.col_upper_ = [1.0] * len(model.worth)
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in model.whole]
    lp.row_lower_ = [-highspy.kHighsInf if low == -ANY else float(low) for low, _, _ in model.rows]
    lp.row_upper_ = [highspy.kHighsInf if high == ANY else float(high) for _, high, _ in model.rows]
    starts = [0]
    index: list[int] = []
    factors: list[float] = []
    for _, _, columns in model.rows:
        index += columns.keys()
        factors += columns.values()
        starts.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, index, factors
    return lp


_ours = os.fdopen(os.dup(1), "w")  # what the library prints by itself goes elsewhere


def _say(line: Mapping[str, object]) -> None:
    _ours.write(json.dumps(line) + "\n")
    _ours.flush()


if __name__ == "__main__":
    main()
