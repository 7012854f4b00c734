"""Does a plan keep every hard rule? Written from the rules alone: it shares no code with the search."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from app.matching.hours import ASLEEP, burden
from app.matching.plan import Placement, Plan
from app.matching.problem import Case, Problem, Slot


def broken_rules(problem: Problem, plan: Plan) -> list[str]:
    """One line per broken rule, empty for a good plan. For tests, and before a plan is stored."""
    return [
        *_every_case_once(problem, plan),
        *(line for placement in plan.placements for line in _one_placement(problem, placement)),
        *_limits(problem, plan),
        *_one_place_at_a_time(problem, plan),
    ]


def _every_case_once(problem: Problem, plan: Plan) -> Iterator[str]:
    answered = [placement.case for placement in plan.placements] + [unplaced.case for unplaced in plan.unplaced]
    if sorted(answered) != sorted(case.id for case in problem.cases):
        yield "not every case is placed or explained exactly once"
    for unplaced in plan.unplaced:
        if not unplaced.why:
            yield f"case {unplaced.case} is left out without a reason"


def _one_placement(problem: Problem, placement: Placement) -> Iterator[str]:
    case = next(case for case in problem.cases if case.id == placement.case)
    slot = next(slot for slot in problem.slots if slot.id == placement.slot)
    people = {person.id: person for person in problem.people}
    advisers = [people[person] for person in placement.advisers]
    if len(set(placement.advisers)) != len(advisers) or not case.least <= len(advisers) <= case.most:
        yield f"case {case.id} has {len(advisers)} advisers instead of {case.least} to {case.most}"
    if {case.giver, placement.moderator} & set(placement.advisers) or case.giver == placement.moderator:
        yield f"somebody has two parts in case {case.id}"
    for person in advisers:
        if not person.adviser or person.city == case.city or case.language not in person.languages:
            yield f"{person.id} may not advise case {case.id}"
    for pair in problem.apart:
        if {*pair} <= {case.giver, placement.moderator, *placement.advisers}:
            yield f"{pair[0]} and {pair[1]} are kept apart, yet both sit in case {case.id}"
    if not _leads(problem, placement.moderator, case):
        yield f"{placement.moderator} may not moderate case {case.id}"
    for person in (people[case.giver], people[placement.moderator], *advisers):
        if slot.id in person.impossible or burden(slot.start, slot.minutes, person.zone) >= ASLEEP:
            yield f"{person.id} cannot at {slot.id}"
    for lock in problem.locks:
        if lock.case == case.id and (lock.slot != slot.id or lock.moderator not in (None, placement.moderator)):
            yield f"case {case.id} is not where it is locked"


def _leads(problem: Problem, person: int, case: Case) -> bool:
    return any(
        moderator.person == person and case.language in moderator.languages and case.needs <= moderator.skills
        for moderator in problem.moderators
    )


def _limits(problem: Problem, plan: Plan) -> Iterator[str]:
    slots = {slot.id: slot for slot in problem.slots}
    givers = {case.id: case.giver for case in problem.cases}
    for slot, used in Counter(placement.slot for placement in plan.placements).items():
        if used > slots[slot].rooms:
            yield f"{used} rooms at {slot}"
    loads = Counter(placement.moderator for placement in plan.placements)
    for moderator in problem.moderators:
        if loads[moderator.person] > moderator.most:
            yield f"{moderator.person} moderates {loads[moderator.person]} times"
    weeks = Counter(
        (person, slots[placement.slot].week)
        for placement in plan.placements
        for person in (givers[placement.case], *placement.advisers)
    )
    for (person, week), times in weeks.items():
        if times > problem.weights.per_week:
            yield f"{person} has {times} consultations in week {week}"


def _one_place_at_a_time(problem: Problem, plan: Plan) -> Iterator[str]:
    slots = {slot.id: slot for slot in problem.slots}
    givers = {case.id: case.giver for case in problem.cases}
    pause = timedelta(minutes=problem.weights.pause_minutes)
    for one, other in combinations(plan.placements, 2):
        both = {givers[one.case], one.moderator, *one.advisers} & {givers[other.case], other.moderator, *other.advisers}
        if both and _overlap(slots[one.slot], slots[other.slot], pause):
            yield f"{sorted(both)} sit in cases {one.case} and {other.case} at the same time"


def _overlap(one: Slot, other: Slot, pause: timedelta) -> bool:
    return one.start < other.end + pause and other.start < one.end + pause
