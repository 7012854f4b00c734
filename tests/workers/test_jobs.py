"""Jobs are done once, not forgotten, and not twice: real Valkey, both databases, several workers."""

import asyncio
import os
import signal
from datetime import timedelta

import pytest
from sqlmodel import col, func, select, update

from app.core import live, times
from app.core.db import reading, transaction
from app.core.jobs import Job, JobState, cancel
from app.embedded import Valkey
from tests.support.clock import Clock
from tests.workers.conftest import StartWorker, working
from tests.workers.work import (
    NAMES,
    AskTheRules,
    LeaveTrace,
    NotYet,
    Stumble,
    TakeLong,
    job,
    traces,
    until,
    until_state,
    want,
)
from workers import leases, registry
from workers.leases import MOST_ATTEMPTS
from workers.runner import run

pytestmark = pytest.mark.usefixtures("database")


async def all_done() -> bool:
    async with reading() as session:
        return (await session.exec(select(func.count()).where(col(Job.state) != JobState.DONE))).one() == 0


async def test_what_is_wanted_is_done_once(news: None, valkey_url: str) -> None:
    await want(LeaveTrace("one"))
    async with working(valkey_url):
        await want(LeaveTrace("two"))
        await until(all_done)
    assert await traces() == {"one": 1, "two": 1}
    assert (await job("one")).attempts == 1


async def test_a_job_waits_for_its_time_by_the_clock_of_the_house(news: None, valkey_url: str, clock: Clock) -> None:
    await want(LeaveTrace("now"))
    await want(LeaveTrace("in two days"), days=2)
    async with working(valkey_url):
        await until_state("now", JobState.DONE)
        assert await traces() == {"now": 1}
        clock.forward(days=2)
        await until_state("in two days", JobState.DONE)


async def test_what_a_failing_handler_wrote_is_not_stored_and_the_job_waits_longer_each_time(clock: Clock) -> None:
    await want(Stumble("never"))
    waits = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        [lease] = await leases.lease_due(NAMES, limit=5)
        await run({}, lease.job_id, lease.until.isoformat())
        row = await job("never")
        assert (row.attempts, row.last_error) == (attempt, "RuntimeError: a stone in the way")
        assert await leases.lease_due(NAMES, limit=5) == []
        waits.append(row.run_at - times.now())
        clock.go_to(row.run_at + timedelta(seconds=1))
    assert waits[:-1] == sorted(waits[:-1])
    assert row.state == JobState.FAILED
    assert await traces() == {}


async def test_a_refusal_is_an_answer_and_not_asked_again(news: None, valkey_url: str) -> None:
    await want(AskTheRules("closed"))
    async with working(valkey_url):
        row = await until_state("closed", JobState.DONE)
    assert (row.attempts, row.last_error) == (1, "Refused: The room is closed already.")
    assert await traces() == {}


async def test_not_yet_is_said_in_words_and_tried_again(news: None, valkey_url: str, clock: Clock) -> None:
    await want(NotYet("moon"))
    async with working(valkey_url):
        await until(lambda: _attempts("moon", 1))
        assert (await job("moon")).last_error == "The moon is not full."
        clock.forward(minutes=1)
        await until(lambda: _attempts("moon", 2))


async def _attempts(key_part: str, count: int) -> bool:
    row = await job(key_part)
    return row.attempts == count and row.state == JobState.WAITING


async def test_a_call_that_comes_twice_or_too_late_does_nothing() -> None:
    await want(LeaveTrace("once"), key="once")
    [lease] = await leases.lease_due(NAMES, limit=5)
    for _ in range(3):
        await run({}, lease.job_id, lease.until.isoformat())
    await run({}, 4711, lease.until.isoformat())
    assert await traces() == {"once": 1}


async def test_a_cancelled_job_is_not_done(news: None, valkey_url: str, clock: Clock) -> None:
    await want(LeaveTrace("cancelled"), key="gone", hours=1)
    await want(LeaveTrace("kept"), key="kept", hours=1)
    async with transaction() as session:
        await cancel(session, "gone")
    clock.forward(hours=2)
    async with working(valkey_url):
        await until_state("kept", JobState.DONE)
    assert await traces() == {"kept": 1}


