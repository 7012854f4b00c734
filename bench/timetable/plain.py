"""What the planner is compared with: greedy, and local search as one writes it first.

Every candidate is ranked anew for every look, one to four cases go out and in again, a step that is no worse than where we
stood forty steps ago is kept. Nothing makes room for a case that is left out.
"""

from heapq import nlargest
from random import Random
from time import perf_counter

from app.matching.draft import Draft, Place
from app.matching.masks import bits
from app.matching.plan import Placement, Plan, Reason, Unplaced
from app.matching.problem import Problem
from app.matching.tables import Tables

MEMORY = 40


class Plain(Draft):
    def _filled(self, case: int, slot: int, leader: int, free: int) -> tuple[tuple[int, ...], int]:
        asked = self.tables.problem.cases[case]
        worths = {at: self.adviser_worth(case, slot, at) for at in bits(free)}
        ranked = nlargest(asked.most, ((worth, -at) for at, worth in worths.items()))
        chosen = [-at for number, (worth, at) in enumerate(ranked) if number < asked.least or worth > 0]
        return tuple(sorted(chosen)), sum(worths[at] for at in chosen)


def plain(problem: Problem, *, seconds: float, seed: int) -> Plan:
    began, rng = perf_counter(), Random(seed)
    tables = Tables(problem)
    draft = Plain(tables)
    _insert_all(draft, sorted(range(len(problem.cases)), key=lambda case: len(tables.ways[case])))
    best, worth = dict(draft.places), draft.worth
    memory, step = [draft.worth] * MEMORY, 0
    while perf_counter() - began < seconds and draft.places:
        step += 1
        before, places = draft.worth, dict(draft.places)
        for case in rng.sample(sorted(draft.places), min(len(draft.places), rng.randint(1, 4))):
            draft.take(case)
        waiting = [case for case in range(len(problem.cases)) if case not in draft.places]
        rng.shuffle(waiting)
        _insert_all(draft, waiting)
        if draft.worth >= min(before, memory[step % MEMORY]):
            memory[step % MEMORY] = draft.worth
        else:
            _put_back(draft, places)
        if draft.worth > worth:
            best, worth = dict(draft.places), draft.worth
    return _plan(problem, best, worth, step)


def _insert_all(draft: Draft, cases: list[int]) -> None:
    for case in cases:
        ways = [way for slot in draft.tables.may_be[case] if (way := draft.best(case, slot))]
        if ways:
            draft.put(case, max(ways, key=lambda way: (way[0], -way[1].slot))[1])


def _put_back(draft: Draft, places: dict[int, Place]) -> None:
    for case in [case for case, place in draft.places.items() if places.get(case) != place]:
        draft.take(case)
    for case in [case for case in places if case not in draft.places]:
        draft.put(case, places[case])


def _plan(problem: Problem, places: dict[int, Place], worth: int, steps: int) -> Plan:
    return Plan(
        placements=tuple(
            Placement(
                case=problem.cases[case].id,
                slot=problem.slots[place.slot].id,
                moderator=problem.moderators[place.leader].person,
                advisers=tuple(problem.people[at].id for at in place.advisers),
            )
            for case, place in sorted(places.items())
        ),
        unplaced=tuple(
            Unplaced(asked.id, (Reason("plain"),)) for case, asked in enumerate(problem.cases) if case not in places
        ),
        score=worth,
        steps=steps,
    )
