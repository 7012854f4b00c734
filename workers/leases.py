"""Leases on job rows: who may work on a job, until when, and how it ended. All statements about jobs are here.

When a job is due is judged by the house's clock; how long a lease lasts by the machine's, because a lease is about a
living process, and nobody's process lives faster when the house's clock is moved.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func
from sqlmodel import and_, col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import times
from app.core.db import locked, reading, transaction
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
    async with transaction() as session:
        jobs = (
            await session.exec(_due(names).order_by(col(Job.run_at)).limit(limit).with_for_update(skip_locked=True))
        ).all()
        for job in jobs:
            job.state, job.locked_until = JobState.RUNNING, until
        return [Lease(job.id, until, job.name) for job in jobs if job.id is not None]


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
    ours = (col(Job.id).in_(job_ids), Job.state == JobState.RUNNING, Job.locked_until == until)
    fresh = machine_now() + LASTS
    async with transaction() as session:
        jobs = (await session.exec(locked(select(Job).where(*ours).order_by(col(Job.id))))).all()
        for job in jobs:
            job.attempts += 1
            job.locked_until = fresh
        return [_taken(job, fresh) for job in jobs]


def _taken(job: Job, until: datetime) -> Taken:
    assert job.id is not None
    turn = registry.Turn(now=times.now(), attempt=job.attempts, last=job.attempts >= MOST_ATTEMPTS)
    return Taken(job.id, until, registry.work_from(job.name, job.args), turn)


async def keep(taken: Taken) -> None:
    """Still at it: the lease begins anew; raises LostLease."""
    async with transaction() as session:
        fresh = machine_now() + LASTS
        await _end(session, taken.job_id, taken.until, state=JobState.RUNNING, locked_until=fresh)
    taken.until = fresh


async def done(session: AsyncSession, taken: Taken, *, note: str = "") -> None:
    """Stored with what the handler wrote; raises LostLease."""
    await _end(session, taken.job_id, taken.until, state=JobState.DONE, done_at=times.now(), last_error=note[:2000])


async def done_many(taken: Collection[Taken]) -> None:
    """Stored at once; those whose lease is lost belong to somebody else and stay as they are."""
    async with transaction() as session:
        for until in {each.until for each in taken}:
            ours = (col(Job.id).in_([each.job_id for each in taken]), col(Job.locked_until) == until)
            values = {"state": JobState.DONE, "done_at": times.now(), "locked_until": None, "last_error": ""}
            await session.exec(update(Job).where(*ours, col(Job.state) == JobState.RUNNING).values(**values))


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
    return select(Job).where(or_(waits, fell_silent), col(Job.name).in_(names))


async def _end(session: AsyncSession, job_id: int, until: datetime, *, state: JobState, **values: object) -> None:
    """Change the job if the lease is still ours."""
    values = {"locked_until": None, **values, "state": state}
    ours = update(Job).where(col(Job.id) == job_id, col(Job.locked_until) == until, col(Job.state) == JobState.RUNNING)
    result = await session.exec(ours.values(**values))
    if result.rowcount != 1:
        raise LostLease(f"job {job_id}")
