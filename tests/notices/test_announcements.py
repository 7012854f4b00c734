"""Announcements wait in an outbox: each language's letter is seen before, nothing leaves before the release, nothing twice."""

import re

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core.db import reading, transaction
from app.core.errors import Forbidden, Refused
from app.notices import actions_announcing as actions
from app.notices.models import Announcement
from app.notices.rules import Level
from app.notices.rules_announcing import State, Version, Whom, check_release, check_withdraw
from app.people.models import Person
from tests.events.events import joined, somebody
from tests.forum.forum import NOON, Forum, a_forum
from tests.notices.test_digest_of_threads import EIGHT, house
from tests.notices.test_letters import level, tell, why
from tests.support.site import Site

__all__ = ["house"]
TEXT = "The room of day 6 opens **an hour later**: [plan](https://example.org/plan)."


def test_who_may_let_go_and_who_may_withdraw() -> None:
    assert check_release(State.WAITING, {"manager"})
    assert not check_release(State.RELEASED, {"lead_moderator"}), "a second click is nothing"
    with pytest.raises(Forbidden):
        check_release(State.WAITING, {"moderator"})
    with pytest.raises(Refused):
        check_release(State.WITHDRAWN, {"manager"})
    assert check_withdraw(State.WAITING, {"moderator"}, own=True)
    with pytest.raises(Forbidden):
        check_withdraw(State.WAITING, {"moderator"}, own=False)
    with pytest.raises(Refused):
        check_withdraw(State.RELEASED, {"manager"}, own=True)


async def written(forum: Forum, *, whom: Whom = Whom.ALL, key: str = "an-announcement") -> Announcement:
    async with transaction() as session:
        return await actions.write_announcement(
            session, event_id=forum.event.id or 0, by_id=forum.marta, key=key, whom=whom, title="An hour later", text=TEXT,
            lang="en", now=NOON,
        )  # fmt: skip


async def released(forum: Forum, row: Announcement) -> None:
    async with transaction() as session:
        await actions.release(
            session, row.id or 0, event_id=forum.event.id or 0, by_id=forum.marta, roles={"lead_moderator"}, now=NOON
        )


async def speaks(person_id: int, lang: str) -> None:
    async with transaction() as session:
        person = await session.get(Person, person_id)
        assert person is not None
        person.lang = lang
        session.add(person)


async def test_nothing_leaves_before_the_release_and_each_reads_their_language_once(database: AsyncEngine) -> None:
    forum = await a_forum()
    nino = await somebody("Nino Beridze")
    await joined(forum.event, nino)
    await speaks(forum.carlos, "de")
    await level(nino, forum.event, Level.NOTHING)
    row = await written(forum)
    assert (await written(forum)).id == row.id, "the same key is the same announcement"
    german = Version("de", "Eine Stunde später", "Der Raum öffnet **später**.")
    async with transaction() as session:
        await actions.change_version(session, row.id or 0, event_id=forum.event.id or 0, version=german)
    assert (await why(forum.carlos), await tell(EIGHT)) == ([], [])
    for _ in range(2):
        await released(forum, row)
    assert [len(await why(person_id)) for person_id in (forum.carlos, forum.tamta, nino, forum.marta)] == [1, 1, 1, 0]
    letters = {letter.person_id: letter for letter in await tell(EIGHT)}
    assert letters.keys() == {forum.carlos, forum.tamta}, "whoever wants no letters finds it on the page"
    assert letters[forum.carlos].subject == "Eine Stunde später (Rain in the Street)"
    assert "Der Raum öffnet **später**." in letters[forum.carlos].text
    assert "<strong>an hour later</strong>" in letters[forum.tamta].html
    assert "List-Unsubscribe-Post" in letters[forum.tamta].headers
    with pytest.raises(Refused):
        async with transaction() as session:
            await actions.change_version(session, row.id or 0, event_id=forum.event.id or 0, version=german)


async def test_whoever_has_read_it_on_the_page_gets_no_letter(site: Site) -> None:
    forum = await a_forum()
    row = await written(forum)
    tamta = await site.as_person(forum.tamta)
    address = f"{forum.url}/announcements/{row.id}"
    assert (await tamta.get(address)).status_code == 404, "it waits"
    assert "An hour later" not in (await tamta.get(f"{forum.url}/announcements")).text
    await released(forum, row)
    assert "An hour later" in (await tamta.get(f"{forum.url}/today")).text
    assert "<strong>an hour later</strong>" in (await tamta.get(address)).text
    assert [letter.person_id for letter in await tell(EIGHT)] == [forum.carlos]


async def test_the_team_is_told_alone(site: Site) -> None:
    forum = await a_forum()
    ana = await somebody("Ana Kiel")
    await joined(forum.event, ana, "assistant")
    row = await written(forum, whom=Whom.STAFF)
    await released(forum, row)
    assert (await why(forum.tamta), len(await why(ana))) == ([], 1)
    tamta = await site.as_person(forum.tamta)
    assert (await tamta.get(f"{forum.url}/announcements/{row.id}")).status_code == 404
    assert "An hour later" not in (await tamta.get(f"{forum.url}/announcements")).text
    assert "An hour later" in (await (await site.as_person(ana)).get(f"{forum.url}/announcements")).text


async def test_the_moderator_sees_each_letter_before_it_leaves(site: Site) -> None:
    forum = await a_forum()
    await speaks(forum.carlos, "de")
    marta, tamta = await site.as_person(forum.marta), await site.as_person(forum.tamta)
    base = f"{forum.url}/announcements"
    form = {"key": "from-the-form", "whom": "all", "lang": "en", "title": "An hour later", "text": TEXT}
    assert (await tamta.send_form(base, form)).status_code == 403
    address = (await marta.send_form(base, form)).headers["location"]
    await marta.send_form(f"{address}/words", {"lang": "de", "title": "Eine Stunde später", "text": "Später."})
    page = (await marta.get(address)).text
    assert "Eine Stunde später (Rain in the Street)" in page
    assert "Hallo Marta" in page, "the German letter, as a German reader gets it"
    assert "An hour later (Rain in the Street)" in page
    late = {"lang": "de", "title": "Zu spät", "text": "Mein Text.", "seen": "what stood there"}
    both = await marta.send_form(f"{address}/words", late)
    assert both.status_code == 409 and "What it says now" in both.text and "Später." in both.text
    assert both.text.count("Mein Text.") == 1, "in the field of its language alone"
    seals = re.findall(r'value="de"><input type="hidden" name="seen" value="(\w+)"', both.text)
    assert (await marta.send_form(f"{address}/words", {**late, "seen": seals[0]})).status_code == 303
    assert (await tamta.send_form(f"{address}/release")).status_code == 403
    assert (await marta.send_form(f"{address}/withdraw")).status_code == 303
    assert (await marta.send_form(f"{address}/release")).status_code == 409
    async with reading() as session:
        row = await session.get(Announcement, int(address.rsplit("/", 1)[1]))
    assert row is not None
    assert row.state == State.WITHDRAWN
    assert await tell(EIGHT) == []
