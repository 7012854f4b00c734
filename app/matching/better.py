"""A plan bettered by HiGHS: what divided people and cases would do shows the way, then a few cases at a time go anywhere.

What is hard is which case lies when. Once that is decided, who sits where is almost a matter of linear inequalities: all
advisers of all cases are put anew at once in a tenth of a second. So every round frees some cases and everybody's seat.
"""

from collections.abc import Callable, Mapping
from random import Random
from time import monotonic
from typing import Any

import highspy

from app.matching.draft import Place
from app.matching.exact import places_to, worth_of
from app.matching.lp import feasible, hint, solved, solver_of
from app.matching.model import Model, size
from app.matching.search import search
from app.matching.tables import Tables

LIKELY = 8  # times at which a case is looked for, the most likely ones
DIVE = 5  # of them are looked at by the dive
PART = 4_000  # about so many seats are open in one round
PATIENCE = 3.0  # seconds for one round
EASY = 0.8  # seconds: a round that was solved so quickly may free more
STEPS = 3000  # of the search, between one time that everybody is seated anew and the next
FIXED = 0.25  # of the cases that are open, the most decided ones are decided in one step of the dive
SURE = 0.999

Say = Callable[[Mapping[str, object]], None]


class Betterer:
    """`say` hears {"places"} for every better plan and {"bound"} when it is known better how good a plan can be."""

    def __init__(self, tables: Tables, places: Mapping[int, Place], until: float, say: Say) -> None:
        self.tables, self.until, self.say = tables, until, say
        self.places, self.worth = dict(places), worth_of(tables, places)
        self.possible = [case for case, ways in enumerate(tables.ways) if ways]
        self.likely = {case: list(tables.ways[case]) for case in self.possible}
        self.size = size(tables)
        self.bound = highspy.kHighsInf

    def left(self, most: float = highspy.kHighsInf) -> float:
        return max(0.1, min(most, self.until - monotonic()))

    # As if people and cases could be divided

    def relax(self) -> None:
        """The bound of the whole, and from it at which times each case is likely."""
        model = Model(self.tables, self.likely)
        solver = solver_of(model, seconds=self.left())
        solver.setOptionValue("solve_relaxation", True)
        solver.setOptionValue("solver", "ipm")
        solver.setOptionValue("run_crossover", "off")
        solver.run()
        if not solved(solver):
            return
        self.heard(solver.getInfo().objective_function_value + 0.01)
        found = solver.getSolution()
        ranks: dict[int, list[tuple[float, float, int]]] = {}
        for (case, slot), column in model.held.items():
            ranks.setdefault(case, []).append((-round(found.col_value[column], 4), -found.col_dual[column], slot))
        self.likely = {case: [slot for _, _, slot in sorted(rank)[:LIKELY]] for case, rank in ranks.items()}
        self._dive()

    def _dive(self) -> None:
        """Decide the time of the cases that are most decided already, look again, and so on."""
        model = Model(self.tables, {case: slots[:DIVE] for case, slots in self.likely.items()})
        solver = solver_of(model, seconds=self.left())
        solver.setOptionValue("solve_relaxation", True)
        solver.setOptionValue("solver", "ipm")
        solver.run()
        solver.setOptionValue("solver", "simplex")  # from here on only little is another each time
        open_cases: dict[int, dict[int, int]] = {}
        for (case, slot), column in model.held.items():
            open_cases.setdefault(case, {})[slot] = column
        chosen: dict[int, int] = {}
        step = FIXED
        while open_cases and monotonic() < self.until and solved(solver):
            values = solver.getSolution().col_value
            tops = {case: max((values[at], -slot) for slot, at in slots.items()) for case, slots in open_cases.items()}
            order = sorted(tops, key=lambda case: (-tops[case][0], case))
            many = max(1, int(len(order) * step))
            now = [case for number, case in enumerate(order) if number < many or tops[case][0] > SURE]
            for case in now:
                self._decide(solver, open_cases[case], -tops[case][1] if tops[case][0] > 1e-6 else None)
            solver.run()
            if solved(solver):
                chosen |= {case: -tops[case][1] for case in now if tops[case][0] > 1e-6}
                for case in now:
                    del open_cases[case]
                step = FIXED
            elif len(now) > 1:
                step = 0.0  # one after the other
                self._reopen(solver, [open_cases[case] for case in now])
                solver.run()
            else:
                (case,) = now
                self._reopen(solver, [open_cases[case]])
                solver.changeColBounds(open_cases[case].pop(-tops[case][1]), 0.0, 0.0)
                if not open_cases[case]:
                    del open_cases[case]
                solver.run()
        self._seat(chosen)

    def _decide(self, solver: Any, slots: Mapping[int, int], chosen: int | None) -> None:
        for slot, column in slots.items():
            solver.changeColBounds(column, float(slot == chosen), float(slot == chosen))

    def _reopen(self, solver: Any, cases: list[dict[int, int]]) -> None:
        for slots in cases:
            for column in slots.values():
                solver.changeColBounds(column, 0.0, 1.0)

    def _with_known(self, ways: Mapping[int, list[int]]) -> dict[int, list[int]]:
        known = {case: [self.places[case].slot] if case in self.places else [] for case in ways}
        return {case: list(dict.fromkeys([*slots, *known[case]])) for case, slots in ways.items()}

    def _seat(self, slots: Mapping[int, int], *, seconds: float = PATIENCE, exact: bool = True) -> None:
        """The best seats for everybody, each case at its time or left out."""
        model = Model(self.tables, {case: [slot] for case, slot in slots.items()})
        self._solve(model, seconds=seconds, gap=1e-5 if exact else 2e-4)

    # Where there is too much to be relaxed

    def by_turns(self) -> None:
        """The search moves cases, HiGHS seats everybody anew at once, and again while that is any help."""
        before, number = -highspy.kHighsInf, 0
        while self.worth > before and monotonic() < self.until and self.places:
            before, number = self.worth, number + 1
            self._seat({case: place.slot for case, place in self.places.items()}, seconds=self.left(), exact=False)
            found, _ = search(
                self.tables, seed=number, steps=STEPS, known=self.places, watch=lambda _: monotonic() < self.until
            )
            self._found(found)

    # Some cases at a time

    def rounds(self, *, until: float, vainly: int) -> None:
        """A few cases may go anywhere, as many as fit keep their time and change people, the rest stands."""
        rng, vain, free = Random(1), 0, 6.0
        while vain < vainly and monotonic() < until and self.possible and self.worth < self.bound - 0.99:
            before, began = self.worth, monotonic()
            ways, stands = self._opened(rng, max(2, round(free)))
            done = self._solve(Model(self.tables, ways, stands), seconds=min(PATIENCE, max(0.1, until - began)))
            vain = 0 if self.worth > before else vain + 1
            if not done:
                free = max(2.0, free * 0.8)
            elif monotonic() - began < EASY:
                free = min(float(len(self.possible)), free * 1.1)

    def _opened(self, rng: Random, free: int) -> tuple[dict[int, list[int]], dict[int, Place]]:
        tables, seats = self.tables, 0
        order = rng.sample(self.possible, len(self.possible))
        order.sort(key=lambda case: case in self.places)
        if rng.random() < 0.5 and self.places:  # cases that share people or times have more to exchange
            self._near(order, rng)
        everywhere = rng.random() < 0.3  # otherwise at the likely times only
        ways: dict[int, list[int]] = {}
        stands: dict[int, Place] = {}
        anywhere = self._with_known(self.likely)
        for case in order:
            here = self.places.get(case)
            able = tables.may_advise[case]
            mine = [here.slot] if here is not None and len(ways) >= free else anywhere[case]
            mine = list(tables.ways[case]) if here is None or (everywhere and len(mine) > 1) else mine
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

    # All at once

    def whole(self) -> None:
        """With all that is known as the start; says how good any plan can be."""
        model = Model(self.tables, {case: list(self.tables.ways[case]) for case in self.possible})
        solver = solver_of(model, seconds=self.left())
        hint(solver, model, self.places)
        self._watch(solver, model)
        solver.run()
        self._take(model, solver)
        self.heard(solver.getInfo().mip_dual_bound)
        self.say({"done": solved(solver)})

    def _watch(self, solver: Any, model: Model) -> None:
        def improved(event: Any) -> None:
            if event.data_out.objective_function_value > self.worth + 0.5:
                self._found(model.places_of(list(event.data_out.mip_solution)))

        def ticked(event: Any) -> None:
            self.heard(event.data_out.mip_dual_bound)

        solver.cbMipImprovingSolution.subscribe(improved)
        solver.cbMipInterrupt.subscribe(ticked)

    def _solve(self, model: Model, *, seconds: float, gap: float = 1e-5) -> bool:
        """Take what is better; whether it was solved to its end."""
        solver = solver_of(model, seconds=self.left(seconds))
        solver.setOptionValue("mip_rel_gap", gap)
        hint(solver, model, self.places)
        solver.run()
        self._take(model, solver)
        return solved(solver)

    def _take(self, model: Model, solver: Any) -> None:
        if feasible(solver):
            self._found(model.places_of(list(solver.getSolution().col_value)))

    def _found(self, places: dict[int, Place]) -> None:
        worth = worth_of(self.tables, places)
        if worth > self.worth:
            self.places, self.worth = places, worth
            self.say({"places": places_to(places)})

    def heard(self, bound: float) -> None:
        if bound < self.bound - 0.5:
            self.bound = bound
            self.say({"bound": bound})
