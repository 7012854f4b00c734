"""Who is here, across processes: Redis keys that expire, never rows.

Each process says which persons follow a topic on its lines; a killed process falls silent and its persons fade after
`FADE` seconds. A wiped Redis knows everybody again after the next `EVERY` seconds.
"""

import time
from collections.abc import Callable, Collection
from uuid import uuid4

from redis.asyncio import Redis

EVERY = 25.0
"""Seconds between two reports of one process."""
FADE = 60.0
"""Seconds after which somebody nobody reports is no longer here."""


class Presence:
    """The reports of one process, and what all of them together say."""

    def __init__(self, redis: "Callable[[], Redis]", *, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._clock = clock
        self._process = uuid4().hex[:12]
        self._said: dict[str, frozenset[int]] = {}

    async def report(self, topic: str, people: Collection[int]) -> bool:
        """These persons follow `topic` here. True if that differs from the last report, so that others should look."""
        people = frozenset(people)
        before = self._said.get(topic, frozenset())
        gone = [self._member(person) for person in before - people]
        async with self._redis().pipeline(transaction=True) as pipe:
            if gone:
                pipe.zrem(_key(topic), *gone)
            if people:
                pipe.zadd(_key(topic), {self._member(person): self._clock() + FADE for person in people})
                pipe.expire(_key(topic), int(FADE) + 1)
            await pipe.execute()
        self._remember(topic, people)
        return people != before

    async def here(self, topic: str) -> frozenset[int]:
        """The persons any process reported and that have not faded."""
        members = await self._redis().zrangebyscore(_key(topic), self._clock(), "+inf")
        return frozenset(int(member.partition("@")[0]) for member in members)

    def reported(self) -> Collection[str]:
        """The topics for which this process has somebody to report again."""
        return tuple(self._said)

    def _remember(self, topic: str, people: frozenset[int]) -> None:
        if people:
            self._said[topic] = people
        else:
            self._said.pop(topic, None)

    def _member(self, person: int) -> str:
        return f"{person}@{self._process}"


def _key(topic: str) -> str:
    return f"here:{topic}"
