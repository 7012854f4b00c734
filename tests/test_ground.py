"""The ground the other tests stand on: databases, news, clock, mail and site are the real things."""

import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from app.core import db, live, times
from app.embedded import Valkey
from app.people.models import Person
from tests.support.clock import Clock
from tests.support.mailbox import Mailbox
from tests.support.site import Site, queries


async def test_a_database_is_empty_and_has_every_table(database: AsyncEngine) -> None:
    async with db.transaction() as session:
        assert (await session.exec(select(Person))).all() == []
        session.add(Person(name="Nino", created_at=times.now()))
    with queries() as said:
        async with db.reading() as session:
            assert (await session.exec(select(Person.name))).one() == "Nino"
    assert len([statement for statement in said if "person" in statement]) == 1


async def test_the_next_test_gets_another_database(database: AsyncEngine) -> None:
    async with db.reading() as session:
        assert (await session.exec(select(Person))).all() == []


async def test_postgres_is_real(postgres_url: str) -> None:
    engine = db.connect(postgres_url)
    async with engine.connect() as connection:
        assert "PostgreSQL" in str((await connection.execute(text("select version()"))).scalar())
    await db.disconnect()


async def test_news_go_through_a_real_server(news: None) -> None:
    await live.redis().set("here", "yes")
    assert await live.is_well()


async def test_a_valkey_comes_back_with_what_it_kept(valkey: Valkey) -> None:
    live.connect(valkey.url)
    await live.redis().set("kept", "yes")
    await live.disconnect()
    valkey.stop()
    valkey.start()
    live.connect(valkey.url)
    assert await live.redis().get("kept") == "yes"
    valkey.wipe()
    assert await live.redis().get("kept") is None
    await live.disconnect()


def test_the_clock_can_be_moved(clock: Clock) -> None:
    before = times.now()
    clock.forward(days=2)
    assert 2 * 86400 <= (times.now() - before).total_seconds() < 2 * 86400 + 60
    clock.go_to(datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    assert times.now().strftime("%F %H:%M") == "2027-03-28 01:30"


async def test_letters_arrive(mailbox: Mailbox) -> None:
    letter = EmailMessage()
    letter["To"], letter["From"], letter["Subject"] = "nino@example.org", "house@example.org", "Grüße"
    letter.set_content("გამარჯობა")
    with smtplib.SMTP(mailbox.host, mailbox.port) as line:
        line.send_message(letter)
    (arrived,) = await mailbox.arrived(1, to="nino@")
    assert arrived["Subject"] == "Grüße"


async def test_the_pages_answer(site: Site) -> None:
    answer = await site.stranger().get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["database"] is True
