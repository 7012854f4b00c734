"""One job, one transaction. Attempts, back-off and giving up belong to the row; arq only carries the call."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import structlog

from app.core.db import transaction
from app.core.errors import Refused
from workers import leases, registry
from workers.leases import LostLease, Taken
from workers.registry import Again, Entry

log = structlog.get_logger()

INTERRUPTED = "It was interrupted because the worker stopped or it took too long."


async def run(_: dict[str, Any], job_id: int, until: str) -> None:
    """What arq calls: work on this job, if the lease that ends at `until` (ISO) is still the one in its row."""
    taken = await leases.begin(job_id, datetime.fromisoformat(until))
    if taken is None:
        return
    try:
        await _attempt(registry.entry(taken.work.name), taken)
    except asyncio.CancelledError:
        await asyncio.shield(_again(taken, INTERRUPTED, at_once=True))
        raise
    except LostLease:
        log.warning("lease lost", job=job_id, work=taken.work.name)
    except Again as reason:
        log.info("again later", job=job_id, work=taken.work.name, reason=str(reason))
        await _again(taken, str(reason))
    except Exception as problem:
        log.exception("work failed", job=job_id, work=taken.work.name, attempt=taken.turn.attempt)
        await _again(taken, f"{type(problem).__name__}: {problem}")


async def run_many(_: dict[str, Any], job_ids: list[int], until: str) -> None:
    """What arq calls for work that is done by a few at once."""
    taken = await leases.begin_many(job_ids, datetime.fromisoformat(until))
    if not taken:
        return
    entry = registry.entry(taken[0].work.name)
    try:
        async with _kept(*taken):
            reasons = await entry.handler([(each.work, each.turn) for each in taken])
    except asyncio.CancelledError:
        await asyncio.shield(_all_again([(each, INTERRUPTED) for each in taken], at_once=True))
        raise
    except Exception as problem:
        log.exception("work failed", jobs=job_ids, work=entry.work.name)
        await _all_again([(each, f"{type(problem).__name__}: {problem}") for each in taken])
        return
    answered = list(zip(taken, reasons, strict=True))
    await leases.done_many([each for each, reason in answered if not reason])
    await _all_again([(each, reason) for each, reason in answered if reason])


async def _all_again(taken: Sequence[tuple[Taken, str]], *, at_once: bool = False) -> None:
    for each, why in taken:
        await _again(each, why, at_once=at_once)


async def _attempt(entry: Entry, taken: Taken) -> None:
    try:
        if entry.outside:
            async with _kept(taken):
                await entry.handler(taken.work, turn=taken.turn)
            await _note_done(taken)
        else:
            async with transaction() as session:
                await entry.handler(session, taken.work, now=taken.turn.now)
                await leases.done(session, taken)
    except Refused as refusal:
        # The world has moved on; asking again would be refused again.
        await _note_done(taken, f"Refused: {refusal}")


async def _note_done(taken: Taken, note: str = "") -> None:
    async with transaction() as session:
        await leases.done(session, taken, note=note)


async def _again(taken: Taken, why: str, *, at_once: bool = False) -> None:
    with contextlib.suppress(LostLease):
        await leases.again(taken, why, at_once=at_once)


@contextlib.asynccontextmanager
async def _kept(*taken: Taken) -> AsyncIterator[None]:
    """Renew the leases as long as the block lasts."""
    keeping = asyncio.create_task(_keep(taken))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})


async def _keep(taken: Sequence[Taken]) -> None:
    while True:
        await asyncio.sleep(leases.LASTS.total_seconds() / 3)
        try:
            if not await leases.keep(taken):
                return
        except Exception:
            log.exception("leases not renewed", jobs=[each.job_id for each in taken])
