"""Problem → Plan: the one function the rest of the product calls."""

from math import floor, isfinite

from app.matching.draft import Draft, Place
from app.matching.exact import Proof, relaxes
from app.matching.explain import why_here
from app.matching.left_out import why_not
from app.matching.plan import Placement, Plan, Unplaced
from app.matching.problem import Problem, check_references
from app.matching.search import Progress, Watch, insert, search
from app.matching.tables import Tables

STEPS = 3000
QUICK = 500  # instead, where HiGHS sees the whole: it finds better places than more steps would


def solve(problem: Problem, *, seed: int = 1, steps: int = STEPS, watch: Watch | None = None, prove: float = 0) -> Plan:
    """The best plan found in `steps` steps and up to `prove` seconds of HiGHS after them (see exact.py), with reasons for everything; never one that breaks a hard rule.

    Deterministic: the same problem, seed and steps give the same plan. `watch` is told how far we are and may stop
    the search by returning False; the best so far is kept.
    """
    check_references(problem)
    tables = Tables(problem)
    if steps == STEPS and prove > 0 and relaxes(tables):
        steps = QUICK
    places, taken = search(tables, seed=seed, steps=steps, watch=watch)
    bound = None
    if prove > 0 and (watch is None or watch(_progress(tables, taken, Proof(tables, places)))):
        proof = Proof(tables, places)
        proof.work(seconds=prove, go_on=lambda now: watch is None or watch(_progress(tables, taken, now)))
        places, bound = proof.places, _whole(proof.bound)
    draft = Draft(tables)
    for case in sorted(places):
        draft.put(case, places[case])
    for case in sorted(set(range(len(problem.cases))) - set(places)):
        insert(draft, case)
    return Plan(
        placements=tuple(_placement(draft, case, draft.places[case]) for case in sorted(draft.places)),
        unplaced=tuple(
            Unplaced(case=asked.id, why=why_not(draft, case))
            for case, asked in enumerate(problem.cases)
            if case not in draft.places
        ),
        score=draft.worth,
        steps=taken,
        bound=bound,
    )


def _progress(tables: Tables, steps: int, proof: Proof) -> Progress:
    return Progress(steps, steps, len(proof.places), len(tables.giver), proof.worth, _whole(proof.bound))


def _whole(bound: float | None) -> int | None:
    """Every plan is worth a whole number, so what lies between two is as good as the lower."""
    return None if bound is None or not isfinite(bound) else floor(bound + 1e-6)


def _placement(draft: Draft, case: int, place: Place) -> Placement:
    tables = draft.tables
    return Placement(
        case=tables.problem.cases[case].id,
        slot=tables.problem.slots[place.slot].id,
        moderator=tables.problem.moderators[place.leader].person,
        advisers=tuple(tables.problem.people[person].id for person in place.advisers),
        why=why_here(draft, case),
    )
