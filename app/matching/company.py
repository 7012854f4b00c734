"""Who can sit together where some are kept apart from each other."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from app.matching.masks import bits

REMEMBERED = 50_000  # answers to "could so many of these sit together": the search asks the same again and again


class Company:
    """`apart`: for every person the mask of those they never sit with."""

    def __init__(self, apart: Sequence[int]) -> None:
        self.apart = apart
        self.concerned = sum(1 << person for person, others in enumerate(apart) if others)
        self._fit: Callable[[int, int], bool] = lru_cache(maxsize=REMEMBERED)(self._fit_together)

    def enough(self, people: int, needed: int) -> bool:
        """Whether at least `needed` of these people may sit in one session."""
        concerned = people & self.concerned
        return people.bit_count() >= needed and (
            not concerned or self._fit(concerned, needed - (people ^ concerned).bit_count())
        )

    def largest(self, people: int, *, at_most: int) -> int:
        """How many of these people may sit in one session; nobody counts further than `at_most`."""
        return next(count for count in range(at_most, -1, -1) if self.enough(people, count))

    def suits(self, people: Iterable[int]) -> bool:
        """Whether nobody of these is kept apart from another."""
        seen = 0
        for person in people:
            if self.apart[person] & seen:
                return False
            seen |= 1 << person
        return True

    def without(self, people: int, person: int) -> int:
        """Who of these may still join once this person sits."""
        return people & ~(1 << person | self.apart[person])

    def _fit_together(self, people: int, needed: int) -> bool:
        """Taking whoever comes first is often enough; otherwise with and without whoever has most against them."""
        if people.bit_count() < needed or needed <= self._one_after_the_other(people):
            return people.bit_count() >= needed
        conflicts, worst = max(((self.apart[person] & people).bit_count(), person) for person in bits(people))
        if self._fit(people & ~(1 << worst), needed):
            return True
        return conflicts > 1 and self._fit(self.without(people, worst), needed - 1)

    def _one_after_the_other(self, people: int) -> int:
        count = 0
        while people:
            people = self.without(people, people.bit_length() - 1)
            count += 1
        return count
