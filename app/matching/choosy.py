"""Advisers one after the other, where it matters who sits with whom."""

from collections.abc import Iterable
from heapq import heapify, heappop, heapreplace

from app.matching.company import Company
from app.matching.meetings import Meetings

Candidate = tuple[int, int, int]
"""Rank with a minus (what they are worth and what is held back), the person, what they are worth: the least comes first."""


class Choice:
    """Who joins `seated` (a mask of whoever brings and whoever leads the case), the best first.

    `again` is what it costs that two people meet once more.
    """

    def __init__(self, company: Company, meetings: Meetings, again: int) -> None:
        self.company, self.meetings, self.again = company, meetings, again

    def of(
        self, candidates: Iterable[Candidate], free: int, *, seated: int, least: int, most: int
    ) -> tuple[tuple[int, ...], int]:
        """At least `least`, which must be possible among `free`; more up to `most` while they are worth it; and their worth."""
        heap = list(candidates)
        heapify(heap)
        paid = dict.fromkeys(
            (person for _, person, _ in heap), 0
        )  # what meeting again costs, as far as it is in the rank
        chosen: list[int] = []
        total = 0
        while heap and len(chosen) < most:
            rank, person, worth = heap[0]
            cost = self.again * self.meetings.again(person, seated)
            if cost > paid[person]:
                heapreplace(heap, (rank + cost - paid[person], person, worth))
                paid[person] = cost
                continue
            if rank >= 0 and len(chosen) >= least:
                break
            heappop(heap)
            rest = self.company.without(free, person)
            if not free >> person & 1 or not self.company.enough(rest, least - len(chosen) - 1):
                free &= ~(1 << person)
                continue
            chosen.append(person)
            seated, free, total = seated | 1 << person, rest, total + worth - cost
        return tuple(sorted(chosen)), total
