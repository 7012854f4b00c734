"""The worker: arq with settings chosen on purpose, the dispatcher beside it, and a clean end."""

import asyncio
import contextlib
from typing import Any

import structlog
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool

from app.core import times
from app.core.db import transaction
from app.core.mail import SendLetter
from app.settings import Settings
from workers import mail, registry
from workers.dispatcher import Dispatcher
from workers.postman import MailServer, Postman
from workers.runner import run, run_many

log = structlog.get_logger()

QUEUE = "fortnight:work"
ARQ: dict[str, Any] = {
    "queue_name": QUEUE,
    "max_jobs": 10,  # at once in one process; the embedded database has room for them beside the pages
    "max_tries": 1,  # attempts belong to the job row
    "retry_jobs": False,
    "job_timeout": 600,  # the longest piece of work, a solver run, takes a tenth of it
    "keep_result": 0,  # nobody reads results; the row says how it went
    "poll_delay": 0.03,
    "health_check_interval": 60,
    "log_results": False,
    "handle_signals": False,  # the command line decides when the worker ends
}
LAST_WORDS = 5.0
"""Seconds that running work has to finish when the worker stops; then it is interrupted and done again later."""


async def worker(chosen: Settings, *, redis_url: str) -> None:
    """Work until cancelled. The stores are open already (app.main.open_stores)."""
    registry.load()
    server = MailServer.from_settings(chosen)
    postman = Postman(server) if server else None
    mail.use(postman)
    await begin()
    try:
        await work(redis_url, names=_possible(sends_mail=postman is not None))
    finally:
        mail.use(None)
        if postman is not None:
            await postman.close()


async def begin() -> None:
    """Make sure that the work which goes on for ever is there, on a fresh installation as after a restart."""
    for start in registry.beginnings():
        async with transaction() as session:
            await start(session, now=times.now())


async def work(redis_url: str, *, names: frozenset[str]) -> None:
    """Do the work called `names` until cancelled."""
    queue = _redis(redis_url)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_arq(redis_url))
            tasks.create_task(Dispatcher(queue, names=names).run())
    finally:
        await queue.aclose(close_connection_pool=True)


def _possible(*, sends_mail: bool) -> frozenset[str]:
    """Without a mail server, letters stay where they wait; they leave when a worker with one looks at them."""
    return registry.names() if sends_mail else registry.names() - {SendLetter.name}


async def _arq(redis_url: str) -> None:
    """arq's worker ends when Redis goes away; then a new one begins."""
    while True:
        hands = _Hands([func(run, name="run"), func(run_many, name="run_many")], redis_pool=_redis(redis_url), **ARQ)
        try:
            await hands.async_run()
        except asyncio.CancelledError:
            await _finish(hands)
            raise
        except Exception as problem:
            log.warning("the queue is away", problem=str(problem))
            await _finish(hands)
        await asyncio.sleep(1)


async def _finish(hands: Worker) -> None:
    """Take nothing new, let what runs come to its end, interrupt the rest."""
    if hands.main_task is not None:
        hands.main_task.cancel()
    running = [task for task in hands.tasks.values() if not task.done()]
    if running:
        await asyncio.wait(running, timeout=LAST_WORDS)
    with contextlib.suppress(Exception, asyncio.CancelledError):
        await hands.close()


class _Hands(Worker):  # type: ignore[misc]  # arq says nothing about its types
    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Without asking Redis again, thirty times a second, about work that is being done here already."""
        await super().start_jobs([job for job in job_ids if job.decode() not in self.tasks])


def _redis(url: str) -> ArqRedis:
    return ArqRedis(ConnectionPool.from_url(url), default_queue_name=QUEUE)
