"""A worker as a process of its own, for tests that kill it: python -m tests.workers.process DATABASE REDIS LEASE_SECONDS"""

import asyncio
import sys
from datetime import timedelta

from app.core import db, live
from tests.workers import work
from workers import leases
from workers.settings import work as do_work


async def main(database: str, redis: str, lease: str) -> None:
    leases.LASTS = timedelta(seconds=float(lease))
    db.connect(database)
    live.connect(redis)
    print("Works.", flush=True)
    await do_work(redis, names=work.NAMES)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
