"""A plan in the making: cases go in and out, and its worth is always known.

What one more seat is worth to a person changes only for those who come or go. So at every slot people lie sorted by
that worth, as masks, and the best advisers of a case are a few `&` away: this is what makes the search fast.
"""

from dataclasses import dataclass

from app.matching.choosy import Choice
from app.matching.masks import bits, mask
from app.matching.meetings import Meetings
from app.matching.tables import Tables

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
        self.needed = mask(giver for giver in tables.giver)  # people whose own case waits for a slot
        self.sitting = [[0] * people for _ in range(slots)]
        self.levels: list[dict[int, int]] = [{0: can} for can in tables.can]  # per slot: worth → people
        self.stale = list(tables.can)  # per slot: people whose level there may be another by now
        self.meetings = Meetings(tables.met)
        self.choice = Choice(tables.company, self.meetings, tables.weights.again)
        self.choosy = bool(tables.company.concerned) or tables.weights.again > 0

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
            free = tables.beside(candidates, leader)
            if tables.company.enough(free, asked.least):
                advisers, worth = self._filled(case, slot, leader, free)
                worth += tables.weights.left_out + self._leader_worth(case, slot, leader)
                worth += self._sitting(tables.giver[case], slot) + self._kept(case, slot, True)
                return worth, Place(slot, leader, advisers)
        return None

    def _filled(self, case: int, slot: int, leader: int, free: int) -> tuple[tuple[int, ...], int]:
        """The best of those who are free, the lower number first where two are equal, and their worth together."""
        tables, asked, ranks = self.tables, self.tables.problem.cases[case], self._ranks(case, slot, free)
        if self.choosy:
            seated = 1 << tables.giver[case] | 1 << tables.leader[leader]
            candidates = ((-rank, at, worth) for rank in ranks for worth, some in ranks[rank] for at in bits(some))
            return self.choice.of(candidates, free, seated=seated, least=asked.least, most=asked.most)
        chosen: list[int] = []
        total = 0
        for rank in sorted(ranks, reverse=True):
            wanted = (asked.most if rank > 0 else asked.least) - len(chosen)
            if wanted <= 0:
                break
            taken, worth = _first(ranks[rank], wanted)
            chosen += taken
            total += worth
        return tuple(sorted(chosen)), total

    def _ranks(self, case: int, slot: int, free: int) -> dict[int, list[tuple[int, int]]]:
        """Those who are free by rank: what they are worth, less what is held back; each with the worth and the people."""
        ranks: dict[int, list[tuple[int, int]]] = {}
        groups = self._groups(case, slot, free)
        if stale := self.stale[slot] & free:
            self._value_anew(slot, stale)
        for level, people in self.levels[slot].items():
            for extra, reserved, group in groups:
                if some := people & group:
                    ranks.setdefault(level + extra - reserved, []).append((level + extra, some))
        return ranks

    def _groups(self, case: int, slot: int, free: int) -> list[tuple[int, int, int]]:
        """Those who are free by what this case adds to their worth, and what is held back while their own waits."""
        tables, wish = self.tables, self.tables.wish[case]
        before = tables.before_advisers.get(case)
        split = [(0, 0, free)]
        if before is not None:
            stay, join = self._kept(case, slot, True), self._kept(case, slot, False)
            split = [(stay, 0, free & before), (join, 0, free & ~before & ~self.needed)]
            split.append((join, RESERVED, free & ~before & self.needed))
        elif free & self.needed:
            split = [(0, 0, free & ~self.needed), (0, RESERVED, free & self.needed)]
        wished = [(extra + tables.weights.wish, reserved, group & wish) for extra, reserved, group in split]
        others = [(extra, reserved, group & ~wish) for extra, reserved, group in split]
        return [each for each in (*wished, *others) if each[2]]

    def gain(self, case: int, place: Place) -> int:
        """What this case at this place is worth beside everything else that is placed."""
        slot, giver = place.slot, self.tables.giver[case]
        return (
            self.tables.weights.left_out
            + self._leader_worth(case, slot, place.leader)
            + self._sitting(giver, slot)
            + self._kept(case, slot, True)
            + sum(self.adviser_worth(case, slot, person) for person in place.advisers)
            - self._again(case, place)
        )

    def _again(self, case: int, place: Place) -> int:
        """What it costs that some of them meet anyway; who leads and whose case it is count in the worth of who leads."""
        if not self.tables.weights.again:
            return 0
        giver, leader = self.tables.giver[case], self.tables.leader[place.leader]
        pairs = self.meetings.pairs_again((giver, leader, *place.advisers))
        return self.tables.weights.again * (pairs - self.meetings.again(leader, 1 << giver))

    # What one more seat is worth

    def adviser_worth(self, case: int, slot: int, person: int) -> int:
        worth = self._sitting(person, slot)
        if self.tables.wish[case] >> person & 1:
            worth += self.tables.weights.wish
        before = self.tables.before_advisers.get(case)
        return worth if before is None else worth + self._kept(case, slot, bool(before >> person & 1))

    def _leader_worth(self, case: int, slot: int, leader: int) -> int:
        tables, person, before = self.tables, self.tables.leader[leader], self.tables.before.get(case)
        kept = before is not None and before.moderator == tables.problem.moderators[leader].person
        worth = self._kept(case, slot, kept) - self._trouble(person, slot) - (2 * self.load[leader] + 1)
        if leader in tables.preferred[case]:
            worth += tables.weights.preferred
        return worth - tables.weights.again * self.meetings.again(person, 1 << tables.giver[case])

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
        self.needed = self.needed | 1 << giver if self.waiting[giver] else self.needed & ~(1 << giver)
        for person in (giver, leader, *place.advisers):
            self.burden[person] += sign * tables.burden[person][slot]
            self.at_slot[slot] ^= 1 << person
        for person in (giver, *place.advisers):
            self.turns[person] += sign
            self.in_week[week][person] += sign
            full = self.in_week[week][person] >= tables.weights.per_week
            self.full[week] = self.full[week] | 1 << person if full else self.full[week] & ~(1 << person)
        if tables.weights.again:
            self.meetings.sit((giver, leader, *place.advisers), sign)
        moved = 1 << giver | 1 << leader | mask(iter(place.advisers))
        self.stale = [stale | moved for stale in self.stale]

    def _value_anew(self, slot: int, people: int) -> None:
        """Put people in their place again among those who can at this slot: another seat's worth changed for them."""
        levels, known = self.levels[slot], self.sitting[slot]
        self.stale[slot] &= ~people
        weights, burdens, needs = self.tables.weights, self.tables.burden, self.tables.if_need_be[slot]
        turns = (*weights.turns, 0)
        for person in bits(people):
            worth = turns[min(self.turns[person], len(turns) - 1)]
            if burdens[person][slot] or needs >> person & 1:
                worth -= self._trouble(person, slot)
            if worth != known[person]:
                bit = 1 << person
                levels[known[person]] &= ~bit
                levels[worth] = levels.get(worth, 0) | bit
                known[person] = worth


def _first(equal: list[tuple[int, int]], wanted: int) -> tuple[list[int], int]:
    """The lowest numbers among people of equal rank, and what they are worth (of one rank, not always the same)."""
    everybody = 0
    for _, people in equal:
        everybody |= people
    chosen: list[int] = []
    worth = 0
    while everybody and len(chosen) < wanted:
        low = everybody & -everybody
        everybody ^= low
        chosen.append(low.bit_length() - 1)
        worth += next(each for each, people in equal if people & low)
    return chosen, worth
