"""The letter of the morning from end to end: real workers, a real mail server, a clock that is moved past a clock change."""

from datetime import UTC, date, datetime
from email.message import EmailMessage

import httpx2
from sqlmodel import select

from app.core import db
from app.core.db import transaction
from app.events.models import Event
from app.forum.rules import ThreadKind
from tests.forum.forum import a_forum
from tests.notices.digests import until_planned
from tests.support.clock import Clock
from tests.support.mailbox import Mailbox, part
from tests.support.programs import Programs

SUNDAY = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)  # the clocks in Berlin have just gone back
WHO = [  # by the order of their mornings; Berlin's would have been an hour earlier on Friday
    ("tamta", datetime(2026, 10, 26, 4, 0, tzinfo=UTC)),
    ("marta", datetime(2026, 10, 26, 7, 0, tzinfo=UTC)),
    ("carlos", datetime(2026, 10, 26, 14, 0, tzinfo=UTC)),
]


async def test_the_digest_leaves_at_eight_in_tbilisi_berlin_and_managua(
    programs: Programs, clock: Clock, mailbox: Mailbox
) -> None:
    clock.go_to(SUNDAY)
    db.connect(programs.env["DATABASE_URL"])
    forum = await a_forum()
    async with transaction() as session:
        event = (await session.exec(select(Event))).one()
        event.starts_on, event.ends_on = date(2026, 10, 19), date(2026, 10, 30)
        session.add(event)
    for author, other in ((forum.tamta, forum.carlos), (forum.marta, forum.tamta), (forum.carlos, forum.marta)):
        thread = await forum.thread("Sponge verges", by=author, kind=ThreadKind.IDEA, now=SUNDAY)
        await forum.reply(thread, "The crew that mows must be the crew that planted.", by=other, now=SUNDAY)
    programs.start_all("worker", "worker")

    arrived: list[EmailMessage] = []
    for name, eight in WHO:
        clock.go_to(eight.replace(hour=eight.hour - 1, minute=59))
        await until_planned(getattr(forum, name), eight)
        assert len(mailbox.letters) == len(arrived)  # not a minute before
        clock.go_to(eight.replace(minute=1))
        arrived += await mailbox.arrived(1, to=f"{name}@example.org")
        assert len(mailbox.letters) == len(arrived), name
    await db.disconnect()

    for letter in arrived:
        assert "While you slept" in str(letter["Subject"])
        assert "Sponge verges" in part(letter, "text/plain")
        assert len(letter.as_bytes()) < 30_000
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert str(letter["List-Id"]).endswith(">")


async def test_the_mail_programs_own_button_ends_the_letters(
    programs: Programs, clock: Clock, mailbox: Mailbox
) -> None:
    clock.go_to(SUNDAY)
    db.connect(programs.env["DATABASE_URL"])
    forum = await a_forum()
    async with transaction() as session:
        event = (await session.exec(select(Event))).one()
        event.starts_on, event.ends_on = date(2026, 10, 19), date(2026, 10, 30)
        session.add(event)
    await forum.reply(await forum.thread(by=forum.tamta, now=SUNDAY), "Who mows?", now=SUNDAY)
    programs.start_all("worker", "web")
    clock.go_to(datetime(2026, 10, 26, 4, 1, tzinfo=UTC))
    (letter,) = await mailbox.arrived(1, to="tamta@example.org")
    address = str(letter["List-Unsubscribe"]).strip("<>")
    path = address[address.index("/unsubscribe/") :]
    async with httpx2.AsyncClient() as program:  # as a mail program does it: no session, no page, no token
        answer = await program.post(programs.of("web")[0].url + path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200

    await forum.reply(await forum.thread(by=forum.tamta, now=SUNDAY), "And who pays?", now=SUNDAY)
    await forum.reply(await forum.thread(by=forum.marta, now=SUNDAY), "And who digs?", now=SUNDAY)
    clock.go_to(datetime(2026, 10, 27, 3, 59, tzinfo=UTC))
    await until_planned(forum.marta, datetime(2026, 10, 27, 7, 0, tzinfo=UTC))
    clock.go_to(datetime(2026, 10, 27, 7, 1, tzinfo=UTC))
    await mailbox.arrived(1, to="marta@example.org")
    await db.disconnect()
    assert len(mailbox.to("tamta@example.org")) == 1
