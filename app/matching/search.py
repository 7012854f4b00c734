"""Greedy start and local search with ejection. The same problem, seed and number of steps give the same plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from app.matching.draft import Draft, Place
from app.matching.masks import mask
from app.matching.tables import Tables

MEMORY = 40
LOOK_EVERY = 50


@dataclass(frozen=True, slots=True)
class Progress:
    step: int
    steps: int
    placed: int
    cases: int
    score: int
    bound: int | None = None


Watch = Callable[[Progress], bool]


def search(
    tables: Tables, *, seed: int, steps: int, watch: Watch | None = None, known: Mapping[int, Place] | None = None
) -> tuple[dict[int, Place], int]:
    """The best places found and the steps taken; `watch` sees progress and returns False to stop. It goes on from the
    places `known`, if there are any."""
    draft = start(tables) if known is None else _as_known(tables, known)
    climb = _Climb(draft, Random(seed))
    taken = 0
    if not tables.problem.slots:
        return {}, 0
    for taken in range(1, steps + 1):
        climb.step(taken)
        if taken % LOOK_EVERY == 0 and watch and not watch(_progress(taken, steps, climb)):
            break
    return climb.best, taken


def start(tables: Tables) -> Draft:
    """What is decided first, then what people already know, then the cases with the fewest ways to be held."""
    draft = Draft(tables)
    for case in sorted(tables.locked):
        insert(draft, case)
    for case in sorted(set(tables.before) - tables.locked):
        _keep(draft, case)
    freedom = {case: len(ways) for case, ways in enumerate(tables.ways) if ways}
    for case in sorted(set(freedom) - set(draft.places), key=lambda case: (freedom[case], case)):
        insert(draft, case)
    return draft


def _as_known(tables: Tables, known: Mapping[int, Place]) -> Draft:
    draft = Draft(tables)
    for case in sorted(known):
        draft.put(case, known[case])
    return draft


def insert(draft: Draft, case: int, slots: list[int] | None = None) -> bool:
    """Put the case where it adds most; False when there is no way with everything else as it is."""
    ways = [way for slot in slots or draft.tables.ways[case] if (way := draft.best(case, slot))]
    if not ways:
        return False
    draft.put(case, max(ways, key=lambda way: (way[0], -way[1].slot))[1])
    return True


def _keep(draft: Draft, case: int) -> None:
    slot = draft.tables.slot[draft.tables.before[case].slot]
    if slot in draft.tables.ways[case]:
        insert(draft, case, [slot])


def _progress(step: int, steps: int, climb: "_Climb") -> Progress:
    return Progress(step, steps, len(climb.best), len(climb.draft.tables.giver), climb.best_worth)


class _Climb:
    """Late acceptance: a step is kept when it is no worse than where we stood, or stood MEMORY steps ago."""

    def __init__(self, draft: Draft, rng: Random) -> None:
        self.draft, self.rng = draft, rng
        self.memory = [draft.worth] * MEMORY
        self.best, self.best_worth = dict(draft.places), draft.worth
        self.possible = [case for case, ways in enumerate(draft.tables.ways) if ways]
        self.movable = [case for case in range(len(draft.tables.giver)) if case not in draft.tables.locked]

    def step(self, number: int) -> None:
        draft, before = self.draft, self.draft.worth
        places = dict(draft.places)
        self._change()
        if draft.worth >= min(before, self.memory[number % MEMORY]):
            self.memory[number % MEMORY] = draft.worth
        else:
            self._restore(places)
        if draft.worth > self.best_worth:
            self.best, self.best_worth = dict(draft.places), draft.worth

    def _restore(self, places: dict[int, Place]) -> None:
        draft = self.draft
        for case in [case for case, place in draft.places.items() if places.get(case) != place]:
            draft.take(case)
        for case in [case for case in places if case not in draft.places]:
            draft.put(case, places[case])

    def _change(self) -> None:
        waiting = self._waiting()
        if waiting and self.rng.random() < 0.3:
            self._eject(self.rng.choice(waiting))
        else:
            self._remove()
        waiting = self._waiting()
        self.rng.shuffle(waiting)
        for case in waiting:
            insert(self.draft, case, self._some(case))

    def _waiting(self) -> list[int]:
        return [case for case in self.possible if case not in self.draft.places]

    def _remove(self) -> None:
        placed = [case for case in self.movable if case in self.draft.places]
        chosen = self.rng.sample(placed, min(len(placed), self.rng.randint(1, 4)))
        for case in chosen:
            self.draft.take(case)

    def _eject(self, case: int) -> None:
        """Make room for a case that is left out: take away, one by one, cases that stand in its way at one slot."""
        slot = self.rng.choice(self.draft.tables.ways[case])
        for _ in range(6):
            way = self.draft.best(case, slot)
            if way:
                self.draft.put(case, way[1])
                return
            blocking = self._blocking(case, slot)
            if not blocking:
                return
            self.draft.take(self.rng.choice(blocking))

    def _blocking(self, case: int, slot: int) -> list[int]:
        tables = self.draft.tables
        wanted = tables.may_advise[case] | 1 << tables.giver[case]
        wanted |= mask(tables.leader[leader] for leader in tables.may_lead[case])
        return [other for other in self.movable if self._stands_in_the_way(other, slot, wanted)]

    def _stands_in_the_way(self, other: int, slot: int, wanted: int) -> bool:
        tables, place = self.draft.tables, self.draft.places.get(other)
        if place is None:
            return False
        members = mask(iter((*place.advisers, tables.giver[other], tables.leader[place.leader])))
        near = place.slot in tables.clash[slot] or tables.week[place.slot] == tables.week[slot]
        return place.slot == slot or (near and bool(members & wanted))

    def _some(self, case: int) -> list[int]:
        slots = self.draft.tables.ways[case]
        return slots if len(slots) < 12 else self.rng.sample(slots, max(12, len(slots) // 3))
