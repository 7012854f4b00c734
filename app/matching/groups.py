"""Groups of six to nine people, mixed as well as they can be, none with two who are kept apart. Pure.

Hard: nobody sits with somebody they are kept apart from, no group is larger than `most`, and none smaller than `least` where
the numbers allow it; who is held stays in their group. Soft, with visible weights: a language all speak, hours at which all
can, different countries, topics, gender where it was said, even sizes. The same people, seed and steps give the same groups.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

LEAST, MOST = 6, 9
STEPS = 8_000  # of the search, and so many more for each person; under a second for 500
STEPS_EACH = 25
HOURS_WANTED = 10  # at which all can, over the whole event; more are no better
NODES = 20_000  # of the search for a seat for everybody who is kept apart from somebody
HOT = 12  # points by which the search may get worse in the beginning

Pairs = Collection[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Somebody:
    """`hours`: a bit for every hour at which they can; `gender`: empty where they did not say."""

    id: int
    country: str = ""
    languages: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    gender: str = ""
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Wishes:
    """Points that a group costs: for two of one country or gender, for two who share a topic (with `alike` for two who
    share none), for everybody who does not speak its language, for every hour it lacks, for its size squared."""

    country: int = 6
    gender: int = 3
    topic: int = 2
    alike: bool = False
    language: int = 30
    hour: int = 4
    size: int = 2


USUAL = Wishes()


@dataclass(frozen=True, slots=True)
class Built:
    """`left_out`: who found no group without somebody they are kept apart from, or none with a seat."""

    groups: tuple[tuple[int, ...], ...]
    left_out: tuple[int, ...]
    cost: int


def build(
    people: Sequence[Somebody], *, apart: Pairs = (), held: Mapping[int, int] | None = None, least: int = LEAST,
    most: int = MOST, wishes: Wishes = USUAL, languages: Collection[str] = (), seed: int = 1, steps: int | None = None,
) -> Built:  # fmt: skip
    """`held`: person → number of the group they stay in, from 0; where that would break an `apart`, the later one is free.
    `languages`: those a group may work in, otherwise any."""
    if not people:
        return Built((), (), 0)
    rng = Random(seed)
    ids = [each.id for each in people]
    enemies = _enemies(ids, apart)
    stays = _standing(ids, held or {}, enemies)
    groups, floor = _seats(len(people), enemies, stays, least=least, most=most, rng=rng)
    search = _Search(people, groups, enemies, frozenset(stays), wishes, working(people, languages))
    search.sizes = (floor, most)
    search.run(STEPS + STEPS_EACH * len(people) if steps is None else steps, rng)
    seated = {at for group in search.best for at in group}
    return Built(
        groups=tuple(tuple(sorted(ids[at] for at in group)) for group in search.best),
        left_out=tuple(person for at, person in enumerate(ids) if at not in seated),
        cost=search.lowest,
    )


def working(people: Iterable[Somebody], languages: Collection[str]) -> list[str]:
    spoken = {tongue for each in people for tongue in each.languages}
    return sorted(spoken & set(languages) or spoken)


def how_many(people: int, *, least: int = LEAST, most: int = MOST) -> list[int]:
    """Numbers of groups with which the sizes come out, the most even to the middle of both first; otherwise the one number
    with which groups are as small as `most` allows."""
    fitting = [many for many in range(-(-people // most), people // least + 1) if many]
    middle = (least + most) / 2
    return sorted(fitting, key=lambda many: (abs(people / many - middle), many)) or [max(1, -(-people // most))]


def _enemies(ids: Sequence[int], apart: Pairs) -> list[set[int]]:
    number = {person: at for at, person in enumerate(ids)}
    found: list[set[int]] = [set() for _ in ids]
    for one, other in apart:
        if one in number and other in number and one != other:
            found[number[one]].add(number[other])
            found[number[other]].add(number[one])
    return found


def _standing(ids: Sequence[int], held: Mapping[int, int], enemies: Sequence[set[int]]) -> dict[int, int]:
    stays: dict[int, int] = {}
    for at, person in enumerate(ids):
        group = held.get(person)
        if group is not None and all(stays.get(other) != group for other in enemies[at]):
            stays[at] = group
    return stays


def _seats(
    people: int, enemies: Sequence[set[int]], stays: Mapping[int, int], *, least: int, most: int, rng: Random
) -> tuple[list[list[int]], int]:
    """A seat for everybody, and the smallest size that holds; where there is none, whoever is left over has none."""
    order = rng.sample(range(people), people)
    order.sort(key=lambda at: -len(enemies[at]))
    needed = max(stays.values(), default=-1) + 1
    numbers = [many for many in how_many(people, least=least, most=most) if many >= needed]
    for many in numbers or [max(needed, how_many(people, least=least, most=most)[0])]:
        floor = min(least, people // many)
        seats = _Seats(many, enemies, floor, most)
        if seats.fill(order, stays):
            return seats.groups, floor
    seats.squeeze(order, stays)
    return seats.groups, min([floor, *(len(group) for group in seats.groups)])


class _Seats:
    """Tries seat after seat for those who are kept apart from somebody, and goes back where that leads nowhere; whoever is
    kept apart from nobody fits wherever there is room."""

    def __init__(self, many: int, enemies: Sequence[set[int]], floor: int, most: int) -> None:
        self.groups: list[list[int]] = [[] for _ in range(many)]
        self.enemies, self.floor, self.most, self.nodes = enemies, floor, most, NODES

    def fill(self, order: Sequence[int], stays: Mapping[int, int]) -> bool:
        self._hold(stays)
        waiting = [at for at in order if at not in stays]
        careful = [at for at in waiting if self.enemies[at]]
        easy = [at for at in waiting if not self.enemies[at]]
        if not self._try(careful, 0, len(easy)):
            return False
        for at in easy:
            self._smallest(self.groups).append(at)
        return True

    def squeeze(self, order: Sequence[int], stays: Mapping[int, int]) -> None:
        """As many as go, one after the other."""
        self._hold(stays)
        for at in order:
            open_to = [group for group in self.groups if len(group) < self.most and self.enemies[at].isdisjoint(group)]
            if at not in stays and open_to:
                self._smallest(open_to).append(at)

    def _hold(self, stays: Mapping[int, int]) -> None:
        self.groups = [[at for at, group in stays.items() if group == number] for number in range(len(self.groups))]

    def _smallest(self, groups: Sequence[list[int]]) -> list[int]:
        return min(groups, key=len)

    def _try(self, careful: Sequence[int], done: int, easy: int) -> bool:
        left = len(careful) - done + easy
        lacking = sum(max(0, self.floor - len(group)) for group in self.groups)
        room = sum(max(0, self.most - len(group)) for group in self.groups)
        self.nodes -= 1
        if lacking > left or room < left or self.nodes < 0:
            return False
        if done == len(careful):
            return True
        at, empty_tried = careful[done], False
        for group in sorted(self.groups, key=len):
            if len(group) >= self.most or not self.enemies[at].isdisjoint(group) or (not group and empty_tried):
                continue
            empty_tried = empty_tried or not group
            group.append(at)
            if self._try(careful, done + 1, easy):
                return True
            group.pop()
        return False


class _Search:
    """Swaps two people of different groups or moves one, accepting a little worse at first and nothing worse at last."""

    def __init__(
        self, people: Sequence[Somebody], groups: list[list[int]], enemies: Sequence[set[int]], stays: frozenset[int],
        wishes: Wishes, languages: Sequence[str],
    ) -> None:  # fmt: skip
        self.groups, self.enemies, self.stays = groups, enemies, stays
        self.cost_of = _costs(people, wishes, languages)
        self.costs = [self.cost_of(group) for group in groups]
        self.best, self.lowest = [list(group) for group in groups], sum(self.costs)
        self.sizes = (LEAST, MOST)

    def run(self, steps: int, rng: Random) -> None:
        free = [(number, at) for number, group in enumerate(self.groups) for at in group if at not in self.stays]
        where = {at: number for number, at in free}
        movable, total = sorted(where), self.lowest
        if len(self.groups) < 2 or not movable:
            return
        for step in range(steps):
            one, heat = rng.choice(movable), HOT * (steps - step) // steps
            here, there = where[one], rng.randrange(len(self.groups))
            other = rng.choice(self.groups[there]) if self.groups[there] and rng.random() < 0.8 else None
            if here == there or other in self.stays or not self._fits(one, other, here, there):
                continue
            first, second = self._changed(one, other, here, there)
            now = (self.cost_of(first), self.cost_of(second))
            worse = sum(now) - self.costs[here] - self.costs[there]
            if worse <= heat:
                self.groups[here], self.groups[there] = first, second
                (self.costs[here], self.costs[there]), total = now, total + worse
                where[one] = there
                if other is not None:
                    where[other] = here
                if total < self.lowest:
                    self.best, self.lowest = [list(group) for group in self.groups], total

    def _fits(self, one: int, other: int | None, here: int, there: int) -> bool:
        if other is None:
            least, most = self.sizes
            if len(self.groups[here]) <= least or len(self.groups[there]) >= most:
                return False
        elif not (self.enemies[other] - {one}).isdisjoint(self.groups[here]):
            return False
        return (self.enemies[one] - {other}).isdisjoint(self.groups[there])

    def _changed(self, one: int, other: int | None, here: int, there: int) -> tuple[list[int], list[int]]:
        first = [at for at in self.groups[here] if at != one]
        second = [at for at in self.groups[there] if at != other]
        return (first if other is None else [*first, other]), [*second, one]


def _costs(people: Sequence[Somebody], wishes: Wishes, languages: Sequence[str]) -> Callable[[Sequence[int]], int]:
    """What a group costs, quickly: everything about two people is added up beforehand."""
    pairs = [[_pair(one, other, wishes) for other in people] for one in people]
    speaks = [[tongue in each.languages for each in people] for tongue in languages]
    hours = [each.hours for each in people]

    def cost(group: Sequence[int]) -> int:
        total, common = wishes.size * len(group) ** 2, -1
        for one, other in combinations(group, 2):
            total += pairs[one][other]
        for at in group:
            common &= hours[at]
        spoken = max((sum(able[at] for at in group) for able in speaks), default=0)
        lacking = max(0, HOURS_WANTED - common.bit_count()) if group else 0
        return total + wishes.language * (len(group) - spoken) + wishes.hour * lacking

    return cost


def _pair(one: Somebody, other: Somebody, wishes: Wishes) -> int:
    cost = wishes.country if one.country and one.country == other.country else 0
    cost += wishes.gender if one.gender and one.gender == other.gender else 0
    if one.topics and other.topics and bool(one.topics & other.topics) != wishes.alike:
        cost += wishes.topic
    return cost
