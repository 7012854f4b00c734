"""Workers in this process and in others."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.forking import Child
from tests.workers import work
from workers.settings import work as do_work

StartWorker = Callable[..., Child]


@asynccontextmanager
async def working(redis_url: str, *, names: frozenset[str] = work.NAMES) -> AsyncIterator[None]:
    """A worker beside the test, stopped cleanly at the end of the block."""
    task = asyncio.create_task(do_work(redis_url, names=names))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled(), task


@pytest.fixture
def worker_process(database_url: str, tmp_path: Path) -> Iterator[StartWorker]:
    """Start a worker process on the test's database; it is ready when this returns."""
    started: list[Child] = []

    def start(redis_url: str, *, lease: float = 1.0) -> Child:
        log = tmp_path / f"worker-{len(started)}.log"
        started.append(Child("tests.workers.process", [database_url, redis_url, str(lease)], log=log))
        while not (log.exists() and "Works." in log.read_text()):
            assert started[-1].poll() is None, log.read_text()
            time.sleep(0.01)
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
