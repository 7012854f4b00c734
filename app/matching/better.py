"""A plan bettered by HiGHS: what divided people and cases would do shows the way, then a few cases at a time go anywhere.

What is hard is which case lies when. Once that is decided, who sits where is almost a matter of linear inequalities: all
advisers of all cases are put anew at once in a tenth of a second. So every round frees some cases and everybody's seat.
"""

from collections.abc import Callable, Mapping
from random import Random
from time import monotonic, process_time
from typing import Any

from app.matching.dive import Dive
from app.matching.draft import Place
from app.matching.exact import places_to, worth_of
from app.matching.lp import bound_of, feasible, hint, relaxed, solved, solver_of
from app.matching.model import ANY, Model, size
from app.matching.parts import Parts
from app.matching.search import search
from app.matching.tables import Tables

LIKELY = 8  # times at which a case is looked for, the most likely ones
DIVE = 5  # of them are looked at by the dive
RELAXING = 0.6  # of the seconds are given to it at most: a slow machine does better without
PATIENCE = 3.0  # seconds of the processor for one round
EASY = 0.8  # of them: a round that was solved so quickly may free more
SLOWEST = 20.0  # times, with many others on the machine
FREE, FEWEST = 6.0, 2  # cases that go anywhere in the first round, and at least
STEPS = 3000  # of the search, between one time that everybody is seated anew and the next
LOOK = 300  # steps of it at an answer that says nothing of who meets whom
EXACT, ROUGH = 1e-5, 2e-4  # how near to the best a round comes, relative to it

Say = Callable[[Mapping[str, object]], None]


class Betterer:
    """`say` hears {"places"} for every better plan and {"bound"} when it is known better how good a plan can be."""

    def __init__(self, tables: Tables, places: Mapping[int, Place], until: float, say: Say) -> None:
        self.tables, self.until, self.say = tables, until, say
        self.began = monotonic(), process_time()
        self.places, self.worth = dict(places), worth_of(tables, places)
        self.possible = [case for case, ways in enumerate(tables.ways) if ways]
        self.likely = {case: list(tables.ways[case]) for case in self.possible}
        self.size = size(tables)
        self.bound = ANY

    def seat_anew(self, *, gap: float = EXACT) -> None:
        """The best seats for everybody, each case at its time."""
        self._seat({case: place.slot for case, place in self.places.items()}, gap=gap)

    def relax(self) -> bool:
        """As if people and cases could be divided: the bound, the likely times, and from them a plan. False: no time."""
        model = Model(self.tables, self.likely)
        solver = relaxed(model, seconds=self._left() * RELAXING, crossover=False)
        solver.run()
        if not solved(solver):
            return False
        self._heard(bound_of(model, solver))
        self.likely = _likely(model, solver)
        dive = Dive(self.tables, {case: slots[:DIVE] for case, slots in self.likely.items()}, seconds=self._left())
        self._seat(dive.run(lambda: monotonic() < self.until))
        return True

    def by_turns(self) -> None:
        """The search moves cases, HiGHS seats everybody anew at once, and again while that is any help."""
        before, number = -ANY, 0
        while self.worth > before and monotonic() < self.until and self.places:
            before, number = self.worth, number + 1
            found, _ = search(
                self.tables, seed=number, steps=STEPS, known=self.places, watch=lambda _: monotonic() < self.until
            )
            self._found(found)
            self.seat_anew(gap=ROUGH)

    def rounds(self, *, until: float, vainly: int) -> None:
        """A few cases may go anywhere, more as rounds are easy, until `vainly` rounds in a row found nothing better."""
        parts, vain, free = Parts(self.tables, self.likely, Random(1)), 0, FREE
        while vain < vainly and monotonic() < until and self.possible and self.worth < self.bound - 0.99:
            before, began = self.worth, process_time()
            patience = min(PATIENCE * self._slowness(), max(0.1, until - monotonic()))
            part = parts.draw(self.places, free=max(FEWEST, round(free)))
            done = self._solve(Model(self.tables, part.ways, part.stands), seconds=patience)
            vain = 0 if self.worth > before else vain + 1
            if not done:
                free = max(float(FEWEST), free * 0.8)
            elif process_time() - began < EASY:
                free = min(float(len(self.possible)), free * 1.1)

    def whole(self) -> None:
        """All at once, with all that is known as the start; says how good any plan can be."""
        model = Model(self.tables, {case: list(self.tables.ways[case]) for case in self.possible})
        solver = solver_of(model, seconds=self._left())
        hint(solver, model, self.places)
        self._watch(solver, model)
        solver.run()
        self._take(model, solver)
        self._heard(solver.getInfo().mip_dual_bound)
        self.say({"done": solved(solver)})

    def _watch(self, solver: Any, model: Model) -> None:
        def improved(event: Any) -> None:
            if event.data_out.objective_function_value > self.worth + 0.5:
                self._found(model.places_of(list(event.data_out.mip_solution)))

        def ticked(event: Any) -> None:
            self._heard(event.data_out.mip_dual_bound)

        solver.cbMipImprovingSolution.subscribe(improved)
        solver.cbMipInterrupt.subscribe(ticked)

    # Asking, and what becomes of the answer

    def _left(self, most: float = ANY) -> float:
        return max(0.1, min(most, self.until - monotonic()))

    def _slowness(self) -> float:
        """How many seconds pass for one of ours, where we share the processor."""
        began, used = self.began
        return min(SLOWEST, max(1.0, (monotonic() - began) / max(0.1, process_time() - used)))

    def _seat(self, slots: Mapping[int, int], *, gap: float = EXACT) -> None:
        self._solve(Model(self.tables, {case: [slot] for case, slot in slots.items()}), seconds=ANY, gap=gap)

    def _solve(self, model: Model, *, seconds: float, gap: float = EXACT) -> bool:
        """Take what is better; whether it was solved to its end."""
        solver = solver_of(model, seconds=self._left(seconds))
        solver.setOptionValue("mip_rel_gap", gap)
        hint(solver, model, self.places)
        solver.run()
        self._take(model, solver)
        return solved(solver)

    def _take(self, model: Model, solver: Any) -> None:
        """Who meets whom again is not in the inequalities: where that counts, the search has a look at the answer first."""
        if not feasible(solver):
            return
        places = model.places_of(list(solver.getSolution().col_value))
        if self.tables.weights.again:
            places, _ = search(self.tables, seed=1, steps=LOOK, known=places, watch=lambda _: monotonic() < self.until)
        self._found(places)

    def _found(self, places: dict[int, Place]) -> None:
        worth = worth_of(self.tables, places)
        if worth > self.worth:
            self.places, self.worth = places, worth
            self.say({"places": places_to(places)})

    def _heard(self, bound: float) -> None:
        if bound < self.bound - 0.5:
            self.bound = bound
            self.say({"bound": bound})


def _likely(model: Model, solver: Any) -> dict[int, list[int]]:
    """Where most of each case lies first; where that is equal, what costs least."""
    found = solver.getSolution()
    ranks: dict[int, list[tuple[float, float, int]]] = {}
    for (case, slot), column in model.held.items():
        ranks.setdefault(case, []).append((-round(found.col_value[column], 4), -found.col_dual[column], slot))
    return {case: [slot for _, _, slot in sorted(rank)[:LIKELY]] for case, rank in ranks.items()}
