"""The letter of the morning says what was brought together, and which question moves others; nothing read, nothing closed to me."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core import audience, mail, signs
from app.core.db import transaction
from app.core.mail import Letter
from app.forum.actions import posts
from app.forum.actions.reading import mark_read
from app.forum.models import Post, Thread
from app.forum.rules import PostKind, ThreadKind
from app.main import register_sources
from app.notices import rules
from tests.events.events import joined, somebody
from tests.forum.forum import Forum, a_forum
from tests.notices.digests import send_digest

MONDAY = date(2026, 10, 26)
EIGHT = rules.morning(MONDAY, "Asia/Tbilisi")


@pytest.fixture(autouse=True)
def house() -> None:
    signs.use_secret("for tests")
    mail.set_house(name="Fortnight", url="https://fortnight.example.org", domain="example.org")
    register_sources(demo=False)


async def digest(forum: Forum, person_id: int) -> Letter | None:
    async with transaction() as session:
        return await send_digest(session, person_id, event_id=forum.event.id or 0, day=MONDAY, now=EIGHT)


async def weave(forum: Forum, thread: Thread, title: str, *, now: datetime) -> Post:
    async with transaction() as session:
        return await posts.reply(
            session, thread_id=thread.id or 0, author_id=forum.marta, key=uuid4().hex, text="Mow late, and once.", lang="en",
            kind=PostKind.WEAVING, title=title, now=now,
        )  # fmt: skip


async def test_a_summary_in_my_thread_stands_in_the_letter_until_i_have_read_it(database: AsyncEngine) -> None:
    forum = await a_forum()
    mine, others, read = [
        await forum.thread(title, by=by)
        for title, by in (("Verges", forum.tamta), ("Cellars", forum.carlos), ("Read", forum.tamta))
    ]
    before = EIGHT - timedelta(hours=3)
    woven = await weave(forum, mine, "What we know about mowing", now=before)
    await weave(forum, others, "What we know about cellars", now=before)
    await weave(forum, read, "What I have read", now=before)
    async with transaction() as session:
        await mark_read(session, person_id=forum.tamta, thread_id=read.id or 0, position=1, now=before)
    letter = await digest(forum, forum.tamta)
    assert letter is not None
    for shown in (letter.text, letter.html):
        assert "What we know about mowing" in shown
        assert f"https://fortnight.example.org/posts/{woven.id}" in shown
        assert "cellars" not in shown
        assert "What I have read" not in shown


async def test_the_question_most_people_answered_is_named_to_those_who_do_not_follow_it(database: AsyncEngine) -> None:
    forum = await a_forum()
    nino, oyuna = await somebody("Nino Beridze"), await somebody("Oyuna Bat")
    for person_id in (nino, oyuna):
        await joined(forum.event, person_id)
    asked = {"by": forum.carlos, "kind": ThreadKind.QUESTION}
    lively = await forum.thread("Who pays for the trees?", **asked)
    quiet = await forum.thread("Who has a ladder?", **asked)
    for thread, people in ((lively, (nino, oyuna)), (quiet, (nino, nino))):
        for person_id in people:
            await forum.reply(thread, "We do.", by=person_id, now=EIGHT - timedelta(hours=4))
    letter, followers = await digest(forum, forum.tamta), await digest(forum, nino)
    assert letter is not None
    assert "Who pays for the trees? (2 people answered)" in letter.text
    assert "ladder" not in letter.text + letter.html
    assert followers is None or "moves people" not in followers.html


async def test_a_question_in_a_closed_group_is_named_to_nobody_outside(database: AsyncEngine) -> None:
    forum = await a_forum()
    nino = await somebody("Nino Beridze")
    await joined(forum.event, nino)
    space = await forum.group_space(forum.carlos, forum.marta, nino)
    thread = await forum.thread("The secret of the cellar?", by=forum.carlos, kind=ThreadKind.QUESTION, space=space)
    for person_id in (forum.marta, nino):
        await forum.reply(thread, "Here.", by=person_id, now=EIGHT - timedelta(hours=4))
    assert await digest(forum, forum.tamta) is None
    async with transaction() as session:
        await audience.admit(session, thread.audience_id, forum.tamta)
    letter = await digest(forum, forum.tamta)
    assert letter is not None
    assert "The secret of the cellar?" in letter.text
