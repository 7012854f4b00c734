"""Newsletters reach only who has said so twice, once each, and end with one click that forgets the address."""

import re
from datetime import timedelta
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core import mail, signs, times
from app.core.db import reading, transaction
from app.core.errors import Refused
from app.core.jobs import Job
from app.core.mail import Letter, Reader
from app.notices import actions_newsletter as actions
from app.notices import queries_newsletter as queries
from app.notices import rules_newsletter as rules
from app.notices.actions_incoming import letter_came_back
from app.notices.mailin.parse import read
from app.notices.models import Newsletter, Subscriber
from app.notices.rules_announcing import State, Version
from app.people.models import Person
from tests.events.events import somebody
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

NOW = times.now()


@pytest.fixture(autouse=True)
def house() -> None:
    signs.use_secret("for tests")
    mail.set_house(name="Fortnight", url="https://fortnight.example.org", domain="example.org")


async def letters() -> list[Letter]:
    async with reading() as session:
        return list((await session.exec(select(Letter).order_by(col(Letter.id)))).all())


async def subscribers() -> list[str]:
    async with reading() as session:
        return list((await session.exec(select(Subscriber.email).order_by(col(Subscriber.id)))).all())


async def subscribed(email: str, *, lang: str = "en", confirmed: bool = True) -> None:
    async with transaction() as session:
        session.add(Subscriber(email=email, lang=lang, asked_at=NOW, confirmed_at=NOW if confirmed else None))


async def an_issue() -> int:
    by = await somebody("Ada Amt", admin=True)
    async with transaction() as session:
        row = await actions.write_issue(
            session,
            by_id=by,
            key="the-first-issue",
            title="Verges that drink",
            text="**Forty** cities.",
            lang="en",
            now=NOW,
        )
        await actions.change_issue(
            session, row.id or 0, version=Version("de", "Streifen, die trinken", "Vierzig Städte.")
        )
        return row.id or 0


def test_a_withdrawn_issue_never_leaves_and_a_sent_one_stays_as_it_is() -> None:
    assert rules.check_release(State.WAITING)
    assert not rules.check_release(State.RELEASED)
    with pytest.raises(Refused):
        rules.check_release(State.WITHDRAWN)
    with pytest.raises(Refused):
        rules.check_change(State.RELEASED)


async def test_an_address_is_written_to_only_after_its_owner_followed_the_link(site: Site) -> None:
    stranger = site.stranger()
    asks = {"email": " Nino@Example.org "}
    await stranger.get("/newsletter?lang=de")
    assert (await stranger.send_form("/newsletter?lang=de", asks)).status_code == 303
    (letter,) = await letters()
    assert (letter.address, letter.lang, letter.subject) == ("nino@example.org", "de", "Möchtest du den Newsletter?")
    found = re.search(r"/newsletter/confirm/\S+", letter.text)
    assert found is not None
    page = (await stranger.get(found[0])).text
    assert "Newsletter" in page
    async with reading() as session:
        assert (await session.exec(select(Subscriber))).one().confirmed_at is None, "looking is not doing"
    await stranger.send_form("/newsletter", asks)
    assert (await stranger.send_form(found[0])).status_code == 404, "only the newest letter's link works"
    newest = re.search(r"/newsletter/confirm/\S+", (await letters())[-1].text)
    assert newest is not None
    assert (await stranger.send_form(newest[0])).status_code == 200
    before = len(await letters())
    await stranger.send_form("/newsletter", asks)
    assert len(await letters()) == before, "who has it already gets no letter, and nobody learns that they have it"


