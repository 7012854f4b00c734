"""The published plan mended with the fewest changes: nobody moves who need not move.

`problem.previous` is what people know; the rest of the problem is how the world is now. A person counts as told when
their time or their part in a case is another, the same count that decides who gets a letter. First every case that had
a place has one; then as few people as possible are told; then the plan is as good as it can be.
"""

from random import Random

from app.matching.draft import Draft
from app.matching.explain import broken_seat, why_changed, why_here
from app.matching.left_out import why_not
from app.matching.mender import Mender, Stop
from app.matching.plan import Placement, Plan, Reason, Unplaced
from app.matching.problem import Problem, check_references
from app.matching.tables import Tables

LOOKS = 12_000  # ways looked at in all before we take the best so far: 3 s for 500 people and 150 cases
ROUNDS = 8  # orders in which the cases that wait are taken, as far as the looks last


def repair(problem: Problem, *, looks: int = LOOKS, stopped: Stop = lambda: False) -> Plan:
    """The plan people know, changed as little as the world asks for; the same problem gives the same plan."""
    check_references(problem)
    tables, looked = Tables(problem), 0
    best: Mender | None = None
    for number in range(ROUNDS):
        mender = Mender(tables, looks - looked, stopped)
        mender.mend(Random(number) if number else None)
        looked += mender.looked
        if best is None or mender.rank < best.rank:
            best = mender
        if not best.rank[1] or looked >= looks // 2 or stopped():
            break
    assert best is not None
    draft = best.draft
    return Plan(
        placements=tuple(_placement(draft, case) for case in sorted(draft.places)),
        unplaced=tuple(
            Unplaced(case=asked.id, why=(*why_changed(draft, case), *why_not(draft, case)))
            for case, asked in enumerate(problem.cases)
            if case not in draft.places
        ),
        score=draft.worth,
        steps=looked,
    )


def broken(problem: Problem) -> dict[int, tuple[Reason, ...]]:
    """Case → what of its announced seat does not hold any more, whatever the other cases do; empty when all holds."""
    tables = Tables(problem)
    found = {problem.cases[case].id: broken_seat(tables, case) for case in sorted(tables.known)}
    return {case: why for case, why in found.items() if why}


def _placement(draft: Draft, case: int) -> Placement:
    tables, place = draft.tables, draft.places[case]
    return Placement(
        case=tables.problem.cases[case].id,
        slot=tables.problem.slots[place.slot].id,
        moderator=tables.problem.moderators[place.leader].person,
        advisers=tuple(tables.problem.people[person].id for person in place.advisers),
        why=(*why_changed(draft, case), *why_here(draft, case)),
    )
