"""Who meets whom how often, in this plan and before it."""

from collections.abc import Sequence
from itertools import combinations

from app.matching.masks import bits


class Meetings:
    """`met`: for every person the mask of those they have met already, before any session of the plan."""

    def __init__(self, met: Sequence[int]) -> None:
        self.met = list(met)
        self.times = {(one, other): 1 for one, others in enumerate(met) for other in bits(others) if one < other}

    def again(self, person: int, others: int) -> int:
        """How many of the others this person meets anyway, somewhere else."""
        return (self.met[person] & others).bit_count()

    def pairs_again(self, people: Sequence[int]) -> int:
        """How many pairs of these people meet anyway, somewhere else."""
        everybody = sum(1 << person for person in people)
        return sum(self.again(person, everybody) for person in people) // 2

    def sit(self, people: Sequence[int], sign: int) -> None:
        """These people sit together once more, or (-1) once less."""
        for one, other in combinations(sorted(people), 2):
            times = self.times.get((one, other), 0)
            self.times[one, other] = times + sign
            if times == 0 or times + sign == 0:
                self.met[one] ^= 1 << other
                self.met[other] ^= 1 << one
