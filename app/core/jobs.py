"""Work for later, written down in the transaction that wants it done.

A job row is a promise with a key: one key, one piece of work, kept once. The dispatcher leases due rows and arq runs
them; retry, back-off and giving up belong to the row.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import live
from app.core.db import Row, put


@dataclass(frozen=True)
class Work:
    """A piece of work: a frozen dataclass of primitives. Its handler lives in `workers/`.

    `name` is what the job row keeps; it defaults to the class's name and must not change once released.
    """

    name: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = cls.__dict__.get("name") or cls.__name__

    def args(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class TidyUp(Work):
    """Every night: forget what nobody needs any more."""


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Row, table=True):
    """`locked_until` is the end of the lease: a running job past it may be taken by somebody else."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "state", "run_at"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    args: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    key: str = Field(max_length=200, unique=True)
    run_at: datetime
    state: str = Field(default=JobState.WAITING, max_length=10)
    attempts: int = 0
    locked_until: datetime | None = None
    last_error: str = Field(default="", max_length=2000)
    done_at: datetime | None = None


async def schedule(session: AsyncSession, work: Work, *, at: datetime, key: str) -> None:
    """Have `work` done at `at`. A waiting job with this key moves to the new time; a started one stays as it is."""
    await schedule_many(session, [(work, key)], at=at)


async def schedule_many(session: AsyncSession, wanted: Sequence[tuple[Work, str]], *, at: datetime) -> None:
    """The same for (work, key), all at this time; in one statement, so that two who ask at the same moment are no error."""
    rows = [
        {"name": work.name, "args": work.args(), "key": key, "run_at": at, "state": JobState.WAITING, "attempts": 0,
         "last_error": ""} for work, key in wanted
    ]  # fmt: skip
    await put(session, Job, rows, key=["key"], change=["run_at", "args"], where={"state": JobState.WAITING})
    live.wake(session)


async def cancel(session: AsyncSession, key: str) -> None:
    """Forget the waiting job with this key. One that has started re-checks the world by itself."""
    await session.exec(delete(Job).where(col(Job.key) == key, col(Job.state) == JobState.WAITING))
