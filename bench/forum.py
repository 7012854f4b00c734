"""Are the pages of the forum as quick in a big forum as in a small one?

    python -m bench.forum            # 100, 1,000, 10,000 and 100,000 posts on SQLite, in a temporary folder
    python -m bench.forum 100 10000

Each size is one event: half of its posts in one long thread, the rest in threads of twenty. Measured in process, one
signed-in reader, no network, no compression (identity): processor time (median of 40 requests), so that
neighbours on the machine do not matter, and the statements of one.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import insert

from app.core import db, search, times
from app.core.audience import Audience, AudienceMember
from app.core.db import Row
from app.core.text import to_html
from app.events.models import Event, Participation
from app.forum.models import Post, Space, Thread
from app.main import Setup
from app.people.models import Person
from app.schema import tables
from tests.support.site import Site, queries

WORDS = "We charge owners of more than **400 m²** of sealed ground; the second year they paid with trees. "
PAGES = {
    "spaces": "/events/bench/forum",
    "space": "/events/bench/forum/1",
    "long thread, page 1": "/events/bench/threads/1",
    "long thread, last page": "/events/bench/threads/1?page=10000",
    "thread of twenty": "/events/bench/threads/2",
    "permalink": "/posts/{last}",
    "fragment after": "/events/bench/threads/1/posts?after={version}",
    "search": "/events/bench/search?words=hydrangea",
}
TIMES = 40


async def main(sizes: list[int]) -> None:
    print(f"{'posts':>8}  {'page':<24}{'ms':>8}{'statements':>12}{'kB':>8}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            await measure(size, Path(folder))


async def measure(size: int, folder: Path) -> None:
    path = folder / "bench.db"
    fill(path, size)
    site = Site(Setup(f"sqlite+aiosqlite:///{path}", "redis://127.0.0.1:1", folder / "files", "for the bench " * 3))
    site.open()
    reader = await site.as_person(1)
    here = {"last": size // 2, "version": size // 2 - 4}
    for name, url in PAGES.items():
        address = url.format(**here)
        await reader.get(address)
        taken = []
        for _ in range(TIMES):
            began = time.process_time()
            answer = await reader.get(address, headers={"accept-encoding": "identity"})
            taken.append((time.process_time() - began) * 1000)
        with queries() as said:
            await reader.get(address)
        assert answer.status_code in {200, 303}, (address, answer.status_code)
        print(f"{size:>8}  {name:<24}{statistics.median(taken):>8.1f}{len(said):>12}{len(answer.content) / 1000:>8.1f}")
    await site.close()
    await db.disconnect()


def fill(path: Path, size: int) -> None:
    """The rows of a forum with `size` posts, written at once."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    now = times.now() - timedelta(days=3)
    with engine.begin() as connection:
        tables().create_all(connection)
        search.create_index(connection)
        everybody(connection, now)
        long, short = size // 2, size // 2 // 20
        rows = [thread(1, long, now), *(thread(2 + n, 20, now - timedelta(minutes=n)) for n in range(short))]
        put(connection, Thread, rows)
        html = str(to_html(WORDS * 3))
        places = [(1, position) for position in range(1, long + 1)]
        places += [(2 + n, position) for n in range(short) for position in range(1, 21)]
        for start in range(0, len(places), 5000):
            put(connection, Post, [post(*place, html, now) for place in places[start : start + 5000]])
        findable(connection, len(places), now)
    engine.dispose()


def put(connection: sqlalchemy.Connection, table: type[Row], rows: list[dict[str, Any]]) -> None:
    """Many rows at once, with the defaults of their class."""
    connection.execute(insert(table), [table(**row).model_dump(exclude_none=True) for row in rows])


def everybody(connection: sqlalchemy.Connection, now: Any) -> None:
    put(connection, Audience, [{"id": 1, "name": "all", "public": False}, {"id": 2, "name": "staff", "public": False}])
    put(
        connection,
        Person,
        [{"id": n, "name": f"Person {n}", "email": f"p{n}@example.org", "created_at": now} for n in range(1, 101)],
    )
    put(connection, Event,
        [{"id": 1, "slug": "bench", "kind": "dialogue_event", "title": "Bench", "starts_on": now.date(), "ends_on": now.date(),
          "zone": "Europe/Berlin", "audience_id": 1, "staff_audience_id": 2, "state": "published", "created_at": now}],
    )  # fmt: skip
    put(connection, Participation, [{"event_id": 1, "person_id": n, "roles": ["practitioner"]} for n in range(1, 101)])
    put(connection, AudienceMember, [{"audience_id": 1, "person_id": n, "writes": True} for n in range(1, 101)])
    put(
        connection,
        Space,
        [{"id": 1, "event_id": 1, "audience_id": 1, "key": "bench-space", "title": "Space", "opened_at": now}],
    )


def thread(number: int, posts: int, at: Any) -> dict[str, Any]:
    return {
        "id": number, "event_id": 1, "space_id": 1, "audience_id": 1, "key": f"thread-{number}", "kind": "practice",
        "title": f"Thread {number}", "context": WORDS, "html": str(to_html(WORDS)), "author_id": 2, "version": posts + 1,
        "last_position": posts, "posts": posts, "answers": posts, "started_at": at, "last_post_at": at, "last_by_id": 3,
    }  # fmt: skip


def post(thread_id: int, position: int, html: str, at: Any) -> dict[str, Any]:
    return {
        "thread_id": thread_id, "author_id": position % 99 + 1, "key": f"{thread_id}-{position}", "position": position,
        "text": WORDS * 3, "html": html, "version": position + 1,
        "worded": position + 1, "created_at": at,
    }  # fmt: skip


def findable(connection: sqlalchemy.Connection, posts: int, at: Any) -> None:
    """Every post in the index; one in fifty speaks of the hydrangea."""
    for start in range(0, posts, 5000):
        numbers = range(start + 1, min(start + 5000, posts) + 1)
        put(connection, search.SearchEntry,
            [{"id": n, "kind": "forum-post", "ref": n, "event_id": 1, "audience_id": 1, "title": "Thread", "excerpt": WORDS,
              "lang": "en", "url": f"/posts/{n}", "at": at} for n in numbers],
        )  # fmt: skip
        words = [
            {"id": n, "title": "thread", "body": WORDS * 3 + ("hydrangea" if n % 50 == 0 else "")} for n in numbers
        ]
        connection.execute(
            sqlalchemy.text("INSERT INTO search_words (rowid, title, body) VALUES (:id, :title, :body)"), words
        )


if __name__ == "__main__":
    asyncio.run(main([int(word) for word in sys.argv[1:]] or [100, 1000, 10_000, 100_000]))
