"""What a plan is worth in figures, so that two can be laid side by side. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.matching.draft import Draft, Place
from app.matching.problem import Problem, Seat
from app.matching.tables import Tables
from app.timetable import fairness
from app.timetable.changes import Sitting


@dataclass(frozen=True, slots=True)
class Figures:
    """`worth`: the planner's points, as far as sessions are still to come; `spread`, `points`: inconvenient hours, between
    two people and of all; `told`: people who would get a letter."""

    placed: int
    without: int
    worth: int
    points: int
    spread: int
    told: int


def figures(
    sittings: Sequence[Sitting], *, seats: Iterable[Seat], problem: Problem, cases: int, zones: Mapping[int, str], told: int
) -> Figures:  # fmt: skip
    """`seats`: the same as the planner names them, those to come."""
    carried = fairness.shares(sittings, zones)
    return Figures(
        placed=len(sittings),
        without=cases - len(sittings),
        worth=worth(problem, seats),
        points=sum(share.points for share in carried),
        spread=fairness.spread(carried),
        told=told,
    )


def worth(problem: Problem, seats: Iterable[Seat]) -> int:
    """The planner's points for these seats; a seat of somebody who is gone counts as a case without a place."""
    tables = Tables(replace(problem, locks=()))
    draft = Draft(tables)
    leaders = {moderator.person: at for at, moderator in enumerate(tables.problem.moderators)}
    for seat in seats:
        known = {seat.moderator, *seat.advisers} <= tables.person.keys() and seat.moderator in leaders
        if known and seat.case in tables.case and seat.slot in tables.slot:
            advisers = tuple(sorted(tables.person[person] for person in seat.advisers))
            draft.put(tables.case[seat.case], Place(tables.slot[seat.slot], leaders[seat.moderator], advisers))
    return draft.worth