async def test_an_issue_reaches_each_subscriber_once_in_their_language(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "BATCH", 2)
    for name, lang in (("ana", "en"), ("ben", "de"), ("cem", "fr")):
        await subscribed(f"{name}@example.org", lang=lang)
    await subscribed("never-asked@example.org", confirmed=False)
    issue = await an_issue()
    for _ in range(2):
        async with transaction() as session:
            await actions.release_issue(session, issue, now=NOW)
    async with transaction() as session:
        assert await actions.send_batch(session, issue, after=0, now=NOW) == 2
        assert await actions.send_batch(session, issue, after=0, now=NOW) == 2, "twice is once"
    async with reading() as session:
        jobs = (await session.exec(select(Job).where(Job.name == "SendNewsletter").order_by(col(Job.id)))).all()
    assert (len(jobs), jobs[0].args["after"]) == (2, 0)
    async with transaction() as session:
        assert await actions.send_batch(session, issue, after=jobs[1].args["after"], now=NOW) == 1
    found = {letter.address: letter for letter in await letters()}
    assert found.keys() == {"ana@example.org", "ben@example.org", "cem@example.org"}
    assert found["ben@example.org"].subject == "Streifen, die trinken"
    assert found["cem@example.org"].subject == "Verges that drink"
    assert "<strong>Forty</strong>" in found["ana@example.org"].html
    assert found["ana@example.org"].headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_one_click_of_a_mail_program_ends_it_and_forgets_the_address(site: Site) -> None:
    await subscribed("ana@example.org")
    await subscribed("ben@example.org")
    issue = await an_issue()
    async with transaction() as session:
        await actions.release_issue(session, issue, now=NOW)
        await actions.send_batch(session, issue, after=0, now=NOW)
    address = (await letters())[0].headers["List-Unsubscribe"].strip("<>").removeprefix(site.setup.base_url)
    address = address[address.index("/newsletter/") :]
    program = site.stranger()
    assert (await program.get(address)).status_code == 200
    assert await subscribers() == ["ana@example.org", "ben@example.org"]
    program.cookies.clear()
    for _ in range(2):
        assert (await program.post(address, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert await subscribers() == ["ben@example.org"]
    assert (await program.post(address[:-2] + "xx")).status_code == 404


async def test_who_never_answers_is_forgotten_after_a_week(database: AsyncEngine) -> None:
    await subscribed("ana@example.org")
    await subscribed("typed-by-a-stranger@example.org", confirmed=False)
    async with transaction() as session:
        await actions.forget_unconfirmed(session, now=NOW + timedelta(days=6))
    assert len(await subscribers()) == 2
    async with transaction() as session:
        await actions.forget_unconfirmed(session, now=NOW + timedelta(days=8))
    assert await subscribers() == ["ana@example.org"]


async def test_the_archive_shows_what_was_sent_and_nothing_that_waits(site: Site) -> None:
    issue = await an_issue()
    async with reading() as session:
        row = await session.get(Newsletter, issue)
    assert row is not None
    stranger, admin = site.stranger(), await site.as_person(row.by_id or 0)
    assert "Verges that drink" not in (await stranger.get("/newsletter")).text
    assert (await stranger.get(f"/newsletter/{issue}")).status_code == 404
    page = (await admin.get(f"/newsletter/{issue}")).text
    assert "Release it" in page and "Forty** cities" in page
    assert (await stranger.send_form(f"/newsletter/{issue}/release")).status_code in {303, 401, 403}
    assert "Verges that drink" not in (await stranger.get("/newsletter")).text
    await admin.send_form(f"/newsletter/{issue}/release")
    assert "Verges that drink" in (await stranger.get("/newsletter")).text
    assert "<strong>Forty</strong>" in (await stranger.get(f"/newsletter/{issue}")).text
    assert "Vierzig Städte." in (await stranger.get(f"/newsletter/{issue}?lang=de")).text


@ONE_DATABASE
async def test_the_archive_is_a_feed_of_what_was_sent_and_nothing_that_waits(site: Site) -> None:
    sent = await an_issue()
    async with transaction() as session:
        await actions.release_issue(session, sent, now=NOW)
        by = (await session.exec(select(Person.id))).one() or 0
        await actions.write_issue(
            session, by_id=by, key="the-next-issue", title="Not yet", text="No", lang="en", now=NOW
        )
    stranger = site.stranger()
    assert 'href="/newsletter/feed.atom"' in (await stranger.get("/newsletter")).text
    answer = await stranger.get("/newsletter/feed.atom?lang=de")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root, atom = fromstring(answer.content), "{http://www.w3.org/2005/Atom}"
    (entry,) = root.findall(f"{atom}entry")
    assert (entry.findtext(f"{atom}title"), entry.get("{http://www.w3.org/XML/1998/namespace}lang")) == (
        "Streifen, die trinken",
        "de",
    )
    assert "<p>Vierzig Städte.</p>" in (entry.findtext(f"{atom}content") or "")
    assert (entry.findtext(f"{atom}id") or "").endswith(f"/newsletter/{sent}")
    assert root.findtext(f"{atom}updated") == entry.findtext(f"{atom}updated") == NOW.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_letters_that_come_back_end_the_newsletter_until_its_owner_asks_again(site: Site) -> None:
    for name in ("ada", "ben"):
        await subscribed(f"{name}@example.org")
    issue = await an_issue()
    async with reading() as session:
        ada = (await session.exec(select(Person.id))).one() or 0
    admin = await site.as_person(ada)
    async with transaction() as session:
        letter = await mail.write(
            session, letter="notices/newsletter_asked", to=Reader(None, "ada@example.org", "", "en", "UTC"),
            values={"url": "/"}, key="newsletter:1:1", now=NOW,
        )  # fmt: skip
    async with transaction() as session:
        raw = (Path(__file__).parent / "mails" / "dsn_failed.eml").read_bytes()
        assert await letter_came_back(session, letter.id or 0, read(raw), now=NOW)
        await actions.note_returned(session, "nobody@example.org", why="550", now=NOW)
    assert "Letters to one subscriber come back" in (await admin.get("/newsletter")).text
    assert "come back" not in (await site.stranger().get("/newsletter")).text
    async with transaction() as session:
        await actions.release_issue(session, issue, now=NOW + timedelta(days=1))
        assert await actions.send_batch(session, issue, after=0, now=NOW + timedelta(days=1)) == 1
        later = NOW + timedelta(days=2)
        await actions.subscribe(session, email="ada@example.org", lang="en", now=later)
    async with transaction() as session:
        row = await queries.subscriber_with_address(session, "ada@example.org")
        assert row is not None and row.returned_at == NOW and "User unknown" in row.returned_why
        await actions.confirm(session, signs.sign([row.id, later.isoformat()], purpose=actions.CONFIRM), now=later)
        assert row.returned_at is None and await queries.count_returning(session) == 0
