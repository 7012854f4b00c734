"""Two people exchange their seats: whether it may be, and what one of them may hear of why not.

check.py alone says whether a rule breaks. A reason names what its reader can know of themselves; everything else (hours
of others, cities, languages, pairs that are kept apart) is one sentence, so that nothing about anybody follows from it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from app.core.words import N_
from app.matching.check import broken_rules
from app.matching.hours import ASLEEP, burden
from app.matching.plan import Placement, Plan, Reason
from app.matching.problem import Problem, Slot

HOURS = N_("You cannot at that time: you said so, you have an appointment, or it is night where you are.")
MEETS = N_("You take part in another session at that time, or in this one.")
WEEK = N_("You would have too many sessions in that week.")
FIXED = N_("Those who plan have fixed one of these two sessions.")
OTHERS = N_("It does not fit the hours of the other person, or what is to be kept apart in one of these sessions.")


@dataclass(frozen=True, slots=True)
class Exchange:
    """`one` sits in `case`, `other` in `other_case`, both in the same part; each takes the other's seat."""

    one: int
    case: int
    other: int
    other_case: int

    @property
    def reversed(self) -> "Exchange":
        return Exchange(self.other, self.other_case, self.one, self.case)


def exchanged(placements: Sequence[Placement], swap: Exchange) -> list[Placement]:
    """The same placements with these two in each other's seat; everybody else stays."""
    change = {swap.case: (swap.one, swap.other), swap.other_case: (swap.other, swap.one)}
    return [_with(each, *change[each.case]) if each.case in change else each for each in placements]


class Seats:
    """Who sits where, looked at again and again for one exchange after the other."""

    def __init__(self, problem: Problem, placements: Sequence[Placement]) -> None:
        self.problem, self.placements = problem, placements
        self.by_case = {each.case: each for each in placements}
        self.slots = {each.id: each for each in problem.slots}
        self.people = {each.id: each for each in problem.people}
        self.givers = {each.id: each.giver for each in problem.cases}
        self.of_person: dict[int, set[int]] = defaultdict(set)
        for each in placements:
            for person in self.sitting(each):
                self.of_person[person].add(each.case)

    def sitting(self, placement: Placement) -> set[int]:
        return {self.givers[placement.case], placement.moderator, *placement.advisers}

    def broken_by(self, swap: Exchange) -> list[str]:
        """Rules that hold now and would not after the exchange; only what these two sit in is looked at."""
        cases = {swap.case, swap.other_case} | self.of_person[swap.one] | self.of_person[swap.other]
        near = [self.by_case[case] for case in sorted(cases)]
        part = self._part(near)
        before = set(broken_rules(part, Plan(tuple(near), (), score=0)))
        after = broken_rules(part, Plan(tuple(exchanged(near, swap)), (), score=0))
        return [line for line in after if line not in before]

    def why_not(self, swap: Exchange) -> Reason | None:
        """None where they may exchange; otherwise the reason as `swap.one` may read it."""
        if not self.broken_by(swap):
            return None
        mine, theirs, me = self.by_case[swap.case], self.by_case[swap.other_case], self.people[swap.one]
        slot = self.slots[theirs.slot]
        if theirs.slot in me.impossible or burden(slot.start, slot.minutes, me.zone) >= ASLEEP:
            return Reason(HOURS)
        kept = [self.by_case[case] for case in self.of_person[swap.one] - {swap.case}]
        pause = timedelta(minutes=self.problem.weights.pause_minutes)
        if any(_overlap(self.slots[each.slot], slot, pause) for each in kept):
            return Reason(MEETS)
        leads = mine.moderator == swap.one
        if leads and any(lock.case in {swap.case, swap.other_case} for lock in self.problem.locks):
            return Reason(FIXED)
        same_week = [each for each in kept if self.slots[each.slot].week == slot.week]
        counted = sum(swap.one in {self.givers[each.case], *each.advisers} for each in same_week) + 1
        if not leads and self.slots[mine.slot].week != slot.week and counted > self.problem.weights.per_week:
            return Reason(WEEK)
        return Reason(OTHERS)

    def _part(self, near: Sequence[Placement]) -> Problem:
        """As much of the problem as these placements are about."""
        cases, slots = {each.case for each in near}, {each.slot for each in near}
        here = {person for each in near for person in self.sitting(each)}
        return replace(
            self.problem,
            people=tuple(self.people[person] for person in sorted(here)),
            cases=tuple(each for each in self.problem.cases if each.id in cases),
            moderators=tuple(each for each in self.problem.moderators if each.person in here),
            slots=tuple(self.slots[slot] for slot in sorted(slots)),
            locks=tuple(each for each in self.problem.locks if each.case in cases),
            previous=(),
        )


def _with(placement: Placement, gone: int, new: int) -> Placement:
    if placement.moderator == gone:
        return replace(placement, moderator=new)
    return replace(placement, advisers=tuple(new if each == gone else each for each in placement.advisers))


def _overlap(one: Slot, other: Slot, pause: timedelta) -> bool:
    return one.start < other.end + pause and other.start < one.end + pause
