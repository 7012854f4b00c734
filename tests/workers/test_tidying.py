"""What nobody needs any more goes, what somebody may ask for stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from app.core.db import reading, transaction
from app.core.jobs import Job, JobState, TidyUp
from app.core.mail import Letter, LetterState
from app.people import actions
from app.people.models import MailLink, SignIn
from tests.events.events import somebody
from tests.workers.test_mail import a_letter
from workers import tidying
from workers.registry import Turn

pytestmark = pytest.mark.usefixtures("database")

NIGHT = datetime(2026, 6, 12, 3, 10, tzinfo=UTC)
TURN = Turn(now=NIGHT, attempt=1, last=False)


def ago(days: int) -> datetime:
    return NIGHT - timedelta(days=days)


async def test_work_that_is_over_goes_and_work_that_waits_stays_however_old() -> None:
    rows = [
        ("done long ago", JobState.DONE, 40), ("done lately", JobState.DONE, 20), ("failed lately", JobState.FAILED, 40),
        ("failed long ago", JobState.FAILED, 200), ("waits", JobState.WAITING, 400), ("runs", JobState.RUNNING, 400),
    ]  # fmt: skip
    async with transaction() as session:
        for key, state, days in rows:
            done_at = ago(days) if state == JobState.DONE else None
            session.add(Job(name="x", key=key, run_at=ago(days), state=state, done_at=done_at))
    await tidying.tidy_up(TidyUp(), turn=TURN)
    async with reading() as session:
        left = set((await session.exec(select(Job.key).where(col(Job.name) == "x"))).all())
    assert left == {"done lately", "failed lately", "waits", "runs"}


async def test_ended_sessions_and_links_go() -> None:
    person_id = await somebody()
    async with transaction() as session:
        for days in (100, 10):  # a session lasts thirty days: the first ended seventy days ago, the second lasts
            await actions.sign_in(session, person_id=person_id, device=f"{days}", now=ago(days))
            await actions.mail_link(
                session, person_id=person_id, purpose="sign_in", goes_to=f"/{days}", expires_at=ago(days)
            )
    await tidying.tidy_up(TidyUp(), turn=TURN)
    async with reading() as session:
        assert (await session.exec(select(SignIn.device))).all() == ["10"]
        assert (await session.exec(select(MailLink.goes_to))).all() == ["/10"]


async def test_old_letters_are_remembered_without_what_they_said() -> None:
    async with transaction() as session:
        for key, state, days in (
            ("old", LetterState.SENT, 200),
            ("new", LetterState.SENT, 100),
            ("stuck", "waiting", 200),
        ):
            sent_at = ago(days) if state == LetterState.SENT else None
            session.add(a_letter(key, state=state, written_at=ago(days), sent_at=sent_at))
    await tidying.tidy_up(TidyUp(), turn=TURN)
    async with reading() as session:
        letters = {letter.key: letter for letter in (await session.exec(select(Letter))).all()}
    assert (letters["old"].text, letters["old"].html, letters["old"].attachments) == ("", "", [])
    assert letters["old"].subject and letters["old"].address and letters["old"].sent_at
    assert all(letters[key].text and letters[key].attachments for key in ("new", "stuck"))


async def test_the_next_night_is_arranged_once_however_often_one_asks() -> None:
    async with transaction() as session:
        await tidying.begin(session, now=NIGHT - timedelta(hours=20))
        await tidying.begin(session, now=NIGHT - timedelta(hours=1))
    for _ in range(2):
        await tidying.tidy_up(TidyUp(), turn=TURN)
    async with reading() as session:
        nights = (await session.exec(select(Job.run_at).where(Job.name == TidyUp.name).order_by(col(Job.run_at)))).all()
    assert nights == [NIGHT, NIGHT + timedelta(days=1)]