async def test_who_lost_the_lease_stores_nothing() -> None:
    await want(LeaveTrace("mine"))
    [lease] = await leases.lease_due(NAMES, limit=5)
    taken = await leases.begin(lease.job_id, lease.until)
    assert taken is not None
    await _age_leases()
    [second] = await leases.lease_due(NAMES, limit=5)
    with pytest.raises(leases.LostLease):
        async with transaction() as session:
            await registry.entry(taken.work.name).handler(session, taken.work, now=taken.turn.now)
            await leases.done(session, taken)
    assert await traces() == {}
    await run({}, second.job_id, second.until.isoformat())
    assert await traces() == {"mine": 1}


async def test_a_lease_that_fell_silent_is_taken_over(news: None, valkey_url: str) -> None:
    await want(LeaveTrace("orphan"))
    assert len(await leases.lease_due(NAMES, limit=5)) == 1
    await _age_leases()
    async with working(valkey_url):
        await until_state("orphan", JobState.DONE)
    assert await traces() == {"orphan": 1}


async def _age_leases() -> None:
    async with transaction() as session:
        past = leases.machine_now() - timedelta(seconds=1)
        await session.exec(update(Job).where(col(Job.state) == JobState.RUNNING).values(locked_until=past))


async def test_moving_the_clock_ends_no_lease(clock: Clock) -> None:
    await want(LeaveTrace("running"))
    assert len(await leases.lease_due(NAMES, limit=5)) == 1
    clock.forward(days=3)
    assert await leases.lease_due(NAMES, limit=5) == []


async def test_long_work_keeps_its_lease(news: None, valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LASTS", timedelta(seconds=3))  # a busy machine may hold a worker up for a second
    await want(TakeLong("long", 4))
    async with working(valkey_url), working(valkey_url):
        await until_state("long", JobState.DONE)
    assert await traces() == {"long begun": 1, "long": 1}


async def test_a_worker_that_stops_gives_its_work_back(
    news: None, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.settings.LAST_WORDS", 0.1)
    await want(TakeLong("interrupted", 60))
    async with working(valkey_url):
        await until_state("interrupted", JobState.RUNNING)
        await until(_begun)
    row = await job("interrupted")
    assert (row.state, row.locked_until) == (JobState.WAITING, None)
    assert "interrupted" in row.last_error


async def _begun() -> bool:
    return any(word.endswith("begun") for word in await traces())


async def test_a_worker_that_stops_lets_short_work_end(news: None, valkey_url: str) -> None:
    await want(TakeLong("short", 0.5))
    async with working(valkey_url):
        await until(_begun)
    assert (await job("short")).state == JobState.DONE


async def test_several_workers_share_without_doubling(news: None, valkey_url: str) -> None:
    for number in range(120):
        await want(LeaveTrace(f"n{number}"))
    async with working(valkey_url), working(valkey_url):
        await until(all_done)
    assert await traces() == {f"n{number}": 1 for number in range(120)}


@pytest.mark.postgres
async def test_two_processes_share_without_doubling(
    database_url: str, news: None, valkey_url: str, worker_process: StartWorker
) -> None:
    if database_url.startswith("sqlite"):
        return  # SQLite means one process
    worker_process(valkey_url)
    worker_process(valkey_url)
    for number in range(60):
        await want(LeaveTrace(f"n{number}"))
    await until(all_done)
    assert await traces() == {f"n{number}": 1 for number in range(60)}


async def test_a_killed_worker_loses_no_job(news: None, valkey_url: str, worker_process: StartWorker) -> None:
    first = worker_process(valkey_url, lease=1)
    await want(TakeLong("survives", 3))
    await until(_begun)
    first.send_signal(signal.SIGKILL)
    first.wait()
    worker_process(valkey_url, lease=1)
    row = await until_state("survives", JobState.DONE)
    assert row.attempts == 2
    assert await traces() == {"survives begun": 2, "survives": 1}


async def test_a_redis_that_is_wiped_and_away_loses_no_job(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LASTS", timedelta(seconds=1))
    live.connect(valkey.url)
    try:
        async with working(valkey.url):
            for number in range(40):
                await want(LeaveTrace(f"n{number}"))
                if number % 10 == 5:
                    valkey.wipe()
            os.kill(valkey.pid, signal.SIGKILL)
            for number in range(40, 50):
                await want(LeaveTrace(f"n{number}"))
            valkey.restart()
            await until(all_done, seconds=30)
    finally:
        await live.disconnect()
    assert await traces() == {f"n{number}": 1 for number in range(50)}


def test_a_second_handler_for_the_same_work_is_refused() -> None:
    async def other(*_: object, **__: object) -> None:
        await asyncio.sleep(0)

    with pytest.raises(TypeError, match="has a handler already"):
        registry.handles(LeaveTrace)(other)
