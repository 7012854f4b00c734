"""Finds work that is due and hands it to arq. Truth stays in the rows: a wiped Redis costs seconds, never a job."""

import asyncio
from collections.abc import Collection, Iterator, Sequence

import structlog
from arq.connections import ArqRedis

from app.core import live, times
from workers import leases, registry

log = structlog.get_logger()

AT_ONCE, MANY_AT_ONCE = 50, 100
"""Jobs leased in one go; of the work that is done by many at once, more."""
FULL = 40
"""Calls in arq's queue beyond which nothing more is leased, so that leases do not end while waiting."""
LOOKS = 2.0
"""Seconds after which it looks by itself, woken or not: Redis may be away, and the clock may be moved."""


class Dispatcher:
    """`names`: the work that can be done here now."""

    def __init__(self, queue: ArqRedis, *, names: Collection[str], looks: float = LOOKS) -> None:
        self._queue = queue
        self._names = names
        self._together = {name for name in names if registry.entry(name).at_once > 1}
        self._alone = set(names) - self._together  # thousands of letters that are due keep no other work waiting
        self._looks = looks
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._dispatch())

    async def turn(self) -> int:
        """Lease what is due and hand it on; how many that were."""
        room = FULL - await self._queue.zcard(self._queue.default_queue_name)
        if room <= 0:
            return 0
        taken = [
            *(await leases.lease_due(self._alone, limit=min(AT_ONCE, room)) if self._alone else []),
            *(await leases.lease_due(self._together, limit=MANY_AT_ONCE) if self._together else []),
        ]
        waiting = list(_calls(taken))
        while waiting:
            try:
                await self._hand_on(waiting[0])
            except Exception:
                await leases.give_back([lease for call in waiting for lease in call])
                raise
            del waiting[0]
        return len(taken)

    async def _hand_on(self, call: Sequence[leases.Lease]) -> None:
        """Each lease is its own call: one that was left behind by a killed worker keeps nobody from the next."""
        first, until = call[0].job_id, call[0].until.isoformat()
        jobs = [lease.job_id for lease in call]
        if registry.entry(call[0].name).at_once > 1:
            await self._queue.enqueue_job("run_many", jobs, until, _job_id=f"{first}@{until}")
        else:
            await self._queue.enqueue_job("run", first, until, _job_id=f"{first}@{until}")

    async def _dispatch(self) -> None:
        while True:
            try:
                more = await self.turn() > 0
                pause = 0.02 if more else await self._pause()
            except Exception as problem:
                log.warning("nothing dispatched", problem=str(problem) or type(problem).__name__)
                pause = self._looks
            await self._sleep(pause)

    async def _pause(self) -> float:
        """Until the next job is due, at most `looks`."""
        due = await leases.next_due(self._names)
        wait = self._looks if due is None else (due - times.now()).total_seconds()
        return min(max(wait, 0.02), self._looks)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()

    async def _listen(self) -> None:
        async for _ in live.listen(live.WAKE):
            self._woken.set()


def _calls(taken: Sequence[leases.Lease]) -> Iterator[Sequence[leases.Lease]]:
    """One call for each lease; for work that is done by a few at once, one for a few."""
    for name in dict.fromkeys(lease.name for lease in taken):
        same, at_once = [lease for lease in taken if lease.name == name], registry.entry(name).at_once
        yield from (same[at : at + at_once] for at in range(0, len(same), at_once))
