"""A letter about a post is answered by mail; what is unclear waits for a moderator; nothing is lost, nothing goes round."""

import asyncio
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core import answers, audience, limits, mail, signs, times
from app.core.db import reading, transaction
from app.core.mail import Letter
from app.forum.models import Post, Thread
from app.main import register_sources
from app.notices import actions, actions_incoming
from app.notices.models import MailIn
from app.notices.rules import Level
from tests.forum.forum import a_forum
from tests.support.imap import ImapServer
from tests.support.site import Site
from workers import imap, inbox, lmtp
from workers.inbox import Inbox, Taken

MAILS = Path(__file__).parent / "mails"
INBOX = Inbox(trusts="mx.example.org", own="fortnight@example.org")


@pytest.fixture(autouse=True)
def house() -> Iterator[None]:
    signs.use_secret("for tests " * 4)
    mail.set_house(
        name="Fortnight", url="https://fortnight.example.org", domain="example.org", answers_to="reply@example.org"
    )
    register_sources(demo=False)
    yield
    mail.set_house(name="Fortnight", url="http://127.0.0.1:8000", domain="localhost")


def raw(name: str, **changes: str) -> bytes:
    text = (MAILS / f"{name}.eml").read_bytes()
    for old, new in changes.items():
        text = text.replace(old.encode(), new.encode())
    return text


def address(thread: Thread, person_id: int, *, now: datetime | None = None) -> str:
    return answers.address_for("thread", thread.id or 0, person_id=person_id, now=now or times.now())


async def posts_in(thread: Thread) -> list[Post]:
    async with reading() as session:
        query = select(Post).where(Post.thread_id == thread.id).order_by(col(Post.position))
        return list((await session.exec(query)).all())


async def mails() -> list[MailIn]:
    async with reading() as session:
        return list((await session.exec(select(MailIn).order_by(col(MailIn.id)))).all())


async def letters(kind: str) -> list[Letter]:
    async with reading() as session:
        return list((await session.exec(select(Letter).where(Letter.kind == kind).order_by(col(Letter.id)))).all())


