"""What may happen after a plan is published, and how many people a new plan tells."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from random import Random

from app.matching.plan import Plan
from app.matching.problem import Problem, Seat


def without_people(problem: Problem, gone: Collection[int]) -> Problem:
    """They can at no time any more."""
    everywhere = frozenset(slot.id for slot in problem.slots)
    people = (replace(each, impossible=everywhere) if each.id in gone else each for each in problem.people)
    return replace(problem, people=tuple(people))


def without_slots(problem: Problem, closed: Collection[str]) -> Problem:
    return replace(problem, slots=tuple(slot for slot in problem.slots if slot.id not in closed))


def happenings(problem: Problem) -> Iterator[tuple[str, Problem]]:
    """Named changes of the world, from a single adviser to twenty people at once."""
    seats = problem.previous
    used = [seat.slot for seat in seats]
    busiest = max(dict.fromkeys(used), key=used.count)
    yield "nothing", problem
    yield "one adviser", without_people(problem, {seats[0].advisers[0]})
    yield "one moderator", without_people(problem, {seats[0].moderator})
    yield "three moderators", without_people(problem, {each.person for each in problem.moderators[:3]})
    yield "twenty people", without_people(problem, {each.id for each in Random(1).sample(problem.people, 20)})
    yield f"a slot with {used.count(busiest)} cases", without_slots(problem, {busiest})
    yield (
        "two rooms a slot",
        replace(problem, slots=tuple(replace(each, rooms=each.rooms - 2) for each in problem.slots)),
    )
    yield "a case is added", replace(problem, previous=seats[1:])


def told(before: Iterable[Seat], plan: Plan, *, givers: Mapping[int, int]) -> int:
    """How many times somebody known to a case hears of another time or part, summed over the cases that stay."""
    seats = {seat.case: seat for seat in before}
    return sum(
        _changed(seats[placement.case], placement.seat, givers[placement.case])
        for placement in plan.placements
        if placement.case in seats
    )


def _changed(old: Seat, new: Seat, giver: int) -> int:
    was, now = _parts(old, giver), _parts(new, giver)
    if old.slot != new.slot:
        return len(was.keys() | now.keys())
    return sum(1 for person in was.keys() | now.keys() if was.get(person) != now.get(person))


def _parts(seat: Seat, giver: int) -> dict[int, str]:
    return {**dict.fromkeys(seat.advisers, "adviser"), seat.moderator: "moderator", giver: "giver"}
