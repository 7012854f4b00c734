"""How many thread pages of twenty posts a second leave one core?

    python -m bench.thread_page            # with 100 and with 10,000 posts in the house
    python -m bench.thread_page --profile

The whole application answers in process (no network, identity encoding), one request after the other: to somebody who
is not signed in, in a public space; to a reader who has read it, with the marks that go with it; and to one who reads
it for the first time. Pages a second are those of a core of its own, from the time of the processor, so that
neighbours on the machine do not matter; NodeBB's figure (77, anonymous) was measured over HTTP.
"""

import argparse
import asyncio
import cProfile
import pstats
import statistics
import tempfile
import time
from pathlib import Path

import sqlalchemy
from sqlalchemy import update

from app.core import db
from app.core.audience import Audience
from app.forum.models import Thread
from app.main import Setup
from bench.forum import fill
from tests.support.site import Site, Visitor, queries

NODEBB = 77
TIMES = 100
PAGE = "/events/bench/threads/2"
PUBLIC = 3


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--posts", type=int, nargs="*", default=[100, 10_000])
    asked.add_argument("--profile", action="store_true")
    chosen = asked.parse_args()
    print(f"{'posts':>8}  {'who reads':<28}{'ms':>7}{'pages/s':>9}{'× NodeBB':>10}{'statements':>12}{'kB':>7}")
    for size in chosen.posts:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(size, Path(folder), profile=chosen.profile))


async def measure(size: int, folder: Path, *, profile: bool) -> None:
    path = folder / "bench.db"
    fill(path, size)
    open_to_all(path)
    site = Site(Setup(f"sqlite+aiosqlite:///{path}", "redis://127.0.0.1:1", folder / "files", "for the bench " * 3))
    site.open()
    for who, visitor in (("anonymous", site.stranger()), ("signed in", await site.as_person(1))):
        await one(size, who, visitor, profile=profile)
    await site.close()
    await db.disconnect()


async def one(size: int, who: str, visitor: Visitor, *, profile: bool) -> None:
    plain = {"accept-encoding": "identity"}
    answer = await visitor.get(PAGE, headers=plain)
    assert answer.status_code == 200, answer.status_code
    assert answer.text.count('id="post-') >= 20
    taken, profiler = [], cProfile.Profile()
    for _ in range(TIMES):
        began = time.process_time()
        await visitor.get(PAGE, headers=plain)
        taken.append(time.process_time() - began)
    with queries() as said:
        await visitor.get(PAGE, headers=plain)
    each = statistics.median(taken)
    print(
        f"{size:>8}  {who:<28}{each * 1000:>7.1f}{1 / each:>9.0f}{1 / each / NODEBB:>10.1f}{len(said):>12}"
        f"{len(answer.content) / 1000:>7.1f}"
    )
    if profile:
        with profiler:
            for _ in range(TIMES):
                await visitor.get(PAGE, headers=plain)
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(70)


def open_to_all(path: Path) -> None:
    """The thread of twenty is in a public audience; who takes part writes in it."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.insert(Audience), [{"id": PUBLIC, "name": "public", "public": True}])
        connection.execute(update(Thread).where(Thread.id == 2).values(audience_id=PUBLIC))  # type: ignore[arg-type]
    engine.dispose()


if __name__ == "__main__":
    main()
