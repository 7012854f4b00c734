"""Storing: nothing is lost among writers, nothing is said before it is stored."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, func, select

from app.core import audience, live, search
from app.core.db import glance, locked, reading, transaction
from app.core.jobs import Job, JobState, Work, cancel, schedule
from app.people.models import Person
from tests.support.databases import ONE_DATABASE

NOON = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)


async def somebody(name: str = "Oyuna Batsaikhan") -> int:
    async with transaction() as session:
        person = Person(name=name, created_at=NOON)
        session.add(person)
        await session.flush()
        assert person.id is not None
        return person.id


async def test_fifty_writers_at_once_lose_no_update(database: AsyncEngine) -> None:
    person_id = await somebody("")

    async def one_more() -> None:
        async with transaction() as session:
            person = (await session.exec(locked(select(Person).where(Person.id == person_id)))).one()
            await asyncio.sleep(0)  # gives the others their chance to read the same value
            person.about += "x"
            session.add(person)

    await asyncio.gather(*(one_more() for _ in range(50)))
    async with reading() as session:
        assert len((await session.exec(select(Person.about).where(Person.id == person_id))).one()) == 50


@ONE_DATABASE
async def test_who_glances_waits_in_another_thread_while_the_file_is_locked(database: AsyncEngine) -> None:
    """A backup or a check may hold the whole file for a moment; that is no error, and nobody else stands still."""
    person_id = await somebody()
    await database.dispose()
    other = sqlite3.connect(database.url.database or "", isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("UPDATE person SET about = 'held'")

    async def about() -> str:
        return (await glance(select(Person.about).where(Person.id == bindparam("person")), person=person_id))[0].about

    async def release() -> None:
        other.close()

    assert await asyncio.gather(about(), release()) == ["held", None]


async def test_what_is_refused_leaves_nothing_behind(database: AsyncEngine) -> None:
    with pytest.raises(RuntimeError):
        async with transaction() as session:
            session.add(Person(name="Nobody", created_at=NOON))
            await session.flush()
            raise RuntimeError
    async with reading() as session:
        assert (await session.exec(select(func.count(col(Person.id))))).one() == 0


async def test_instants_come_back_aware_and_in_utc(database: AsyncEngine) -> None:
    person_id = await somebody()
    async with reading() as session:
        created = (await session.exec(select(Person.created_at).where(Person.id == person_id))).one()
    assert created == NOON
    assert created.utcoffset() == timedelta(0)


async def heard(line: AsyncIterator[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    async with asyncio.timeout(5):
        _, message = await anext(line)
    return message


async def test_news_comes_after_the_commit_and_never_without_one(database: AsyncEngine, news: None) -> None:
    async with aclosing(live.listen(live.NEWS)) as line:  # type: ignore[type-var]
        assert await heard(line) == {}
        with pytest.raises(RuntimeError):
            async with transaction() as session:
                live.announce(session, "thread:1", version=1)
                raise RuntimeError
        async with transaction() as session:
            live.announce(session, "thread:2", version=7)
            live.announce(session, "thread:2", version=8)
        assert await heard(line) == {"topic": "thread:2", "version": 8}


async def test_a_write_is_stored_although_news_cannot_be_told(database: AsyncEngine) -> None:
    live.connect("redis://127.0.0.1:9/0")
    try:
        async with transaction() as session:
            session.add(Person(name="Told nobody", created_at=NOON))
            live.announce(session, "thread:1", version=1)
    finally:
        await live.disconnect()
    async with reading() as session:
        assert (await session.exec(select(func.count(col(Person.id))))).one() == 1


class Ring(Work):
    pass


async def jobs() -> list[Job]:
    async with reading() as session:
        return list((await session.exec(select(Job))).all())


async def test_one_key_is_one_job_and_a_waiting_one_moves(database: AsyncEngine) -> None:
    for hours in (1, 3):
        async with transaction() as session:
            await schedule(session, Ring(), at=NOON + timedelta(hours=hours), key="ring:1")
    assert [(job.name, job.run_at) for job in await jobs()] == [("Ring", NOON + timedelta(hours=3))]


async def test_a_promise_kept_is_not_kept_again(database: AsyncEngine) -> None:
    async with transaction() as session:
        await schedule(session, Ring(), at=NOON, key="ring:1")
    async with transaction() as session:
        job = (await session.exec(select(Job))).one()
        job.state = JobState.DONE
        session.add(job)
    async with transaction() as session:
        await schedule(session, Ring(), at=NOON + timedelta(days=1), key="ring:1")
    assert [(job.state, job.run_at) for job in await jobs()] == [(JobState.DONE, NOON)]


async def test_a_cancelled_job_is_gone_and_a_running_one_stays(database: AsyncEngine) -> None:
    async with transaction() as session:
        await schedule(session, Ring(), at=NOON, key="gone")
        await schedule(session, Ring(), at=NOON, key="running")
    async with transaction() as session:
        running = (await session.exec(select(Job).where(Job.key == "running"))).one()
        running.state = JobState.RUNNING
        session.add(running)
    async with transaction() as session:
        await cancel(session, "gone")
        await cancel(session, "running")
    assert [job.key for job in await jobs()] == ["running"]


async def test_search_finds_in_all_scripts_and_only_what_one_may_read(database: AsyncEngine) -> None:
    inside, outside = await somebody("Inside"), await somebody("Outside")
    async with transaction() as session:
        closed = await audience.create(session, name="a closed group")
        await audience.admit(session, closed, inside)
        opened = await audience.create(session, name="the public", public=True)
        for ref, (circle, title, body) in enumerate(
            [
                (closed, "Rues animées", "secret drains"),
                (opened, "Київ і дощ", "drains"),
                (opened, "شوارع ومطر", "sponge"),
            ]
        ):
            await search.put(
                session, kind="thread", ref=ref, audience_id=circle, title=title, body=body, url="/", at=NOON
            )

    async def titles(words: str, who: int | None) -> set[str]:
        async with reading() as session:
            found, more = await search.find(session, words, person_id=who)
            assert not more
            return {one.title for one in found}

    assert await titles("ANIMEES", inside) == {"Rues animées"}
    assert await titles("animées", outside) == set()
    assert await titles("drain", inside) == {"Rues animées", "Київ і дощ"}
    assert await titles("drain", None) == {"Київ і дощ"}
    assert await titles("київ", outside) == {"Київ і дощ"}
    assert await titles("شوار", outside) == {"شوارع ومطر"}
    for nonsense in ('"', "a AND", "* OR", "drain' --", "NEAR(", ":*", "!&|"):
        await titles(nonsense, inside)


async def test_what_changes_is_found_by_its_new_words_only(database: AsyncEngine) -> None:
    async with transaction() as session:
        public = await audience.create(session, name="the public", public=True)
        for title in ("Old words", "New words"):
            await search.put(session, kind="thread", ref=1, audience_id=public, title=title, body="", url="/", at=NOON)
    async with reading() as session:
        assert await search.find(session, "old", person_id=None) == ([], False)
        assert [one.title for one in (await search.find(session, "new", person_id=None))[0]] == ["New words"]
    async with transaction() as session:
        await search.drop(session, kind="thread", ref=1)
    async with reading() as session:
        assert await search.find(session, "new", person_id=None) == ([], False)


async def test_an_audience_lets_in_its_members_and_says_when_somebody_leaves(database: AsyncEngine, news: None) -> None:
    member, stranger = await somebody("Member"), await somebody("Stranger")
    async with transaction() as session:
        circle = await audience.create(session, name="a group")
        await audience.admit(session, circle, member, writes=False)
    async with reading() as session:
        assert await audience.may_read(session, circle, member)
        assert not await audience.may_write(session, circle, member)
        assert not await audience.may_read(session, circle, stranger)
        assert not await audience.may_read(session, circle, None)
    async with aclosing(live.listen(live.NEWS)) as line:  # type: ignore[type-var]
        await heard(line)
        async with transaction() as session:
            await audience.dismiss(session, circle, member)
        assert (await heard(line))["topic"] == f"standing:{member}"
    async with reading() as session:
        assert not await audience.may_read(session, circle, member)
