"""The same problem as linear inequalities over numbers between 0 and 1, for a solver that can prove how good a plan is.

A column is "this case at this slot", "this person advises it there", "this person moderates it there", or a step of what
grows faster or slower than the seats (turns, inconvenient hours, a moderator's load). Its worth is the worth of Draft, but
for those who meet again because of the plan itself: that is left out, so no plan is worth more than the best of these numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from app.matching.draft import Place
from app.matching.masks import bits, mask
from app.matching.tables import Tables

Row = tuple[float, float, dict[int, float]]
ANY = float("inf")


def suits(tables: Tables) -> bool:
    """Whether what people gain falls with every turn, as it should: only then are the inequalities the same problem."""
    turns = (*tables.weights.turns, 0)
    return tables.weights.burden >= 0 and all(one >= other for one, other in pairwise(turns))


def size(tables: Tables) -> int:
    """How many seats there could be in all: what decides how long a proof takes."""
    return sum(
        1 + (tables.can[slot] & tables.may_advise[case]).bit_count() + len(_leaders(tables, case, slot))
        for case, ways in enumerate(tables.ways)
        for slot in ways
    )


class Model:
    """`worth`, `least` and `whole` are per column: what it adds, its lower limit, whether it is a yes or no.

    `ways` says at which slots a case may be; one in `stands` stays exactly where it is, with its people.
    """

    def __init__(
        self, tables: Tables, ways: Mapping[int, Sequence[int]], stands: Mapping[int, Place] | None = None
    ) -> None:
        self.tables, self.stands = tables, stands or {}
        self.base = -tables.weights.left_out * len(tables.giver)
        self.worth: list[float] = []
        self.least: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[Row] = []
        self.held: dict[tuple[int, int], int] = {}
        self.advises: dict[tuple[int, int, int], int] = {}
        self.leads: dict[tuple[int, int, int], int] = {}
        self.steps: dict[tuple[str, int], list[int]] = {}
        self._at: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)  # (person, slot) → columns sitting there
        self._turns: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)  # (person, week)
        self._load: dict[int, dict[int, float]] = defaultdict(dict)
        self._in_slot: dict[int, dict[int, float]] = defaultdict(dict)
        for case, place in self.stands.items():
            self._case(case, [place.slot])
        for case, slots in ways.items():
            if case not in self.stands:
                self._case(case, slots)
        self._people()
        self._moderators()
        for slot, columns in self._in_slot.items():
            self.rows.append((0, tables.problem.slots[slot].rooms, columns))

    def _column(self, worth: float, *, least: float = 0, whole: bool = True) -> int:
        self.worth.append(worth)
        self.least.append(least)
        self.whole.append(whole)
        return len(self.worth) - 1

    # The seats

    def _case(self, case: int, slots: Sequence[int]) -> None:
        held = {slot: self._held(case, slot) for slot in slots}
        self.rows.append((0, 1, dict.fromkeys(held.values(), 1.0)))
        for slot, column in held.items():
            self._group(case, slot, column)

    def _held(self, case: int, slot: int) -> int:
        tables, giver = self.tables, self.tables.giver[case]
        column = self._column(
            tables.weights.left_out + self._kept(case, slot, True) - self._need(giver, slot), least=case in self.stands
        )
        self.held[case, slot] = column
        self._in_slot[slot][column] = 1
        self._sits(giver, slot, column, turn=True)
        return column

    def _group(self, case: int, slot: int, held: int) -> None:
        tables, asked = self.tables, self.tables.problem.cases[case]
        advising, leading = {}, {}
        stands = self.stands.get(case)
        for person in stands.advisers if stands else bits(tables.can[slot] & tables.may_advise[case]):
            column = self._column(self._adviser(case, slot, person), least=stands is not None)
            self.advises[case, slot, person] = column
            self._sits(person, slot, column, turn=True)
            self.rows.append((-ANY, 0, {column: 1, held: -1}))
            advising[column] = 1.0
        for leader in [stands.leader] if stands else _leaders(tables, case, slot):
            column = self._column(self._leader(case, slot, leader), least=stands is not None)
            self.leads[case, slot, leader] = column
            self._sits(tables.leader[leader], slot, column, turn=False)
            self._load[leader][column] = 1
            leading[column] = 1.0
        self.rows.append((0, ANY, {**advising, held: -asked.least}))
        self.rows.append((-ANY, 0, {**advising, held: -asked.most}))
        self.rows.append((0, 0, {**leading, held: -1}))
        self._apart(case, slot, held)

    def _apart(self, case: int, slot: int, held: int) -> None:
        """Where somebody sits, nobody does from whom they are kept apart; every pair is in the row of one of the two."""
        company, most = self.tables.company, self.tables.problem.cases[case].most + 1
        columns: dict[int, list[int]] = defaultdict(list)
        for person in bits(company.concerned):
            columns[person] += [at for at in (self.advises.get((case, slot, person)),) if at is not None]
        for leader, person in enumerate(self.tables.leader):
            if company.concerned >> person & 1 and (case, slot, leader) in self.leads:
                columns[person].append(self.leads[case, slot, leader])
        left = mask(person for person in columns if columns[person])
        for person in sorted(bits(left), key=lambda person: -company.apart[person].bit_count()):
            others = [column for other in bits(company.apart[person] & left) for column in columns[other]]
            if others:
                many = min(most, len(others))
                row = {**dict.fromkeys(others, 1.0), **dict.fromkeys(columns[person], float(many)), held: -float(many)}
                self.rows.append((-ANY, 0, row))
            left &= ~(1 << person)

    def _sits(self, person: int, slot: int, column: int, *, turn: bool) -> None:
        self._at[person, slot][column] = 1
        if turn:
            self._turns[person, self.tables.week[slot]][column] = 1

    def _adviser(self, case: int, slot: int, person: int) -> float:
        worth = self.tables.weights.wish * (self.tables.wish[case] >> person & 1) - self._need(person, slot)
        worth -= self._met(case, person)
        before = self.tables.before_advisers.get(case)
        return worth if before is None else worth + self._kept(case, slot, bool(before >> person & 1))

    def _leader(self, case: int, slot: int, leader: int) -> float:
        before = self.tables.before.get(case)
        same = before is not None and before.moderator == self.tables.problem.moderators[leader].person
        person, preferred = self.tables.leader[leader], leader in self.tables.preferred[case]
        worth = self._kept(case, slot, same) - self._need(person, slot) - self._met(case, person)
        return worth + self.tables.weights.preferred * preferred

    def _met(self, case: int, person: int) -> int:
        """The cost of meeting again whoever brings the case, where they had met before the plan."""
        return self.tables.weights.again * (self.tables.met[self.tables.giver[case]] >> person & 1)

    def _need(self, person: int, slot: int) -> int:
        return self.tables.weights.if_need_be * (self.tables.if_need_be[slot] >> person & 1)

    def _kept(self, case: int, slot: int, same: bool) -> int:
        before = self.tables.before.get(case)
        if before is None:
            return 0
        if not same:
            return -self.tables.weights.change
        return self.tables.weights.change if self.tables.slot[before.slot] == slot else 0

    # What seats add up to

    def _people(self) -> None:
        weights = self.tables.weights
        turns: dict[int, dict[int, float]] = defaultdict(dict)
        hours: dict[int, dict[int, float]] = defaultdict(dict)
        for (person, _week), columns in self._turns.items():
            turns[person] |= columns
            if len(columns) > weights.per_week:
                self.rows.append((0, weights.per_week, columns))
        for (person, slot), columns in self._at.items():
            if burden := self.tables.burden[person][slot]:
                hours[person] |= dict.fromkeys(columns, burden)
        for person, columns in turns.items():
            self._step("turns", person, columns, [float(worth) for worth in weights.turns], at_most=True)
        for person, columns in hours.items():
            steps = [-float(weights.burden * step) for step in range(1, self._worst(person) + 1)]
            self._step("burden", person, columns, steps, at_most=False)
        self._one_place()

    def _worst(self, person: int) -> int:
        """The most that inconvenient hours can add up to for this person: by the slots, and by their number."""
        tables = self.tables
        costs = sorted((tables.burden[person][slot] for at, slot in self._at if at == person), reverse=True)
        leads = sum(tables.problem.moderators[at].most for at, each in enumerate(tables.leader) if each == person)
        return sum(costs[: tables.weights.per_week * tables.weeks + leads])

    def _step(
        self, name: str, number: int, columns: dict[int, float], worths: Sequence[float], *, at_most: bool
    ) -> None:
        """Steps that fill one after the other, for the worth of each is no better than that of the one before."""
        steps = [self._column(worth, whole=False) for worth in worths]
        self.steps[name, number] = steps
        low, high = (0.0, ANY) if at_most else (-ANY, 0.0)
        self.rows.append((low, high, {**columns, **dict.fromkeys(steps, -1.0)}))

    def _one_place(self) -> None:
        by_person: dict[int, list[int]] = defaultdict(list)
        for person, slot in self._at:
            by_person[person].append(slot)
        for person, slots in by_person.items():
            for meeting in self._meetings(slots):
                columns = {column: 1.0 for slot in meeting for column in self._at[person, slot]}
                if len(columns) > 1:
                    self.rows.append((0, 1, columns))

    def _meetings(self, slots: Sequence[int]) -> Iterator[list[int]]:
        """Sets of slots that all run into each other, for each slot those running when it begins."""
        known = self.tables.problem.slots
        wanted = set(slots)
        for slot in slots:
            earlier = [at for at in self.tables.clash[slot] if at in wanted and known[at].start <= known[slot].start]
            yield sorted({slot, *earlier})

    def _moderators(self) -> None:
        for leader, columns in self._load.items():
            steps = [-float(2 * step + 1) for step in range(self.tables.problem.moderators[leader].most)]
            self._step("load", leader, columns, steps, at_most=False)

    # Plans as columns and back

    def columns_of(self, places: Mapping[int, Place]) -> list[float] | None:
        """The plan as one number per column, the steps filled in order; None where a seat has no column."""
        values = [0.0] * len(self.worth)
        for case, place in places.items():
            seats = [
                self.held.get((case, place.slot)),
                self.leads.get((case, place.slot, place.leader)),
                *(self.advises.get((case, place.slot, person)) for person in place.advisers),
            ]
            for seat in seats:
                if seat is None:
                    return None
                values[seat] = 1.0
        stepping = {column: key for key, columns in self.steps.items() for column in columns}
        for _low, _high, columns in self.rows:
            mine = [column for column in columns if column in stepping]
            if mine:
                total = sum(factor * values[column] for column, factor in columns.items() if column not in stepping)
                for number, column in enumerate(mine):
                    values[column] = float(min(1, max(0, total - number)))
        return values

    def places_of(self, values: Sequence[float]) -> dict[int, Place]:
        leader = {(case, slot): at for (case, slot, at), column in self.leads.items() if values[column] > 0.5}
        advisers = defaultdict(list)
        for (case, slot, person), column in self.advises.items():
            if values[column] > 0.5:
                advisers[case, slot].append(person)
        return {
            case: Place(slot, leader[case, slot], tuple(sorted(advisers[case, slot])))
            for (case, slot), column in self.held.items()
            if values[column] > 0.5
        }

    def value(self, values: Sequence[float]) -> float:
        return self.base + sum(worth * value for worth, value in zip(self.worth, values, strict=True))


def _leaders(tables: Tables, case: int, slot: int) -> list[int]:
    return [at for at in tables.may_lead[case] if tables.can[slot] >> tables.leader[at] & 1]
