"""What somebody says about a thread goes before its space, and that before the event; in notices, letters and the digest."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.db import reading, transaction
from app.forum.actions.reading import choose_space_level, choose_thread_level
from app.forum.models import Thread
from app.forum.queries.hearing import level_of_space
from app.forum.rules import ThreadKind
from app.notices.rules import Kind, Level, nearest, wants_letter
from tests.events.events import joined, somebody
from tests.forum.forum import Forum, a_forum
from tests.notices.test_digest_of_threads import EIGHT, digest, house, weave
from tests.notices.test_letters import level, tell, why
from tests.support.site import Site

__all__ = ["house"]


async def of_space(forum: Forum, person_id: int, chosen: Level | None) -> None:
    async with transaction() as session:
        await choose_space_level(session, person_id=person_id, space_id=forum.space.id or 0, level=chosen)


async def of_thread(person_id: int, thread: Thread, chosen: Level) -> None:
    async with transaction() as session:
        await choose_thread_level(session, person_id=person_id, thread_id=thread.id or 0, level=chosen, now=EIGHT)


@pytest.mark.parametrize(
    ("thread", "space", "event", "leaves"),
    [
        ("", "", Level.DAILY, False), ("", "", Level.EVERY, True), ("", "every", Level.DAILY, True),
        ("", "every", Level.NOTHING, True), ("daily", "every", Level.EVERY, False), ("every", "nothing", Level.NOTHING, True),
        ("", "nothing", Level.EVERY, False),
    ],
)  # fmt: skip
def test_the_nearest_word_decides_about_a_letter(thread: str, space: str, event: Level, leaves: bool) -> None:
    assert wants_letter(Kind.REPLY, event, nearest(thread, space)) is leaves


async def test_who_wants_everything_of_a_space_hears_of_new_threads_and_of_every_post(database: AsyncEngine) -> None:
    forum = await a_forum()
    await of_space(forum, forum.carlos, Level.EVERY)
    thread = await forum.thread("Sponge verges", by=forum.tamta)
    await forum.reply(thread, "Who mows?", by=forum.marta)
    assert await why(forum.carlos) == [Kind.POST, Kind.THREAD]
    assert {letter.person_id for letter in await tell(EIGHT)} == {forum.carlos}
    await of_thread(forum.carlos, thread, Level.NOTHING)
    await forum.reply(thread, "We do.", by=forum.marta)
    assert await why(forum.carlos) == [Kind.POST, Kind.THREAD]


async def test_who_wants_nothing_of_a_space_hears_only_where_they_are_meant(database: AsyncEngine) -> None:
    forum = await a_forum()
    await level(forum.tamta, forum.event, Level.EVERY)
    await of_space(forum, forum.tamta, Level.NOTHING)
    thread = await forum.thread("Sponge verges", by=forum.tamta)
    await forum.reply(thread, "Who mows?", by=forum.carlos)
    assert await why(forum.tamta) == []
    await forum.reply(thread, "You, @Tamta Gelovani?", by=forum.carlos)
    assert await why(forum.tamta) == [Kind.MENTION]
    assert await tell(EIGHT) == []
    await of_space(forum, forum.tamta, None)
    await forum.reply(thread, "Anybody?", by=forum.carlos)
    assert await why(forum.tamta) == [Kind.REPLY, Kind.MENTION]


async def test_the_letter_of_the_morning_holds_to_it(database: AsyncEngine) -> None:
    """Nino wants nothing of the space but the one thread, Oyuna all of it by the morning, Tamta said nothing."""
    forum = await a_forum()
    nino, oyuna = await somebody("Nino Beridze", zone="Asia/Tbilisi"), await somebody("Oyuna Bat", zone="Asia/Tbilisi")
    for person_id in (nino, oyuna):
        await joined(forum.event, person_id)
    before = EIGHT - timedelta(hours=3)
    verges = await forum.thread("Verges", by=forum.carlos, now=before)
    ladder = await forum.thread("Who has a ladder?", by=forum.carlos, kind=ThreadKind.QUESTION, now=before)
    await weave(forum, verges, "What we know about mowing", now=before)
    await of_space(forum, nino, Level.NOTHING)
    await of_space(forum, oyuna, Level.DAILY)
    said = {person_id: await text_of(forum, person_id) for person_id in (forum.tamta, nino, oyuna)}
    assert ("Verges" in said[forum.tamta], "ladder" in said[forum.tamta]) == (False, True)
    assert said[nino] == ""
    assert all(words in said[oyuna] for words in ("Verges", "What we know about mowing", "ladder"))
    await of_thread(nino, ladder, Level.DAILY)
    assert "ladder" in await text_of(forum, nino)
    assert "mowing" not in await text_of(forum, nino)


async def text_of(forum: Forum, person_id: int) -> str:
    letter = await digest(forum, person_id)
    return letter.text if letter is not None else ""


async def test_it_is_chosen_without_scripts_and_can_be_looked_up(site: Site) -> None:
    forum = await a_forum()
    closed = await forum.group_space(forum.carlos, forum.marta)
    tamta = await site.as_person(forum.tamta)
    space = f"{forum.url}/forum/{forum.space.id}"
    assert "Letters: as about the event" in (await tamta.get(space)).text
    assert (await tamta.send_form(f"{space}/hearing", {"level": "daily"})).headers["location"] == space
    assert "Following: in the morning" in (await tamta.get(space)).text
    assert "You hear about this space in the letter of the morning." in (await tamta.get("/notices")).text
    assert (await tamta.send_form(f"{space}/hearing", {"level": ""})).status_code == 303
    assert "Letters: as about the event" in (await tamta.get(space)).text
    assert (await tamta.send_form(f"{forum.url}/forum/{closed.id}/hearing", {"level": "every"})).status_code == 404
    async with reading() as session:
        assert await level_of_space(session, closed.id or 0, forum.tamta) == ""
