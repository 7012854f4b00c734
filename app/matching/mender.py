"""One attempt at mending a plan: keep what stands, place what waits, put back what can be put back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from app.matching.draft import Draft, Place
from app.matching.masks import bits, mask
from app.matching.tables import Tables

DEPTH = 2  # how many cases may make room for one, each for the one before

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to hold a case, and where the cases go that make room for it. Told: people who hear of a change."""

    told: int
    worth: int
    places: tuple[tuple[int, Place], ...]

    @property
    def rank(self) -> tuple[int, int]:
        return self.told, -self.worth


class Mender:
    def __init__(self, tables: Tables, looks: int, stopped: Stop) -> None:
        self.tables, self.draft = tables, Draft(tables)
        self.looks, self.looked, self.stopped = looks, 0, stopped
        self.until = looks  # each case that waits has its share of what is left
        self.leader_of = {person: leader for leader, person in enumerate(tables.leader)}

    @property
    def rank(self) -> tuple[int, int, int]:
        """Cases left out, then people told, then how good the plan is; the smaller, the better."""
        told = sum(self._told(case, place) for case, place in self.draft.places.items())
        return len(self.tables.giver) - len(self.draft.places), told, -self.draft.worth

    def mend(self, rng: Random | None) -> None:
        """Keep what stands, place what waits (the hardest first, or as `rng` says), put back what can be put back."""
        tables = self.tables
        for case in sorted(tables.before, key=lambda case: (case not in tables.locked, case)):
            self._keep(case)
        waiting = set(range(len(tables.giver))) - set(self.draft.places)
        order = sorted(waiting, key=lambda case: (case not in tables.known, self._ways(case), case))
        if rng:
            order = sorted(order, key=lambda case: (case not in tables.known, rng.random()))
        for done, case in enumerate(order):
            self.until = self.looked + max(0, self.looks - self.looked) // (len(order) - done)
            self._settle(case)
        self._undo_what_need_not_be()

    def _keep(self, case: int) -> None:
        """A seat that still keeps every rule beside those before it is left as it is."""
        place = self._before(case)
        if place is not None and self._stands(case, place):
            self.draft.put(case, place)

    def _before(self, case: int) -> Place | None:
        """Where people know the case to be, if everybody in it is still here."""
        tables, seat = self.tables, self.tables.before[case]
        moderator = tables.person.get(seat.moderator)
        if moderator not in self.leader_of or any(adviser not in tables.person for adviser in seat.advisers):
            return None
        advisers = sorted(tables.person[adviser] for adviser in seat.advisers)
        return Place(tables.slot[seat.slot], self.leader_of[moderator], tuple(advisers))

    def _stands(self, case: int, place: Place) -> bool:
        draft, asked = self.draft, self.tables.problem.cases[case]
        advisers = mask(iter(place.advisers))
        return (
            place.slot in self.tables.may_be[case]
            and draft.rooms[place.slot] < self.tables.problem.slots[place.slot].rooms
            and draft.giver_can(case, place.slot)
            and place.leader in draft.leaders(case, place.slot)
            and asked.least <= len(place.advisers) <= asked.most
            and not advisers & ~draft.advisers(case, place.slot)
            and not advisers & ~self.tables.beside(advisers, place.leader)
            and self.tables.company.suits(place.advisers)
        )

    def _ways(self, case: int) -> int:
        return sum(1 for slot in self.tables.may_be[case] if self.draft.best(case, slot))

    # One case

    def _settle(self, case: int) -> None:
        way = self._cheapest(case, self.tables.may_be[case])
        if way is None or way.told > self._at_least(case) + 1:  # where another makes room, somebody in it is told too
            way = self._with_room_made(case, below=way, chain=frozenset({case}), depth=DEPTH)
        if way is not None:
            self._take_way(way)

    def _take_way(self, way: Way) -> None:
        for case, _ in way.places:
            if case in self.draft.places:
                self.draft.take(case)
        for case, place in way.places:
            self.draft.put(case, place)

    def _cheapest(self, case: int, slots: Iterable[int]) -> Way | None:
        """The way that fewest people hear of, with everything else as it is."""
        ways = [way for slot in slots if (way := self._at(case, slot))]
        return min(ways, key=lambda way: (way.rank, way.places[0][1].slot), default=None)

    def _at(self, case: int, slot: int) -> Way | None:
        """The case at this slot with whom it had, as far as they can; others only as far as they are needed."""
        self.looked += 1
        draft, tables, asked = self.draft, self.tables, self.tables.problem.cases[case]
        if case not in tables.known:
            found = draft.best(case, slot)
            return Way(0, found[0], ((case, found[1]),)) if found else None
        if draft.rooms[slot] >= tables.problem.slots[slot].rooms or not draft.giver_can(case, slot):
            return None
        able, kept = draft.advisers(case, slot), tables.before_advisers[case]
        if able.bit_count() < asked.least:
            return None
        for leader in self._leaders(case, slot, kept):
            free = tables.beside(able, leader)
            if tables.company.enough(free, asked.least):
                place = Place(slot, leader, self._group(case, slot, free, kept))
                return Way(self._told(case, place), draft.gain(case, place), ((case, place),))
        return None

    def _leaders(self, case: int, slot: int, kept: int) -> list[int]:
        """Whoever moderated it first, whoever advises it last."""
        tables = self.tables
        announced = tables.known[case].moderator
        return sorted(
            self.draft.leaders(case, slot),
            key=lambda leader: (
                tables.problem.moderators[leader].person != announced,
                kept >> tables.leader[leader] & 1,
            ),
        )

    def _group(self, case: int, slot: int, free: int, kept: int) -> tuple[int, ...]:
        """Whoever knows the case stays, at most as many as it takes; others join only until there are enough."""
        asked, company = self.tables.problem.cases[case], self.tables.company
        group: list[int] = []
        stay = sorted(bits(free & kept), key=lambda person: self._order(case, slot, person))
        join = sorted(bits(free & ~kept), key=lambda person: self._order(case, slot, person))
        for person in (*stay, *join):
            if len(group) >= (asked.most if kept >> person & 1 else asked.least):
                continue
            rest = company.without(free, person)
            if free >> person & 1 and company.enough(rest, asked.least - len(group) - 1):
                group.append(person)
                free = rest
            else:
                free &= ~(1 << person)
        return tuple(sorted(group))

    def _order(self, case: int, slot: int, person: int) -> tuple[bool, int, int]:
        """Who is asked first: nobody whose own case waits for a slot, then whoever it is worth most for."""
        return self.draft.waiting[person] > 0, -self.draft.adviser_worth(case, slot, person), person

    def _told(self, case: int, place: Place) -> int:
        """How many people hear of a change if the case is there; a case that nobody knows yet counts none."""
        seat = self.tables.known.get(case)
        if seat is None:
            return 0
        giver = self.tables.problem.cases[case].giver
        was = {**dict.fromkeys(seat.advisers, "adviser"), seat.moderator: "moderator", giver: "giver"}
        people = self.tables.problem.people
        now = {**dict.fromkeys((people[at].id for at in place.advisers), "adviser"), giver: "giver"}
        now[self.tables.problem.moderators[place.leader].person] = "moderator"
        if self.tables.slot.get(seat.slot) != place.slot:
            return len(was.keys() | now.keys())
        return sum(1 for person in was.keys() | now.keys() if was.get(person) != now.get(person))

    def _at_least(self, case: int) -> int:
        """How many people hear of a change whatever the other cases do."""
        tables, seat = self.tables, self.tables.known.get(case)
        if seat is None:
            return 0
        everybody = len(seat.advisers) + 2
        slot = tables.slot.get(seat.slot)
        if slot is None or slot not in tables.may_be[case] or not tables.can[slot] >> tables.giver[case] & 1:
            return everybody
        able = tables.can[slot]
        stay = (able & tables.may_advise[case] & tables.before_advisers[case]).bit_count()
        led = any(
            tables.problem.moderators[leader].person == seat.moderator and able >> tables.leader[leader] & 1
            for leader in tables.may_lead[case]
        )
        missing = max(0, tables.problem.cases[case].least - stay)
        return len(seat.advisers) - stay + missing + (0 if led else 2)

    # Others make room

    def _with_room_made(self, case: int, *, below: Way | None, chain: frozenset[int], depth: int) -> Way | None:
        """The cheapest way where another case gives up a person, a room or its time; `below` if none is cheaper.

        First the others keep their time and change people only; only when that is no help they go anywhere.
        """
        best = below
        for anywhere in (False, True):
            for slot in self._slots(case):
                for other in self._blocking(case, slot, chain):
                    if self.looked >= self.until or self.stopped():
                        return best
                    best = self._if_it_went(case, slot, other, anywhere, best, chain, depth)
            if best is not None:
                break
        return best

    def _slots(self, case: int) -> list[int]:
        """Its own time first, then where most could advise."""
        seat = self.tables.before.get(case)  # where its time still is
        mine = self.tables.slot[seat.slot] if seat else -1
        able = {slot: self.draft.advisers(case, slot).bit_count() for slot in self.tables.may_be[case]}
        return sorted(able, key=lambda slot: (slot != mine, -able[slot], slot))

    def _blocking(self, case: int, slot: int, chain: frozenset[int]) -> list[int]:
        """Cases that hold a room, a person or a moderator this one could use at the slot."""
        tables = self.tables
        if not tables.can[slot] >> tables.giver[case] & 1:
            return []
        wanted = tables.may_advise[case] | 1 << tables.giver[case]
        leads = set(tables.may_lead[case])
        found = []
        for other, place in self.draft.places.items():
            near = place.slot in tables.clash[slot] or tables.week[place.slot] == tables.week[slot]
            members = mask(iter((*place.advisers, tables.giver[other])))
            useful = place.slot == slot or place.leader in leads or (near and members & wanted)
            if useful and other not in chain and other not in tables.locked:
                found.append(other)
        return sorted(found, key=lambda other: (self.draft.places[other].slot != slot, other))

    def _if_it_went(
        self, case: int, slot: int, other: int, anywhere: bool, best: Way | None, chain: frozenset[int], depth: int
    ) -> Way | None:
        stood = self.draft.take(other)
        already = self._told(other, stood)
        mine = self._at(case, slot)
        if mine is not None and (best is None or mine.told - already < best.told):
            self.draft.put(case, mine.places[0][1])
            theirs = self._for_the_other(other, stood, anywhere, chain, depth)
            self.draft.take(case)
            if theirs is not None:
                way = Way(mine.told + theirs.told - already, mine.worth + theirs.worth, (*mine.places, *theirs.places))
                best = way if best is None or way.rank < best.rank else best
        self.draft.put(other, stood)
        return best

    def _for_the_other(self, other: int, stood: Place, anywhere: bool, chain: frozenset[int], depth: int) -> Way | None:
        way = self._cheapest(other, self.tables.may_be[other] if anywhere else [stood.slot])
        if way is None and anywhere and depth > 1:
            return self._with_room_made(other, below=None, chain=chain | {other}, depth=depth - 1)
        return way

    # In the end

    def _undo_what_need_not_be(self) -> None:
        """Look at every changed case again now that all have their place; every round tells fewer people."""
        while sum(self._look_again(case) for case in self._changed()):
            pass

    def _changed(self) -> list[int]:
        free = self.tables.known.keys() & self.draft.places.keys() - self.tables.locked
        return sorted(case for case in free if self._told(case, self.draft.places[case]))

    def _look_again(self, case: int) -> bool:
        """Whether fewer people hear of a change when this case is put anew."""
        stood = self.draft.take(case)
        told = self._told(case, stood)
        now = Way(told, self.draft.gain(case, stood), ((case, stood),))
        way = min((self._cheapest(case, self.tables.may_be[case]) or now, now), key=lambda each: each.told)
        if way.told > self._at_least(case) + 1:
            self.until = self.looks
            way = self._with_room_made(case, below=way, chain=frozenset({case}), depth=1) or way
        self._take_way(way)
        return way.told < told
