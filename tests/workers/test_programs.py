"""The worker as a program, alone and beside the pages."""

import signal

from app.core import db
from app.core.mail import LetterState
from tests.support.mailbox import Mailbox
from tests.support.programs import Programs
from tests.workers.test_mail import post_letter, until_letter


async def test_two_worker_programs_send_every_letter_once_and_stop_cleanly(
    programs: Programs, mailbox: Mailbox
) -> None:
    programs.start_all("worker", "worker")
    db.connect(programs.env["DATABASE_URL"])
    for number in range(20):
        await post_letter(f"n{number}")
    await mailbox.arrived(20)
    for number in range(20):
        await until_letter(LetterState.SENT, f"n{number}")
    await db.disconnect()
    assert len({str(letter["To"]) for letter in mailbox.letters}) == len(mailbox.letters) == 20
    for worker in programs.of("worker"):
        assert worker.stop(signal.SIGTERM) == 0
        assert "Traceback" not in worker.said


async def test_letters_leave_from_the_one_process_too(alone: Programs, mailbox: Mailbox) -> None:
    program = alone.start("run")
    db.connect(f"sqlite+aiosqlite:///{alone.env['DATA']}/fortnight.db")
    await post_letter()
    assert len(await mailbox.arrived(1)) == 1
    await until_letter(LetterState.SENT)
    await db.disconnect()
    assert program.stop() == 0
    assert "Traceback" not in program.said
