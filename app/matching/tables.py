"""What does not change while we search: who can when, who may advise whom, as bit masks.

People, cases, moderators and slots are numbered by their place in the problem. A mask is an int whose bit p stands
for person p: "who can at this slot and may advise this case" is one `&`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cache, cached_property
from itertools import permutations

from app.matching.company import Company
from app.matching.hours import ASLEEP, burden
from app.matching.masks import mask
from app.matching.problem import Problem


class Tables:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.weights = problem.weights
        self.person = {person.id: at for at, person in enumerate(problem.people)}
        self.slot = {slot.id: at for at, slot in enumerate(problem.slots)}
        self.case = {case.id: at for at, case in enumerate(problem.cases)}
        self._times()
        self._company()
        self._cases()
        self._decided()

    def _times(self) -> None:
        people, slots = self.problem.people, self.problem.slots
        known = cache(burden)
        self.burden = [[known(slot.start, slot.minutes, person.zone) for slot in slots] for person in people]
        self.can = [
            mask(
                at
                for at, person in enumerate(people)
                if slot.id not in person.impossible and self.burden[at][here] < ASLEEP
            )
            for here, slot in enumerate(slots)
        ]
        self.if_need_be = [
            mask(at for at, person in enumerate(people) if slot.id in person.if_need_be) for slot in slots
        ]
        pause = timedelta(minutes=self.weights.pause_minutes)
        self.clash = [
            [at for at, other in enumerate(slots) if other.start < slot.end + pause and slot.start < other.end + pause]
            for slot in slots
        ]
        weeks = sorted({slot.week for slot in slots})
        self.week = [weeks.index(slot.week) for slot in slots]
        self.weeks = len(weeks)

    def _company(self) -> None:
        """Who never sits with whom, and who has sat with whom already."""
        self.company = Company(self._linked(self.problem.apart))
        self.met = self._linked(self.problem.met)

    def _linked(self, groups: Iterable[tuple[int, ...]]) -> list[int]:
        masks = [0] * len(self.problem.people)
        for group in groups:
            for one, other in permutations(group, 2):
                masks[self.person[one]] |= 1 << self.person[other]
        return masks

    def _cases(self) -> None:
        people, cases = self.problem.people, self.problem.cases
        self.giver = [self.person[case.giver] for case in cases]
        self.may_advise = [
            mask(
                at
                for at, person in enumerate(people)
                if person.adviser
                and person.id != case.giver
                and person.city != case.city
                and case.language in person.languages
            )
            & ~self.company.apart[self.person[case.giver]]
            for case in cases
        ]
        self.wish = [mask(at for at, person in enumerate(people) if case.topic in person.wishes) for case in cases]
        self.leader = [self.person[moderator.person] for moderator in self.problem.moderators]
        self.may_lead = [
            [
                at
                for at, moderator in enumerate(self.problem.moderators)
                if case.language in moderator.languages
                and case.needs <= moderator.skills
                and moderator.person != case.giver
                and not self.company.apart[self.person[case.giver]] >> self.leader[at] & 1
            ]
            for case in cases
        ]
        self.preferred = [
            {at for at, moderator in enumerate(self.problem.moderators) if moderator.person in case.prefers}
            for case in cases
        ]

    def _decided(self) -> None:
        """Locks narrow where a case may be; the previous plan says what keeping is worth where its time still is."""
        self.may_be = [list(range(len(self.problem.slots))) for _ in self.problem.cases]
        self.locked = {self.case[lock.case] for lock in self.problem.locks}
        for lock in self.problem.locks:
            at = self.case[lock.case]
            self.may_be[at] = [self.slot[lock.slot]]
            if lock.moderator is not None:
                named = self.person.get(lock.moderator)
                self.may_lead[at] = [leader for leader in self.may_lead[at] if self.leader[leader] == named]
        self.ways = [[slot for slot in slots if self._alone(case, slot)] for case, slots in enumerate(self.may_be)]
        self.known = {self.case[seat.case]: seat for seat in self.problem.previous if seat.case in self.case}
        self.before = {at: seat for at, seat in self.known.items() if seat.slot in self.slot}
        self.before_advisers = {
            at: mask(self.person[adviser] for adviser in seat.advisers if adviser in self.person)
            for at, seat in self.known.items()
        }

    def _alone(self, case: int, slot: int) -> bool:
        """Whether the case could be held at this slot if it were the only one."""
        can, asked = self.can[slot], self.problem.cases[case]
        able = can & self.may_advise[case]
        return bool(
            self.problem.slots[slot].rooms > 0
            and can >> self.giver[case] & 1
            and any(
                can >> self.leader[leader] & 1
                and self.problem.moderators[leader].most > 0
                and self.company.enough(self.beside(able, leader), asked.least)
                for leader in self.may_lead[case]
            )
        )

    @cached_property
    def unkept(self) -> "Tables":
        """The same where nobody is kept apart from anybody: to tell whether that is what stands in the way."""
        return Tables(replace(self.problem, apart=())) if self.problem.apart else self

    def beside(self, people: int, leader: int) -> int:
        """Those who may sit in a session that this moderator leads."""
        return self.company.without(people, self.leader[leader])
