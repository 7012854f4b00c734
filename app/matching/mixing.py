"""Rounds in which everybody meets new people: tables for speed networking and World Café. Pure.

Who meets somebody a second time costs a point, and so does everybody in `met` who meets again (known from an earlier round,
from the same city): the fewest points win. The search begins with what arithmetic gives (see
designs.py), swaps two people of one round, never back what it has just swapped, and keeps the best it has seen. The same people, seed and number of steps give the same tables.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from app.core.errors import Refused
from app.core.words import N_
from app.matching.designs import rounds_by_design

Table = tuple[int, ...]
Round = tuple[Table, ...]

STEPS = 4000
KEEP = 12  # steps for which two who were swapped stay where they are, and some more by chance
VAIN = 400  # steps without anything better before we begin elsewhere


@dataclass(frozen=True, slots=True)
class Mixed:
    """`repeated`: how many times somebody meets somebody they have met before, over all rounds."""

    rounds: tuple[Round, ...]
    repeated: int
    steps: int


def mix(
    people: Sequence[int],
    *,
    size: int,
    rounds: int,
    met: Collection[tuple[int, int]] = (),
    seed: int = 1,
    steps: int = STEPS,
    watch: Callable[[int], bool] = lambda _: True,
) -> Mixed:
    """So many rounds at tables of `size` (or one less, where the number does not come out even).

    `watch` is told the fewest repeated meetings so far and may stop the search by returning False.
    """
    if size < 2 or rounds < 1 or len(set(people)) != len(people) or len(people) < 2:
        raise Refused(N_("Rounds need at least two people, tables of two and one round."))
    number = {person: at for at, person in enumerate(people)}
    known = [(number[one], number[other]) for one, other in met if one in number and other in number]
    mixer = _Mixer(len(people), _sizes(len(people), size), rounds, known, Random(seed))
    taken = mixer.search(steps, watch)
    return Mixed(
        rounds=tuple(
            tuple(tuple(sorted(people[at] for at in table)) for table in each if table) for each in mixer.best_tables
        ),
        repeated=mixer.best,
        steps=taken,
    )


def _sizes(people: int, size: int) -> list[int]:
    """As few tables as seat everybody, as even as they can be."""
    tables = -(-people // size)
    return [people // tables + (at < people % tables) for at in range(tables)]


class _Mixer:
    def __init__(self, people: int, sizes: list[int], rounds: int, known: list[tuple[int, int]], rng: Random) -> None:
        self.people, self.sizes, self.rounds, self.rng = people, sizes, rounds, rng
        self.known = known
        self.best, self.best_tables = people * people * rounds, [[[0]]]
        self._begin(rounds_by_design(people, max(sizes)))

    def _begin(self, given: Sequence[Sequence[Sequence[int]]] = ()) -> None:
        """The rounds that are given, under names drawn by lot; then round by round, each table filled with whoever has met fewest of those who sit there."""
        self.meetings = [[0] * self.people for _ in range(self.people)]
        for one, other in self.known:
            self._meet(one, other, 1)
        self.tables: list[list[list[int]]] = []
        self.seat: list[list[int]] = []
        names = self.rng.sample(range(self.people), self.people)
        for each in given[: self.rounds]:
            self._sit([[names[person] for person in table] for table in each])
        while len(self.tables) < self.rounds:
            self._round()
        self.cost = self._counted()
        self.tabu: dict[tuple[int, int, int], int] = {}
        self._note()

    def _round(self) -> None:
        waiting = self.rng.sample(range(self.people), self.people)
        tables: list[list[int]] = []
        for size in self.sizes:
            table: list[int] = []
            for _ in range(size):
                chosen = min(waiting, key=lambda person: sum(self.meetings[person][other] for other in table))
                waiting.remove(chosen)
                table.append(chosen)
            tables.append(table)
        self._sit(tables)

    def _sit(self, tables: list[list[int]]) -> None:
        for table in tables:
            for one, other in combinations(table, 2):
                self._meet(one, other, 1)
        seat = [0] * self.people
        for at, table in enumerate(tables):
            for person in table:
                seat[person] = at
        self.tables.append(tables)
        self.seat.append(seat)

    def _meet(self, one: int, other: int, sign: int) -> None:
        self.meetings[one][other] += sign
        self.meetings[other][one] += sign

    def _counted(self) -> int:
        """Meetings of two who have met before; who is known from outside has met once already."""
        return sum(
            max(0, self.meetings[one][other] - 1) for one in range(self.people) for other in range(one + 1, self.people)
        )

    def search(self, steps: int, watch: Callable[[int], bool]) -> int:
        vain, taken = 0, 0
        lowest = self.cost
        for taken in range(1, steps + 1):
            if self.best == 0 or not watch(self.best):
                return taken - 1
            self._step(taken)
            vain = 0 if self.cost < lowest else vain + 1
            lowest = min(lowest, self.cost)
            self._note()
            if vain > VAIN:
                self._begin()
                vain, lowest = 0, self.cost
        return taken

    def _note(self) -> None:
        if self.cost < self.best:
            self.best = self.cost
            self.best_tables = [[list(table) for table in tables] for tables in self.tables]

    def _step(self, number: int) -> None:
        """The best swap of somebody who meets somebody again; one that was just made only if nothing was ever better."""
        best, found = None, []
        for at in range(self.rounds):
            for one in self._again(at):
                for other in range(self.people):
                    if self.seat[at][one] == self.seat[at][other]:
                        continue
                    gain = self._change(at, one, other)
                    key = (at, min(one, other), max(one, other))
                    if self.tabu.get(key, 0) >= number and self.cost + gain >= self.best:
                        continue
                    if best is None or gain < best:
                        best, found = gain, [key]
                    elif gain == best:
                        found.append(key)
        if best is not None:
            at, one, other = self.rng.choice(found)
            self._swap(at, one, other)
            self.cost += best
            self.tabu[at, one, other] = number + KEEP + self.rng.randrange(KEEP)

    def _again(self, at: int) -> list[int]:
        meetings = self.meetings
        return [
            one
            for table in self.tables[at]
            for one in table
            if any(meetings[one][other] > 1 for other in table if other != one)
        ]

    def _change(self, at: int, one: int, other: int) -> int:
        mine, theirs = self.meetings[one], self.meetings[other]
        change = 0
        for person in self.tables[at][self.seat[at][one]]:
            if person != one:
                change += (theirs[person] > 0) - (mine[person] > 1)
        for person in self.tables[at][self.seat[at][other]]:
            if person != other:
                change += (mine[person] > 0) - (theirs[person] > 1)
        return change

    def _swap(self, at: int, one: int, other: int) -> None:
        seat, tables = self.seat[at], self.tables[at]
        here, there = tables[seat[one]], tables[seat[other]]
        for person in here:
            if person != one:
                self._meet(one, person, -1)
                self._meet(other, person, 1)
        for person in there:
            if person != other:
                self._meet(other, person, -1)
                self._meet(one, person, 1)
        here[here.index(one)], there[there.index(other)] = other, one
        seat[one], seat[other] = seat[other], seat[one]
