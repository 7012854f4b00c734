"""Letters leave once the mail server takes them; until then they wait, with the reason beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from sqlmodel import select

from app.core import times
from app.core.db import reading, transaction
from app.core.jobs import Job, JobState
from app.core.mail import Letter, LetterState, SendLetter, post
from app.settings import Settings
from tests.support.clock import Clock
from tests.support.mailbox import Mailbox, part
from tests.workers.conftest import working
from tests.workers.work import until
from workers import mail
from workers.postman import MailServer, Postman
from workers.registry import Turn
from workers.settings import worker

pytestmark = pytest.mark.usefixtures("database")

ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Überflutung\r\nEND:VCALENDAR\r\n"


def a_letter(key: str = "one", **changes: object) -> Letter:
    values: dict[str, object] = {
        "key": key, "kind": "timetable/invitation", "address": f"{key}@example.org", "name": "Nino Ünal", "lang": "de",
        "subject": "Ihre Beratung am Dienstag – Tbilisi", "text": "Guten Tag,\nam Dienstag.\n", "html": "<p>Guten Tag</p>",
        "message_id": f"<{key}@fortnight.example.org>", "written_at": times.now(), "headers": {"List-Unsubscribe": "<mailto:a@b.c>"},
        "attachments": [{"name": "beratung.ics", "type": "text/calendar; method=REQUEST", "text": ICS}],
    }  # fmt: skip
    return Letter(**{**values, **changes})


async def post_letter(key: str = "one", **changes: object) -> None:
    async with transaction() as session:
        letter = a_letter(key, **changes)
        session.add(letter)
        await session.flush()
        await post(session, letter, now=times.now())


async def stored(key: str = "one") -> Letter:
    async with reading() as session:
        return (await session.exec(select(Letter).where(Letter.key == key))).one()


async def until_letter(state: LetterState, key: str = "one", *, attempts: int = 1) -> Letter:
    async def reached() -> bool:
        letter = await stored(key)
        return letter.state == state and letter.attempts >= attempts

    await until(reached)
    return await stored(key)


def server(mailbox: Mailbox, **changes: object) -> MailServer:
    return replace(
        MailServer(mailbox.host, mailbox.port, "", "", "none", "post@fortnight.example.org", "Fortnight", timeout=5),
        **changes,  # type: ignore[arg-type]
    )


@asynccontextmanager
async def sending(valkey_url: str, to: MailServer) -> AsyncIterator[None]:
    postman = Postman(to)
    mail.use(postman)
    try:
        async with working(valkey_url, names=frozenset({SendLetter.name})):
            yield
    finally:
        mail.use(None)
        await postman.close()


async def test_a_letter_arrives_whole(news: None, valkey_url: str, mailbox: Mailbox) -> None:
    await post_letter()
    async with sending(valkey_url, server(mailbox)):
        [arrived] = await mailbox.arrived(1)
        letter = await until_letter(LetterState.SENT)
    assert letter.sent_at is not None and letter.error == ""
    assert arrived["Message-ID"] == "<one@fortnight.example.org>"
    assert str(arrived["Subject"]) == "Ihre Beratung am Dienstag – Tbilisi"
    assert str(arrived["From"]) == "Fortnight <post@fortnight.example.org>"
    assert str(arrived["To"]) == "Nino Ünal <one@example.org>"
    assert arrived["List-Unsubscribe"] == "<mailto:a@b.c>"
    assert part(arrived, "text/plain").replace("\r\n", "\n") == "Guten Tag,\nam Dienstag.\n"
    assert "<p>Guten Tag</p>" in part(arrived, "text/html")
    assert "SUMMARY:Überflutung" in part(arrived, "text/calendar")
    [calendar] = [piece for piece in arrived.walk() if piece.get_content_type() == "text/calendar"]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_filename() == "beratung.ics"


async def test_without_a_mail_server_letters_wait_and_leave_when_there_is_one(
    news: None, valkey_url: str, mailbox: Mailbox
) -> None:
    await post_letter()
    nothing_set = Settings(_env_file=None, smtp_host="")  # type: ignore[call-arg]
    task = asyncio.create_task(worker(nothing_set, redis_url=valkey_url))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await until_letter(LetterState.SENT)
    task.cancel()
    await asyncio.wait({task})
    assert ((await stored()).state, (await stored()).attempts) == (LetterState.WAITING, 0)
    chosen = Settings(_env_file=None, smtp_host=mailbox.host, smtp_port=mailbox.port, smtp_security="none")  # type: ignore[call-arg]
    task = asyncio.create_task(worker(chosen, redis_url=valkey_url))
    assert len(await mailbox.arrived(1)) == 1
    await until_letter(LetterState.SENT)
    task.cancel()
    await asyncio.wait({task})


async def test_come_again_is_obeyed(news: None, valkey_url: str, mailbox: Mailbox, clock: Clock) -> None:
    mailbox.refuse_next = ["451 4.3.0 come again"]
    await post_letter()
    async with sending(valkey_url, server(mailbox)):
        letter = await until_letter(LetterState.WAITING)
        assert letter.error == "The mail server refused the letter: 451 4.3.0 come again"
        assert mailbox.letters == []
        clock.forward(minutes=1)
        assert len(await mailbox.arrived(1)) == 1
        letter = await until_letter(LetterState.SENT)
    assert (letter.attempts, letter.error) == (2, "")


async def test_a_letter_that_is_refused_for_good_is_not_tried_again(
    news: None, valkey_url: str, mailbox: Mailbox, clock: Clock
) -> None:
    mailbox.refuse_next = ["554 5.7.1 we do not want this"]
    await post_letter()
    async with sending(valkey_url, server(mailbox)):
        letter = await until_letter(LetterState.FAILED)
        clock.forward(days=3)
        await post_letter("two")
        await until_letter(LetterState.SENT, "two")
    assert letter.error == "The mail server refused the letter: 554 5.7.1 we do not want this"
    assert [str(arrived["Message-ID"]) for arrived in mailbox.letters] == ["<two@fortnight.example.org>"]
    async with reading() as session:
        assert {job.state for job in (await session.exec(select(Job))).all()} == {JobState.DONE}


async def test_a_refused_letter_can_be_posted_again(news: None, valkey_url: str, mailbox: Mailbox) -> None:
    mailbox.refuse_next = ["554 5.7.1 not today"]
    await post_letter()
    async with sending(valkey_url, server(mailbox)):
        await until_letter(LetterState.FAILED)
        async with transaction() as session:
            letter = (await session.exec(select(Letter))).one()
            await post(session, letter, now=times.now())
        await until_letter(LetterState.SENT, attempts=2)
    assert len(mailbox.letters) == 1


async def test_a_server_that_hangs_up_after_the_letter_gets_it_again_under_the_same_number(
    news: None, valkey_url: str, mailbox: Mailbox, clock: Clock
) -> None:
    mailbox.drop_after_data = 1
    await post_letter()
    async with sending(valkey_url, server(mailbox)):
        letter = await until_letter(LetterState.WAITING)
        assert "cannot be reached or fell silent" in letter.error
        clock.forward(minutes=1)
        await until_letter(LetterState.SENT)
    assert {str(arrived["Message-ID"]) for arrived in mailbox.letters} == {"<one@fortnight.example.org>"}
    assert len(mailbox.letters) == 2, "the first copy may be lost: a second is better than none"


async def test_a_letter_whose_worker_died_while_sending_is_sent_again(
    news: None, valkey_url: str, mailbox: Mailbox
) -> None:
    await post_letter()
    async with transaction() as session:
        letter = (await session.exec(select(Letter))).one()
        letter.state, letter.attempts = LetterState.SENDING, 1
    async with sending(valkey_url, server(mailbox)):
        await until_letter(LetterState.SENT)
    assert len(mailbox.letters) == 1


async def test_what_is_sent_or_held_back_is_left_alone(news: None, valkey_url: str, mailbox: Mailbox) -> None:
    for key, state in (("sent", LetterState.SENT), ("held", LetterState.HELD)):
        await post_letter(key)
        async with transaction() as session:
            letter = (await session.exec(select(Letter).where(Letter.key == key))).one()
            letter.state = state
    await post_letter("last")
    async with sending(valkey_url, server(mailbox)):
        await until_letter(LetterState.SENT, "last")
    assert [str(arrived["To"]) for arrived in mailbox.letters] == ["Nino Ünal <last@example.org>"]


class Counted(Mailbox):
    """Counts how often somebody says hello."""

    hellos = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: object, session: Any, envelope: object, hostname: str, responses: list[str]
    ) -> list[str]:
        self.hellos += 1
        session.host_name = hostname
        return responses


async def test_many_letters_use_few_connections(news: None, valkey_url: str) -> None:
    mailbox = Counted()
    mailbox.start()
    for number in range(40):
        await post_letter(f"n{number}")
    async with sending(valkey_url, server(mailbox)):
        arrived = await mailbox.arrived(40)
        for number in range(40):
            await until_letter(LetterState.SENT, f"n{number}")
    mailbox.stop()
    assert len({str(letter["To"]) for letter in arrived}) == len(arrived) == 40
    assert mailbox.hellos <= 20


async def round_of(*keys: str) -> list[tuple[SendLetter, Turn]]:
    for key in keys:
        await post_letter(key)
    turn = Turn(now=times.now(), attempt=1, last=False)
    return [(SendLetter((await stored(key)).id or 0), turn) for key in keys]


async def test_a_letter_that_cannot_leave_keeps_the_others_of_its_round_from_nothing(
    news: None, mailbox: Mailbox
) -> None:
    wanted = await round_of("one", "two", "three")
    mailbox.refuse_next = ["451 4.3.0 come again"]
    mail.use(postman := Postman(server(mailbox)))
    reasons = await mail.send([*wanted, (SendLetter(999), wanted[0][1])])
    await postman.close()
    assert reasons == ["The mail server refused the letter: 451 4.3.0 come again", "", "", ""]
    assert [(await stored(key)).state for key in ("one", "two", "three")] == ["waiting", "sent", "sent"]
    assert (await stored("one")).error == reasons[0]


class Slow(Mailbox):
    """Takes the first letter, and never says whether it takes the second."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.letters:
            with self._news:
                self.letters.append(EmailMessage())
                self._news.notify_all()
            await asyncio.Event().wait()
        return await super().handle_DATA(server, session, envelope)


async def test_a_worker_that_stops_in_the_midst_of_a_round_knows_what_has_left(news: None) -> None:
    mailbox = Slow()
    mailbox.start()
    wanted = await round_of("one", "two", "three")
    mail.use(Postman(server(mailbox, timeout=60)))
    carrying = asyncio.create_task(mail.send(wanted))
    await mailbox.arrived(2)
    carrying.cancel()
    await asyncio.wait({carrying})
    mailbox.stop()
    assert [(await stored(key)).state for key in ("one", "two", "three")] == ["sent", "sending", "sending"]
