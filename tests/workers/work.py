"""Work that leaves a trace: a row per time it was done (an organisation, because every database has that table)."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import times
from app.core.db import reading, transaction
from app.core.errors import Refused
from app.core.jobs import Job, JobState, Work, schedule
from app.people.models import Organisation
from workers.registry import Again, Turn, handles, handles_outside


@dataclass(frozen=True)
class LeaveTrace(Work):
    name = "test.leave_trace"
    word: str


@dataclass(frozen=True)
class Stumble(Work):
    name = "test.stumble"
    word: str


@dataclass(frozen=True)
class AskTheRules(Work):
    name = "test.ask_the_rules"
    word: str


@dataclass(frozen=True)
class TakeLong(Work):
    name = "test.take_long"
    word: str
    seconds: float


@dataclass(frozen=True)
class NotYet(Work):
    name = "test.not_yet"
    word: str


@handles(LeaveTrace)
async def leave_trace(session: AsyncSession, work: LeaveTrace, *, now: datetime) -> None:
    session.add(Organisation(name=work.word))


@handles(Stumble)
async def stumble(session: AsyncSession, work: Stumble, *, now: datetime) -> None:
    session.add(Organisation(name=work.word))
    await session.flush()
    raise RuntimeError("a stone in the way")


@handles(AskTheRules)
async def ask_the_rules(session: AsyncSession, work: AskTheRules, *, now: datetime) -> None:
    session.add(Organisation(name=work.word))
    raise Refused("The room is closed already.")


@handles_outside(TakeLong)
async def take_long(work: TakeLong, *, turn: Turn) -> None:
    async with transaction() as session:
        session.add(Organisation(name=f"{work.word} begun"))
    await asyncio.sleep(work.seconds)
    async with transaction() as session:
        session.add(Organisation(name=work.word))


@handles_outside(NotYet)
async def not_yet(work: NotYet, *, turn: Turn) -> None:
    raise Again("The moon is not full.")


NAMES = frozenset({LeaveTrace.name, Stumble.name, AskTheRules.name, TakeLong.name, NotYet.name})


async def want(work: Work, *, key: str | None = None, **later: float) -> None:
    async with transaction() as session:
        await schedule(session, work, at=times.now() + timedelta(**later), key=key or f"{work.name}:{work}")


async def job(key_part: str) -> Job:
    async with reading() as session:
        return (await session.exec(select(Job).where(col(Job.key).contains(key_part)))).one()


async def traces() -> Counter[str]:
    async with reading() as session:
        return Counter((await session.exec(select(Organisation.name))).all())


async def until(true: Any, *, seconds: float = 20) -> None:
    """Look until `await true()` is; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110 - another process cannot set our event
            await asyncio.sleep(0.02)


async def until_state(key_part: str, state: JobState, *, seconds: float = 20) -> Job:
    async def reached() -> bool:
        return (await job(key_part)).state == state

    await until(reached, seconds=seconds)
    return await job(key_part)
