"""A plan in the making: cases go in and out, and its worth is always known."""

from dataclasses import dataclass
from heapq import nlargest

from app.matching.tables import Tables, bits

RESERVED = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Numbers, not ids: see Tables."""

    slot: int
    leader: int
    advisers: tuple[int, ...]


class Draft:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        people, slots = len(tables.problem.people), len(tables.problem.slots)
        self.places: dict[int, Place] = {}
        self.at_slot = [0] * slots
        self.rooms = [0] * slots
        self.load = [0] * len(tables.leader)
        self.turns = [0] * people
        self.burden = [0] * people
        self.in_week = [[0] * people for _ in range(tables.weeks)]
        self.full = [0] * tables.weeks
        self.waiting = [tables.giver.count(person) for person in range(people)]
        self.worth = -tables.weights.left_out * len(tables.giver)

    # What could be

    def busy(self, slot: int) -> int:
        """Everybody who sits somewhere while this slot runs."""
        result = 0
        for other in self.tables.clash[slot]:
            result |= self.at_slot[other]
        return result

    def leaders(self, case: int, slot: int) -> list[int]:
        """Who could moderate this case now, the best first."""
        tables, busy = self.tables, self.busy(slot)
        free = [
            leader
            for leader in tables.may_lead[case]
            if self.load[leader] < tables.problem.moderators[leader].most
            and tables.can[slot] >> tables.leader[leader] & 1
            and not busy >> tables.leader[leader] & 1
        ]
        return sorted(free, key=lambda leader: (-self._leader_worth(case, slot, leader), leader))

    def advisers(self, case: int, slot: int) -> int:
        """Mask of who could advise this case now."""
        tables = self.tables
        return tables.may_advise[case] & tables.can[slot] & ~self.busy(slot) & ~self.full[tables.week[slot]]

    def giver_can(self, case: int, slot: int) -> bool:
        tables, giver = self.tables, self.tables.giver[case]
        taken = self.busy(slot) | self.full[tables.week[slot]]
        return bool(tables.can[slot] >> giver & 1) and not taken >> giver & 1

    def best(self, case: int, slot: int) -> tuple[int, Place] | None:
        """The best way to hold this case at this slot with everything else as it is, and what it adds."""
        tables, asked = self.tables, self.tables.problem.cases[case]
        if self.rooms[slot] >= tables.problem.slots[slot].rooms or not self.giver_can(case, slot):
            return None
        candidates = self.advisers(case, slot)
        if candidates.bit_count() < asked.least:
            return None
        for leader in self.leaders(case, slot):
            free = candidates & ~(1 << tables.leader[leader])
            if free.bit_count() >= asked.least:
                return self._filled(case, slot, leader, free)
        return None

    def _filled(self, case: int, slot: int, leader: int, free: int) -> tuple[int, Place]:
        asked = self.tables.problem.cases[case]
        ranked = nlargest(asked.most, ((self._rank(case, slot, at), -at) for at in bits(free)))
        chosen = [-at for number, (worth, at) in enumerate(ranked) if number < asked.least or worth > 0]
        place = Place(slot, leader, tuple(sorted(chosen)))
        return self.gain(case, place), place

    def gain(self, case: int, place: Place) -> int:
        """What this case at this place is worth beside everything else that is placed."""
        slot, giver = place.slot, self.tables.giver[case]
        return (
            self.tables.weights.left_out
            + self._leader_worth(case, slot, place.leader)
            + self._sitting(giver, slot)
            + self._kept(case, slot, True)
            + sum(self.adviser_worth(case, slot, person) for person in place.advisers)
        )

    def _rank(self, case: int, slot: int, person: int) -> int:
        """Worth of an adviser, less while their own case waits for a slot: that slot may be this one."""
        kept = self.tables.before_advisers.get(case, 0) >> person & 1
        return self.adviser_worth(case, slot, person) - (RESERVED if self.waiting[person] and not kept else 0)

    # What one more seat is worth

    def adviser_worth(self, case: int, slot: int, person: int) -> int:
        worth = self._sitting(person, slot)
        if self.tables.wish[case] >> person & 1:
            worth += self.tables.weights.wish
        before = self.tables.before_advisers.get(case)
        return worth if before is None else worth + self._kept(case, slot, bool(before >> person & 1))

    def _leader_worth(self, case: int, slot: int, leader: int) -> int:
        person, before = self.tables.leader[leader], self.tables.before.get(case)
        kept = before is not None and before.moderator == self.tables.problem.moderators[leader].person
        return self._kept(case, slot, kept) - self._trouble(person, slot) - (2 * self.load[leader] + 1)

    def _sitting(self, person: int, slot: int) -> int:
        turns = self.tables.weights.turns
        reward = turns[self.turns[person]] if self.turns[person] < len(turns) else 0
        return reward - self._trouble(person, slot)

    def _trouble(self, person: int, slot: int) -> int:
        weights, before = self.tables.weights, self.burden[person]
        after = before + self.tables.burden[person][slot]
        need = weights.if_need_be if self.tables.if_need_be[slot] >> person & 1 else 0
        return weights.burden * (after * (after + 1) - before * (before + 1)) // 2 + need

    def _kept(self, case: int, slot: int, same: bool) -> int:
        """Plus for somebody who keeps the seat they know, minus for somebody who is new to this case."""
        before = self.tables.before.get(case)
        if before is None:
            return 0
        if not same:
            return -self.tables.weights.change
        return self.tables.weights.change if self.tables.slot[before.slot] == slot else 0

    # Changing it

    def put(self, case: int, place: Place) -> None:
        self.worth += self.gain(case, place)
        self.places[case] = place
        self._sit(case, place, 1)

    def take(self, case: int) -> Place:
        place = self.places.pop(case)
        self._sit(case, place, -1)
        self.worth -= self.gain(case, place)
        return place

    def _sit(self, case: int, place: Place, sign: int) -> None:
        tables, slot, week = self.tables, place.slot, self.tables.week[place.slot]
        self.load[place.leader] += sign
        self.rooms[slot] += sign
        leader, giver = tables.leader[place.leader], tables.giver[case]
        self.waiting[giver] -= sign
        for person in (giver, leader, *place.advisers):
            self.burden[person] += sign * tables.burden[person][slot]
            self.at_slot[slot] ^= 1 << person
        for person in (giver, *place.advisers):
            self.turns[person] += sign
            self.in_week[week][person] += sign
            full = self.in_week[week][person] >= tables.weights.per_week
            self.full[week] = self.full[week] | 1 << person if full else self.full[week] & ~(1 << person)
