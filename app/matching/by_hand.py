"""One case put at one time by a person, everything else as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.matching.draft import Draft, Place
from app.matching.explain import why_here
from app.matching.left_out import why_not
from app.matching.masks import mask
from app.matching.plan import Placement, Unplaced
from app.matching.problem import Lock, Problem, Seat
from app.matching.tables import Tables


def place_one(
    problem: Problem, others: Sequence[Seat], *, case: int, slot: str, moderator: int | None = None
) -> Placement | Unplaced:
    """The best people for `case` at `slot` beside the `others`, who keep their seats; or why it cannot be there.

    A case that sat there before keeps whom it can: `problem.previous` says who that was.
    """
    tables = Tables(replace(problem, locks=(Lock(case, slot, moderator),)))
    draft = Draft(tables)
    for seat in others:
        if seat.case != case and seat.slot in tables.slot:
            _seated(draft, seat)
    at = tables.case[case]
    way = draft.best(at, tables.slot[slot])
    if way is None:
        return Unplaced(case=case, why=why_not(draft, at))
    draft.put(at, way[1])
    people = tuple(problem.people[person].id for person in way[1].advisers)
    return Placement(
        case=case,
        slot=slot,
        moderator=problem.moderators[way[1].leader].person,
        advisers=people,
        why=why_here(draft, at),
    )


def _seated(draft: Draft, seat: Seat) -> None:
    """Keep the people of a seat busy; where one of them has left the problem, the others still are."""
    tables, slot = draft.tables, draft.tables.slot[seat.slot]
    leaders = {moderator.person: at for at, moderator in enumerate(tables.problem.moderators)}
    known = [tables.person[person] for person in (seat.moderator, *seat.advisers) if person in tables.person]
    if seat.case in tables.case and seat.moderator in leaders and len(known) == len(seat.advisers) + 1:
        draft.put(tables.case[seat.case], Place(slot, leaders[seat.moderator], tuple(sorted(known[1:]))))
    else:
        draft.at_slot[slot] |= mask(iter(known))
        draft.rooms[slot] += 1


@dataclass(frozen=True, slots=True)
class Way:
    """What a case would meet at a slot if it were the only one."""

    slot: str
    giver_can: bool
    advisers: int
    moderators: int
    enough: bool


def ways(problem: Problem, case: int) -> list[Way]:
    """Every slot for one case, in order of time, for a person who chooses by hand."""
    tables = Tables(replace(problem, locks=()))
    at = tables.case[case]
    found = []
    for here, slot in enumerate(problem.slots):
        can, giver = tables.can[here], bool(tables.can[here] >> tables.giver[at] & 1)
        advisers = (can & tables.may_advise[at]).bit_count()
        leaders = sum(1 for leader in tables.may_lead[at] if can >> tables.leader[leader] & 1)
        found.append(Way(slot.id, giver, advisers, leaders, enough=here in tables.ways[at]))
    return found
