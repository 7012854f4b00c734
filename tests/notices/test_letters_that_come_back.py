"""An address from which letters come back is seen, asked about and spared, until it is right again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from app.core import answers, mail, signs, times
from app.core.db import reading, transaction
from app.core.mail import Letter, LetterState, SendLetter
from app.main import register_sources
from app.notices import queries_digest as queries
from app.notices import queries_newsletter, rules
from app.notices.models import Subscriber
from app.people import actions as people_actions
from app.people import actions_address
from app.people.models import Person
from app.people.queries import as_reader
from tests.events.events import joined
from tests.forum.forum import a_forum
from tests.notices.digests import send_digest
from tests.support.mailbox import Mailbox
from tests.support.site import Site
from workers import mail as letters
from workers.inbox import Inbox
from workers.postman import MailServer, Postman
from workers.registry import Turn

MAILS = Path(__file__).parent / "mails"
INBOX = Inbox(trusts="mx.example.org", own="fortnight@example.org")


@pytest.fixture(autouse=True)
def house() -> Iterator[None]:
    signs.use_secret("for tests " * 4)
    set_house()
    register_sources(demo=False)
    yield
    letters.use(None)
    mail.set_house(name="Fortnight", url="http://127.0.0.1:8000", domain="localhost")


def set_house() -> None:
    mail.set_house(name="Fortnight", url="http://127.0.0.1:8000", domain="example.org", answers_to="reply@example.org")


async def person(person_id: int) -> Person:
    async with reading() as session:
        return (await session.exec(select(Person).where(Person.id == person_id))).one()


async def a_letter(person_id: int, *, letter: str = "notices/unclear", key: str = "one") -> Letter:
    async with transaction() as session:
        values = {
            "title": "Mulden",
            "url": "/",
            "reason": "",
            "why": "",
            "quoted": "",
            "word": "w",
            "until": times.now(),
        }
        return await mail.write(
            session, letter=letter, to=as_reader(await person(person_id)), values=values, key=key, now=times.now()
        )


async def carry(letter: Letter) -> Letter:
    assert letter.id is not None
    await letters.send([(SendLetter(letter.id), Turn(now=times.now(), attempt=1, last=True))])
    async with reading() as session:
        return (await session.exec(select(Letter).where(Letter.id == letter.id))).one()


def use(mailbox: Mailbox) -> None:
    letters.use(Postman(MailServer(mailbox.host, mailbox.port, "", "", "none", "fortnight@example.org", "Fortnight")))


async def test_a_letter_that_comes_back_marks_the_address_and_stops_the_next(
    database: AsyncEngine, mailbox: Mailbox
) -> None:
    use(mailbox)
    forum = await a_forum()
    first = await carry(await a_letter(forum.tamta))
    assert first.state == LetterState.SENT
    (path,) = mailbox.senders
    assert path == answers.return_path(first.id or 0)
    await INBOX.deliver((MAILS / "dsn_delayed.eml").read_bytes(), path)
    await INBOX.deliver((MAILS / "out_of_office.eml").read_bytes(), path)
    assert (await person(forum.tamta)).returned_at is None
    await INBOX.deliver((MAILS / "dsn_failed.eml").read_bytes(), path)
    marked = await person(forum.tamta)
    assert marked.returned_at is not None
    assert "User unknown" in marked.returned_why
    async with reading() as session:
        came_back = (await session.exec(select(Letter).where(Letter.id == first.id))).one()
    assert came_back.state == LetterState.FAILED
    assert came_back.error.startswith("It came back: 5.1.1 550 5.1.1 <tamta@example.org>")
    spared = await carry(await a_letter(forum.tamta, key="two"))
    assert (spared.state, spared.error) == (LetterState.FAILED, letters.COMES_BACK)
    asked_for = await carry(await a_letter(forum.tamta, letter="people/sign_in", key="three"))
    assert asked_for.state == LetterState.SENT
    others = await carry(await a_letter(forum.carlos, key="four"))
    assert others.state == LetterState.SENT


async def test_an_address_that_the_mail_server_does_not_know_is_marked_at_once(
    database: AsyncEngine, mailbox: Mailbox
) -> None:
    use(mailbox)
    forum = await a_forum()
    mailbox.refuse_addresses = {"tamta@example.org": "550 5.1.1 no such user", "carlos@example.org": "550 5.7.1 spam"}
    await carry(await a_letter(forum.tamta))
    await carry(await a_letter(forum.carlos, key="two"))
    assert (await person(forum.tamta)).returned_at is not None
    assert (await person(forum.carlos)).returned_at is None


async def test_a_subscriber_whom_the_mail_server_does_not_know_gets_no_further_issue(
    database: AsyncEngine, mailbox: Mailbox
) -> None:
    """Somebody who is no person of ours: the address is marked in their subscription, and only for a reason of that kind."""
    use(mailbox)
    async with transaction() as session:
        for name in ("gone", "full"):
            address = f"{name}@example.org"
            session.add(Subscriber(email=address, lang="en", asked_at=times.now(), confirmed_at=times.now()))
            session.add(
                Letter(
                    key=name, kind="notices/newsletter", address=address, name="", lang="en", subject="Verges that drink",
                    text="Forty cities.\n", html="<p>Forty cities.</p>", message_id=f"<{name}@example.org>",
                    written_at=times.now(),
                )
            )  # fmt: skip
    mailbox.refuse_addresses = {"gone@example.org": "550 5.1.1 no such user", "full@example.org": "452 mailbox is full"}
    async with reading() as session:
        written = (await session.exec(select(Letter).order_by(Letter.key))).all()
    states = [(await carry(letter)).state for letter in written]
    assert states == [LetterState.FAILED] * 2
    later = times.now() + timedelta(hours=1)
    async with reading() as session:
        rows = {row.email: row for row in (await session.exec(select(Subscriber))).all()}
        assert await queries_newsletter.next_subscribers(session, after=0, before=later, limit=9) == [
            rows["full@example.org"]
        ]
    assert "no such user" in rows["gone@example.org"].returned_why


async def test_no_digest_and_no_notice_is_written_to_such_an_address(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await forum.reply(thread, "Who mows?")
    day = forum.event.starts_on
    async with transaction() as session:
        await actions_address.note_returned(
            session, forum.tamta, address="tamta@example.org", why="no such user", now=times.now()
        )
    async with transaction() as session:
        running = await queries.running_events(session, first=day, last=day)
        assert [person_id for person_id, _ in running[0].people] == [forum.carlos, forum.marta]
        morning = rules.morning(day, "Asia/Tbilisi")
        assert await send_digest(session, forum.tamta, event_id=forum.event.id or 0, day=day, now=morning) is None


async def test_a_late_word_about_an_older_address_says_nothing(database: AsyncEngine) -> None:
    forum = await a_forum()
    async with transaction() as session:
        await actions_address.note_returned(session, forum.tamta, address="old@example.org", why="", now=times.now())
    assert (await person(forum.tamta)).returned_at is None


async def test_the_person_is_asked_on_every_page_and_says_that_the_address_is_right(site: Site) -> None:
    forum = await a_forum()
    tamta, marta = await site.as_person(forum.tamta), await site.as_person(forum.marta)
    assert "Our letters to you come back" not in (await tamta.get(f"{forum.url}/today")).text
    async with transaction() as session:
        await actions_address.note_returned(
            session, forum.tamta, address="tamta@example.org", why="550 no such user", now=times.now()
        )
    assert "Our letters to you come back" in (await tamta.get(f"{forum.url}/today")).text
    assert "Our letters to you come back" not in (await marta.get(f"{forum.url}/today")).text
    assert "550 no such user" in (await tamta.get("/me")).text
    assert (await tamta.send_form("/me/address/confirm")).status_code == 303
    assert "Our letters to you come back" not in (await tamta.get(f"{forum.url}/today")).text
    assert (await person(forum.tamta)).returned_why == ""


async def test_managers_see_whose_letters_come_back_and_others_do_not(site: Site) -> None:
    forum = await a_forum()
    await joined(forum.event, forum.marta, "lead_moderator", "manager")
    async with transaction() as session:
        await actions_address.note_returned(
            session, forum.tamta, address="tamta@example.org", why="550", now=times.now()
        )
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    assert "letters come back" in (await marta.get(f"{forum.url}/manage/people")).text
    assert "letters come back" not in (await carlos.get(f"{forum.url}/people")).text
    assert "letters come back" not in (await carlos.get(f"{forum.url}/people/{forum.tamta}")).text


async def test_a_sign_in_by_a_letter_that_arrived_proves_the_address(database: AsyncEngine) -> None:
    forum = await a_forum()
    now = times.now()
    async with transaction() as session:
        early = await people_actions.mail_link(
            session, person_id=forum.tamta, purpose="sign_in", goes_to="/", expires_at=now + timedelta(minutes=10)
        )
        late = await people_actions.mail_link(
            session, person_id=forum.tamta, purpose="sign_in", goes_to="/", expires_at=now + timedelta(minutes=35)
        )
        await actions_address.note_returned(session, forum.tamta, address="tamta@example.org", why="", now=now)
    for word, is_right in ((early, False), (late, True)):
        async with transaction() as session:
            await people_actions.use_link(session, word=word, device="", now=now)
        assert ((await person(forum.tamta)).returned_at is None) is is_right
