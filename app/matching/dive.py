"""From what divided cases would do to one time for each: the most decided ones are decided, then HiGHS looks again."""

from collections.abc import Callable, Mapping, Sequence

from app.matching.lp import relaxed, solved
from app.matching.model import Model
from app.matching.tables import Tables

FIXED = 0.25  # of the cases that are open, so many are decided in one step
SURE = 0.999  # whoever is as decided as that is decided, too
NOTHING = 1e-6


class Dive:
    """`ways`: the times among which each case has one in the end, or none."""

    def __init__(self, tables: Tables, ways: Mapping[int, Sequence[int]], *, seconds: float) -> None:
        model = Model(tables, ways)
        self.solver = relaxed(model, seconds=seconds)
        self.open: dict[int, dict[int, int]] = {}  # case → slot → column
        for (case, slot), column in model.held.items():
            self.open.setdefault(case, {})[slot] = column
        self.chosen: dict[int, int] = {}

    def run(self, go_on: Callable[[], bool]) -> dict[int, int]:
        """Case → its time; a case that is in none of them is left out."""
        self.solver.run()
        self.solver.setOptionValue("solver", "simplex")  # from here on only little is another each time
        share = FIXED
        while self.open and go_on() and solved(self.solver):
            likely = self._likely()
            order = sorted(likely, key=lambda case: (-likely[case][0], case))
            many = max(1, int(len(order) * share))
            now = [case for number, case in enumerate(order) if number < many or likely[case][0] > SURE]
            share = FIXED if self._decide({case: likely[case] for case in now}) else 0.0  # 0: one after the other
        return self.chosen

    def _likely(self) -> dict[int, tuple[float, int]]:
        """Case → how much of it lies at its most likely time, and that time; the earlier one where two are equal."""
        values = self.solver.getSolution().col_value
        tops = {case: max((values[at], -slot) for slot, at in slots.items()) for case, slots in self.open.items()}
        return {case: (value, -slot) for case, (value, slot) in tops.items()}

    def _decide(self, likely: Mapping[int, tuple[float, int]]) -> bool:
        """Whether these can all be where they are most likely; if it is one alone that cannot, it never lies there."""
        wanted = {case: slot if value > NOTHING else None for case, (value, slot) in likely.items()}
        for case, chosen in wanted.items():
            for slot, column in self.open[case].items():
                self.solver.changeColBounds(column, float(slot == chosen), float(slot == chosen))
        self.solver.run()
        if solved(self.solver):
            self.chosen |= {case: slot for case, slot in wanted.items() if slot is not None}
            for case in wanted:
                del self.open[case]
            return True
        for case in wanted:
            for column in self.open[case].values():
                self.solver.changeColBounds(column, 0.0, 1.0)
        if len(likely) == 1:
            for case, (_, slot) in likely.items():
                self._never(case, slot)
        self.solver.run()
        return False

    def _never(self, case: int, slot: int) -> None:
        self.solver.changeColBounds(self.open[case].pop(slot), 0.0, 0.0)
        if not self.open[case]:
            del self.open[case]
