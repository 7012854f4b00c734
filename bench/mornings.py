"""What `bench/letters.py --digests` begins with: an event in its second week, people in it, a forum that was busy."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import db
from app.core.audience import Audience, AudienceMember
from app.core.db import Row
from app.core.text import to_html
from app.events.models import Event, Participation, Task
from app.forum.models import Follow, Post, Space, Thread
from app.people.models import Person

EIGHT = datetime(2026, 10, 28, 7, 0, tzinfo=UTC)
"""A Wednesday morning in Berlin, where all of them live: the worst there is."""
THREADS, POSTS, FOLLOWED = 60, 10, 5
LANGUAGES = ("en", "de", "fr", "es", "pt", "ru", "uk", "ar")
WORDS = "We charge owners of more than **400 m²** of sealed ground; the second year they paid with trees. "


async def fill(people: int) -> None:
    """Each follows five threads in which somebody wrote in the evening; questions, a summary, two tasks of the day."""
    evening = EIGHT - timedelta(hours=11)
    async with db.transaction() as session:
        await _event(session, people, evening)
        await _put(session, Thread, [_thread(number, evening) for number in range(1, THREADS + 1)])
        places = [(thread, position) for thread in range(1, THREADS + 1) for position in range(1, POSTS + 1)]
        await _put(session, Post, [_post(*place, people=people, at=evening) for place in places])
        follows = [(n, (n * 7 + step * 11) % THREADS + 1) for n in range(1, people + 1) for step in range(FOLLOWED)]
        for start in range(0, len(follows), 5000):
            rows = [{"person_id": n, "thread_id": thread, "at": evening} for n, thread in follows[start : start + 5000]]
            await _put(session, Follow, rows)


async def _event(session: AsyncSession, people: int, at: datetime) -> None:
    everybody = range(1, people + 1)
    await _put(session, Audience, [{"id": 1, "name": "all"}, {"id": 2, "name": "staff"}])
    await _put(session, Person, [
        {"id": n, "name": f"Reader {n}", "email": f"reader{n}@example.org", "lang": LANGUAGES[n % len(LANGUAGES)],
         "zone": "Europe/Berlin", "zone_confirmed": True, "created_at": at} for n in everybody
    ])  # fmt: skip
    await _put(session, Event, [
        {"id": 1, "slug": "bench", "kind": "dialogue_event", "title": "Rain in the Street", "starts_on": date(2026, 10, 19),
         "ends_on": date(2026, 10, 30), "zone": "Europe/Berlin", "audience_id": 1, "staff_audience_id": 2,
         "state": "published", "created_at": at}
    ])  # fmt: skip
    await _put(session, Participation, [{"event_id": 1, "person_id": n, "roles": ["practitioner"]} for n in everybody])
    await _put(session, AudienceMember, [{"audience_id": 1, "person_id": n} for n in everybody])
    await _put(session, Task, [
        {"event_id": 1, "key": title, "day": 8, "minutes": 20, "until": time(18), "title": title, "then": "We weave it."}
        for title in ("Walk your street", "Answer one question")
    ])  # fmt: skip
    await _put(
        session,
        Space,
        [{"id": 1, "event_id": 1, "audience_id": 1, "key": "space", "title": "Streets", "opened_at": at}],
    )


def _thread(number: int, at: datetime) -> dict[str, Any]:
    asked, last = number % 2 == 0, 0 if number % 20 == 0 else POSTS
    return {
        "id": number, "event_id": 1, "space_id": 1, "audience_id": 1, "key": f"thread-{number}",
        "kind": "question" if asked else "practice", "title": f"How thread {number} keeps the rain in the street",
        "context": WORDS, "html": str(to_html(WORDS)), "author_id": number, "version": last + 1, "last_position": last,
        "posts": last, "answers": last, "started_at": at - timedelta(hours=1), "last_post_at": at, "last_by_id": number + 1,
    }  # fmt: skip


def _post(thread: int, position: int, *, people: int, at: datetime) -> dict[str, Any]:
    woven = position == POSTS and thread % 3 == 0
    return {
        "thread_id": thread, "author_id": (thread + position * 13) % people + 1, "key": f"{thread}-{position}",
        "position": position, "text": WORDS * 3, "html": str(to_html(WORDS * 3)), "version": position + 1,
        "worded": position + 1, "kind": "weaving" if woven else "reply", "title": "What we know" if woven else "",
        "created_at": at + timedelta(minutes=position),
    }  # fmt: skip


async def _put(session: AsyncSession, table: type[Row], rows: list[dict[str, Any]]) -> None:
    """Many rows at once, with the defaults of their class."""
    connection = await session.connection()
    await connection.execute(insert(table), [table(**row).model_dump(exclude_none=True) for row in rows])