async def test_the_letter_about_a_post_is_answered_in_its_thread(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    async with transaction() as session:
        await actions.choose_level(session, forum.tamta, event_id=forum.event.id or 0, level=Level.EVERY)
    asked = await forum.reply(thread, "Who mows the hollows?", now=times.now())
    async with transaction() as session:
        notice = (await actions.queries.about(session, f"thread:{thread.id}", asked.id or 0))[0]
        letter = await actions.tell_by_letter(session, notice.id or 0, now=times.now())
    assert letter is not None
    assert letter.text.startswith("##- Please write your answer above this line -##\n")
    assert "You can also answer this letter." in letter.html
    assert letter.headers["References"] == f"<thread-{thread.id}@example.org>"
    assert len(letter.headers["Reply-To"].partition("@")[0]) <= 64
    assert await INBOX.deliver(raw("gmail_en"), letter.headers["Reply-To"].upper()) is Taken.TAKEN
    assert await INBOX.deliver(raw("gmail_en"), letter.headers["Reply-To"]) is Taken.TAKEN
    (_, post) = await posts_in(thread)
    assert (post.author_id, post.via) == (forum.tamta, "mail")
    assert post.text == "The crew that planted them also mows.\n\nTwice a year is enough."
    (row,) = await mails()
    assert (row.state, row.text, row.sender, row.url) == ("posted", "", "", f"/posts/{post.id}")


async def test_without_an_address_for_answers_letters_promise_nothing(database: AsyncEngine) -> None:
    mail.set_house(name="Fortnight", url="https://fortnight.example.org", domain="example.org")
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    assert address(thread, forum.tamta) == ""
    assert answers.return_path(1) == ""


async def test_only_forum_threads_can_be_answered_never_a_consultation(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    assert address(thread, forum.tamta) != ""
    for topic in ("room", "concern", "note", "step", "hidden"):
        assert answers.address_for(topic, 1, person_id=forum.tamta, now=times.now()) == ""
    sealed = signs.seal(b"r" + bytes(10), purpose="answer by mail")
    assert await INBOX.deliver(raw("gmail_en"), f"reply+{sealed}@example.org") is Taken.NOT_OURS


async def test_an_address_is_for_one_person_and_one_thing_and_cannot_be_made_up(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    right = address(thread, forum.tamta)
    word = right.partition("+")[2].partition("@")[0]
    for other in (word[:-1] + ("a" if word[-1] != "a" else "b"), word[1:], word[::-1], "", "x" * 34):
        assert await INBOX.deliver(raw("gmail_en"), f"reply+{other}@example.org") is Taken.NOT_OURS
    assert await INBOX.deliver(raw("gmail_en"), right.replace("example.org", "example.net")) is Taken.NOT_OURS
    assert answers.letter_returned_to(right) is None
    assert answers.asked_by(answers.return_path(5)) is None
    assert await posts_in(thread) == []


@pytest.mark.parametrize(
    ("name", "reason", "quoted"),
    [
        ("forged", "unproven", ""),
        ("from_another_address", "sender", ""),
        ("only_a_quotation", "empty", "Who mows the hollows?"),
        ("winmail_dat", "packed", ""),
    ],
)
async def test_what_is_unclear_waits_and_the_person_is_told_once(
    database: AsyncEngine, name: str, reason: str, quoted: str
) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await INBOX.deliver(raw(name), address(thread, forum.tamta))
    await INBOX.deliver(raw(name, **{"Message-ID: <": "Message-ID: <again-"}), address(thread, forum.tamta))
    assert await posts_in(thread) == []
    assert [(row.state, row.reason) for row in await mails()] == [("waiting", reason)] * 2
    (letter,) = await letters("notices/unclear")
    assert letter.address == "tamta@example.org"
    assert letter.headers == {"Auto-Submitted": "auto-replied"}
    assert quoted in letter.text
    assert "resign" not in letter.text + letter.html
    assert "private address" not in letter.text + letter.html


@pytest.mark.parametrize("name", ["out_of_office", "calendar_reply", "from_a_list", "dsn_failed"])
async def test_what_a_machine_sends_is_neither_posted_nor_answered(database: AsyncEngine, name: str) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await INBOX.deliver(raw(name), address(thread, forum.tamta))
    assert await posts_in(thread) == []
    assert [(row.state, row.text) for row in await mails()] == [("ignored", "")]
    assert await letters("notices/unclear") == []


async def test_our_own_letter_to_ourselves_goes_round_no_second_time(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await INBOX.deliver(raw("only_a_quotation"), address(thread, forum.tamta))
    (letter,) = await letters("notices/unclear")
    from workers.envelope import envelope  # noqa: PLC0415

    back = envelope(letter, sender="fortnight@example.org", name="Fortnight")
    await INBOX.deliver(back, address(thread, forum.tamta))
    assert [row.state for row in await mails()] == ["waiting", "ignored"]
    assert len(await letters("notices/unclear")) == 1


async def test_an_old_letter_a_closed_thread_and_a_long_text_wait_for_a_moderator(database: AsyncEngine) -> None:
    forum = await a_forum()
    old, closed, long = [await forum.thread(title, by=forum.tamta) for title in ("Old", "Closed", "Long")]
    async with transaction() as session:
        thread = await session.get(Thread, closed.id)
        assert thread is not None
        thread.locked = True
        session.add(thread)
    await INBOX.deliver(raw("gmail_en"), address(old, forum.tamta, now=times.now() - answers.LASTS - timedelta(days=2)))
    await INBOX.deliver(raw("gmail_en"), address(closed, forum.tamta))
    await INBOX.deliver(raw("gmail_en", **{"Twice a year": "Twice " * 4000}), address(long, forum.tamta))
    rows = await mails()
    assert [(row.title, row.state, row.reason) for row in rows] == [
        ("Old", "waiting", "old"), ("Closed", "waiting", "refused"), ("Long", "waiting", "refused")
    ]  # fmt: skip
    assert "closed" in rows[1].why
    assert "20,000" in rows[2].why
    assert ["The crew" in letter.text for letter in await letters("notices/unclear")] == [True] * 3


async def test_who_may_no_longer_write_there_does_not_write_there_by_mail(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(space=await forum.group_space(forum.tamta, forum.marta), by=forum.marta)
    to = address(thread, forum.tamta)
    async with transaction() as session:
        await audience.dismiss(session, thread.audience_id, forum.tamta)
    await INBOX.deliver(raw("gmail_en"), to)
    assert await posts_in(thread) == []
    assert [row.state for row in await mails()] == ["waiting"]


async def test_files_that_came_with_an_answer_are_asked_for_on_the_page(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await INBOX.deliver(raw("with_a_picture"), address(thread, forum.tamta))
    (post,) = await posts_in(thread)
    (letter,) = await letters("notices/without_files")
    assert f"/posts/{post.id}" in letter.text


async def test_a_moderator_posts_an_unclear_mail_or_lets_it_go(site: Site) -> None:
    mail.set_house(name="Fortnight", url="http://127.0.0.1:8000", domain="example.org", answers_to="reply@example.org")
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    for name in ("from_another_address", "forged"):
        await INBOX.deliver(raw(name), address(thread, forum.tamta))
    first, second = await mails()
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    assert (await carlos.get(f"{forum.url}/mails")).status_code == 403
    cockpit = (await marta.get(f"{forum.url}/cockpit")).text
    assert f"{forum.url}/mails" in cockpit
    page = (await marta.get(f"{forum.url}/mails")).text
    assert "Written from my private address." in page
    assert "tamta@home.example" in page
    for _ in range(2):
        answer = await marta.send_form(f"{forum.url}/mails/{first.id}/post")
        assert answer.status_code == 303
    (post,) = await posts_in(thread)
    assert (post.author_id, post.text, post.via) == (forum.tamta, "Written from my private address.", "mail")
    assert (await marta.send_form(f"{forum.url}/mails/{first.id}/discard")).status_code == 409
    for _ in range(2):
        assert (await marta.send_form(f"{forum.url}/mails/{second.id}/discard")).status_code == 303
    assert [(row.state, row.text) for row in await mails()] == [("posted", ""), ("discarded", "")]
    assert "resign" not in (await marta.get(f"{forum.url}/mails")).text


async def test_a_moderator_does_not_read_mail_for_a_group_that_is_closed_to_them(site: Site) -> None:
    mail.set_house(name="Fortnight", url="http://127.0.0.1:8000", domain="example.org", answers_to="reply@example.org")
    forum = await a_forum()
    thread = await forum.thread(space=await forum.group_space(forum.tamta, forum.carlos), by=forum.carlos)
    await INBOX.deliver(raw("from_another_address"), address(thread, forum.tamta))
    (row,) = await mails()
    marta = await site.as_person(forum.marta)
    assert "private address" not in (await marta.get(f"{forum.url}/mails")).text
    assert (await marta.send_form(f"{forum.url}/mails/{row.id}/post")).status_code == 404
    assert await posts_in(thread) == []


async def test_the_mail_server_hands_mail_over_by_lmtp(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    server = await lmtp.listen(INBOX.deliver, knows=answers.is_ours, host="127.0.0.1", port=0, largest=40_000)
    port = server.sockets[0].getsockname()[1]
    good, nobody = address(thread, forum.tamta), "reply+nobody@example.org"

    def hand_over() -> tuple[dict[str, tuple[int, bytes]], int]:
        with smtplib.LMTP("127.0.0.1", port) as line:
            refused = line.sendmail("tamta@example.org", [good, nobody], raw("gmail_ar"))
            line.sendmail("tamta@example.org", [good], raw("gmail_en", Twice="..Twice\r\n..\r\n" + "x" * 15_000))
            line.mail("tamta@example.org")
            line.rcpt(good)
            return refused, line.data(b"x" * 50_000)[0]

    async with server:
        refused, too_large = await asyncio.to_thread(hand_over)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        carlos = address(thread, forum.carlos)
        said = ["LHLO a", "MAIL FROM:<>", f"RCPT TO:<{good}>", f"RCPT TO:<{carlos}>", "DATA"]
        body = raw("gmail_en", **{"gmail-en": "for two"}).decode()
        writer.write("".join(f"{line}\r\n" for line in [*said, body, ".", "HELO x", "QUIT"]).encode())
        heard = (await reader.read()).decode().splitlines()
        writer.close()
    assert [line[:3] for line in heard] == ["220", *["250"] * 6, *["250"] * 3, "354", "250", "250", "500", "221"]
    assert {who: answer[0] for who, answer in refused.items()} == {nobody: 550}
    assert too_large == 552
    arabic, dotted, for_two = await posts_in(thread)
    assert for_two.text.startswith("The crew")
    assert [(row.person_id, row.state) for row in await mails()][-1] == (forum.carlos, "waiting")
    assert arabic.text == "شكرًا على السؤال. نحن نجزّ العشب مرتين في السنة."
    assert "..Twice" in dotted.text


async def test_a_mailbox_is_looked_into_by_imap(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    server = ImapServer()
    server.start()
    to = address(thread, forum.tamta)
    ours = server.add(f"Delivered-To: {to}\r\n".encode() + raw("gmail_en"))
    other = server.add(raw("gmail_ar"))
    box = imap.Mailbox("127.0.0.1", server.port, "none", "reply", "secret")
    left: set[str] = set()

    async def later(_: bytes) -> Taken:
        return Taken.LATER

    assert await imap.turn(box, later, left) == 2
    assert await imap.turn(box, INBOX.find_and_deliver, left) == 0, "what was left waits for another round"
    assert await imap.turn(box, INBOX.find_and_deliver, set()) == 2
    assert await imap.turn(box, INBOX.find_and_deliver, set()) == 0
    with pytest.raises(imap.imaplib.IMAP4.error):
        await imap.turn(imap.Mailbox("127.0.0.1", server.port, "none", "reply", "wrong"), INBOX.find_and_deliver, left)
    server.stop()
    assert (server.mails[ours].flags, server.mails[other].flags) == ({r"\Seen"}, {r"\Flagged"})
    assert len(await posts_in(thread)) == 1


async def test_a_mail_holds_no_other_mail_that_our_mail_server_never_saw(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    server = await lmtp.listen(INBOX.deliver, knows=answers.is_ours, host="127.0.0.1", port=0, largest=40_000)
    to = address(thread, forum.tamta)
    head = "Message-ID: <one@evil.example>\r\nFrom: eve@evil.example\r\n\r\nHello\n.\n"
    inner = f"MAIL FROM:<>\r\nRCPT TO:<{to}>\r\nDATA\r\n{raw('gmail_en').decode()}\r\n"
    async with server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        writer.write(f"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<{to}>\r\nDATA\r\n{head}{inner}.\r\nQUIT\r\n".encode())
        heard = (await reader.read()).decode().splitlines()
        writer.close()
    assert [line[:3] for line in heard][-3:] == ["354", "250", "221"], "one mail, whatever stands in it"
    assert [row.state for row in await mails()] == ["waiting"]
    assert await posts_in(thread) == []


async def test_more_mail_than_a_hand_can_write_comes_again_and_waits_for_nobody(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    monkeypatch.setattr(inbox, "MAILS", "1/hour")
    monkeypatch.setattr(limits, "_here", MovingWindowRateLimiter(MemoryStorage()))  # nobody was counted before
    to = address(thread, forum.tamta)
    assert await INBOX.deliver(raw("gmail_en"), to) == Taken.TAKEN
    forged = raw("from_another_address")
    assert await INBOX.deliver(forged, to) == Taken.LATER
    assert [row.state for row in await mails()] == ["posted"], "unproven words do not wait as if they were Tamta's"


async def test_a_mail_made_to_take_for_ever_is_known_by_its_head(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    monkeypatch.setattr(inbox, "READ_WITHIN", 1.0)
    head = raw("gmail_en").partition(b"Content-Type")[0].strip()
    made = head + b"\nContent-Type: text/html\n\n" + b"<a " * 200_000
    assert await INBOX.deliver(made, address(thread, forum.tamta)) == Taken.TAKEN
    (row,) = await mails()
    assert (row.state, row.reason) == ("waiting", "empty")


async def test_mail_that_waited_too_long_is_forgotten(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await INBOX.deliver(raw("from_another_address"), address(thread, forum.tamta))
    async with transaction() as session:
        await actions_incoming.forget_waiting(session, before=datetime(2026, 1, 1, tzinfo=UTC))
    assert (await mails())[0].text != ""
    async with transaction() as session:
        await actions_incoming.forget_waiting(session, before=times.now() + timedelta(days=1))
    assert [(row.state, row.text, row.sender) for row in await mails()] == [("discarded", "", "")]
