"""Workers in this process and in others."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.workers import work
from workers.settings import work as do_work

ROOT = Path(__file__).parents[2]
StartWorker = Callable[..., "subprocess.Popen[bytes]"]


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
def worker_process(database_url: str) -> Iterator[StartWorker]:
    """Start a worker process on the test's database; it is ready when this returns."""
    started: list[subprocess.Popen[bytes]] = []

    def start(redis_url: str, *, lease: float = 1.0) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.workers.process", database_url, redis_url, str(lease)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"Works.\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
