"""Leases on job rows: who may work on a job, until when, and how it ended. All statements about jobs are here.

When a job is due is judged by the house's clock; how long a lease lasts by the machine's, because a lease is about a
living process, and nobody's process lives faster when the house's clock is moved.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import and_, col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import times
from app.core.db import reading, transaction
from app.core.jobs import Job, JobState, Work
from workers import registry

LASTS = timedelta(seconds=30)
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3600, 3 * 3600, 6 * 3600))
MOST_ATTEMPTS = len(BACK_OFF) + 1


@dataclass(frozen=True)
class Lease:
    """The right to work on one job until `until`."""

    job_id: int
    until: datetime
    name: str = ""


@dataclass
class Taken:
    """A job that was begun: `until` moves on while it is kept."""

    job_id: int
    until: datetime
    work: Work
    turn: registry.Turn


class LostLease(Exception):
    """Somebody else works on this job: what this attempt wrote must not be stored."""


def machine_now() -> datetime:
    return datetime.now(UTC)


async def lease_due(names: Collection[str], *, limit: int) -> list[Lease]:
    """Lease jobs that are due, or whose lease has ended without a word; others' locked rows are passed over."""
    until = machine_now() + LASTS
    due = _due(names).order_by(col(Job.run_at)).limit(limit).with_for_update(skip_locked=True)
    leased = (
        update(Job)
        .where(col(Job.id).in_(due.scalar_subquery()))
        .values(state=JobState.RUNNING, locked_until=until)
        .returning(col(Job.id), col(Job.name), col(Job.run_at))
        .execution_options(synchronize_session=False)
    )
    async with transaction() as session:
        jobs = (await session.exec(leased)).all()
    return [Lease(number, until, name) for number, name, _ in sorted(jobs, key=lambda job: (job[2], job[0]))]


async def give_back(leases: Collection[Lease]) -> None:
    """These could not be handed on: they are due as before."""
    async with transaction() as session:
        for lease in leases:
            await _end(session, lease.job_id, lease.until, state=JobState.WAITING)


async def next_due(names: Collection[str]) -> datetime | None:
    """When the earliest waiting job is due."""
    query = select(func.min(col(Job.run_at))).where(Job.state == JobState.WAITING, col(Job.name).in_(names))
    async with reading() as session:
        earliest: datetime | None = (await session.exec(query)).one()
        return earliest


async def begin(job_id: int, until: datetime) -> Taken | None:
    """Start an attempt under this lease; None if the job is gone, done, or somebody else's by now."""
    begun = await begin_many([job_id], until)
    return begun[0] if begun else None


async def begin_many(job_ids: Collection[int], until: datetime) -> list[Taken]:
    """Start attempts at those of them that are still ours under the lease that ends at `until`."""
    ours = (col(Job.id).in_(job_ids), col(Job.state) == JobState.RUNNING, col(Job.locked_until) == until)
    fresh = machine_now() + LASTS
    begun = (
        update(Job)
        .where(*ours)
        .values(attempts=col(Job.attempts) + 1, locked_until=fresh)
        .returning(col(Job.id), col(Job.name), col(Job.args), col(Job.attempts))
        .execution_options(synchronize_session=False)
    )
    async with transaction() as session:
        jobs = (await session.exec(begun)).all()
    now = times.now()
    return [_taken(*job, until=fresh, now=now) for job in sorted(jobs, key=lambda job: job[0])]


def _taken(number: int, name: str, args: dict[str, Any], attempts: int, *, until: datetime, now: datetime) -> Taken:
    turn = registry.Turn(now=now, attempt=attempts, last=attempts >= MOST_ATTEMPTS)
    return Taken(number, until, registry.work_from(name, args), turn)


async def keep(taken: Collection[Taken]) -> bool:
    """Still at it: these leases, begun together, begin anew. Is any of them still ours?"""
    fresh, [until] = machine_now() + LASTS, {each.until for each in taken}
    async with transaction() as session:
        kept = await session.exec(update(Job).where(*_ours(taken, until)).values(locked_until=fresh))
    for each in taken:
        each.until = fresh
    return kept.rowcount > 0


async def done(session: AsyncSession, taken: Taken, *, note: str = "") -> None:
    """Stored with what the handler wrote; raises LostLease."""
    await _end(session, taken.job_id, taken.until, state=JobState.DONE, done_at=times.now(), last_error=note[:2000])


async def done_many(taken: Collection[Taken]) -> None:
    """Stored at once; those whose lease is lost belong to somebody else and stay as they are."""
    async with transaction() as session:
        for until in {each.until for each in taken}:
            values = {"state": JobState.DONE, "done_at": times.now(), "locked_until": None, "last_error": ""}
            await session.exec(update(Job).where(*_ours(taken, until)).values(**values))


def _ours(taken: Collection[Taken], until: datetime) -> tuple[ColumnElement[bool], ...]:
    numbers = [each.job_id for each in taken if each.until == until]
    return col(Job.id).in_(numbers), col(Job.locked_until) == until, col(Job.state) == JobState.RUNNING


async def again(taken: Taken, why: str, *, at_once: bool = False) -> None:
    """Not done: wait and try again, or give up after the last attempt."""
    async with transaction() as session:
        if taken.turn.last:
            await _end(session, taken.job_id, taken.until, state=JobState.FAILED, last_error=why[:2000])
            return
        wait = timedelta() if at_once else BACK_OFF[min(taken.turn.attempt, len(BACK_OFF)) - 1]
        await _end(
            session, taken.job_id, taken.until, state=JobState.WAITING, last_error=why[:2000], run_at=times.now() + wait
        )


async def forget(session: AsyncSession, *, done_before: datetime, failed_before: datetime) -> None:
    """Rows of work that is over; what waits or runs stays, however old."""
    done = and_(col(Job.state) == JobState.DONE, col(Job.done_at) < done_before)
    failed = and_(col(Job.state) == JobState.FAILED, col(Job.run_at) < failed_before)
    await session.exec(delete(Job).where(or_(done, failed)))


def _due(names: Collection[str]):  # type: ignore[no-untyped-def]
    waits = and_(col(Job.state) == JobState.WAITING, col(Job.run_at) <= times.now())
    fell_silent = and_(col(Job.state) == JobState.RUNNING, col(Job.locked_until) < machine_now())
    return select(Job.id).where(or_(waits, fell_silent), col(Job.name).in_(names))


async def _end(session: AsyncSession, job_id: int, until: datetime, *, state: JobState, **values: object) -> None:
    """Change the job if the lease is still ours."""
    values = {"locked_until": None, **values, "state": state}
    ours = update(Job).where(col(Job.id) == job_id, col(Job.locked_until) == until, col(Job.state) == JobState.RUNNING)
    result = await session.exec(ours.values(**values))
    if result.rowcount != 1:
        raise LostLease(f"job {job_id}")
