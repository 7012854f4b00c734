"""A private feed: at each reading what its person may read then, and nothing for anybody once it was ended."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from sqlmodel import select

from app.core.audience import dismiss
from app.core.db import reading, transaction
from app.forum.actions.concerns import hide_post
from app.forum.actions.posts import edit_post
from app.notices import actions as notices
from app.notices.actions import Telling
from app.notices.rules import Kind
from app.people.models import Person
from tests.forum.forum import Forum, a_forum
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor

CHANGED = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def forum(site: Site) -> Forum:
    return await a_forum()


def address(page: str) -> str:
    found = re.search(r'value="https?://[^/]+(/feeds/[^"]+\.atom)"', page)
    return found[1] if found else ""


async def new_address(visitor: Visitor) -> str:
    edition = re.search(r'name="edition" value="(\d+)"', (await visitor.get("/notices")).text)
    await visitor.send_form("/notices/feed", {"edition": edition[1] if edition else "0"})
    return address((await visitor.get("/notices")).text)


async def read(site: Site, path: str) -> dict[str, str]:
    """Title → words, as a feed reader gets them: without a cookie."""
    answer = await site.stranger().get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert answer.headers["cache-control"] == "private, no-store"
    entries = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
    assert all(
        (each.findtext(f"{ATOM}updated") or "") >= (each.findtext(f"{ATOM}published") or "-") for each in entries
    )
    return {each.findtext(f"{ATOM}title") or "": each.findtext(f"{ATOM}content") or "" for each in entries}


async def told(forum: Forum, title: str, *, kind: Kind, text: str, audience_id: int = 0) -> None:
    async with transaction() as session:
        await notices.tell(session, Telling(
            event_id=forum.event.id or 0, audience_id=audience_id or forum.event.audience_id, topic=f"{kind}:1", ref=1, place=0,
            by_id=forum.marta, title=title, text=text, lang="en", url=f"/{kind}/1", who={forum.tamta: kind},
        ), now=forum.later())  # fmt: skip


async def test_it_tells_of_my_threads_and_news_and_only_of_what_i_may_read_at_that_moment(
    site: Site, forum: Forum
) -> None:
    verges, others = await forum.thread("Verges", by=forum.tamta), await forum.thread("Not mine", by=forum.carlos)
    post = await forum.reply(verges, "Who **mows**?", by=forum.carlos)
    await forum.reply(others, "Whose is it?", by=forum.marta)
    group = await forum.group_space(forum.carlos, forum.tamta)
    cellar = await forum.thread("The cellar", by=forum.tamta, space=group)
    await forum.reply(cellar, "Under the stairs.", by=forum.carlos)
    await told(forum, "Buses leave at nine", kind=Kind.ANNOUNCED, text="Be <early>.")
    await told(forum, "The step in the room", kind=Kind.STEP, text="")
    path = await new_address(await site.as_person(forum.tamta))
    found = await read(site, path)
    assert found.keys() == {"Verges", "The cellar", "Buses leave at nine", "The step in the room"}
    assert "<strong>mows</strong>" in found["Verges"] and "Under the stairs" in found["The cellar"]
    assert (found["Buses leave at nine"], found["The step in the room"]) == ("Be &lt;early&gt;.", "")
    async with transaction() as session:
        await edit_post(session, post.id or 0, editor_id=forum.carlos, text="Who rakes?", lang="en", now=CHANGED)
    again = (await site.stranger().get(path)).text
    assert "Who rakes?" in again and again.count("<updated>2031-05-06T07:08:09Z</updated>") == 2, (
        "the feed and the post"
    )
    async with transaction() as session:
        await hide_post(session, post.id or 0, moderator_id=forum.marta, reason="No", now=forum.later())
        await dismiss(session, group.audience_id, forum.tamta)
    assert (await read(site, path)).keys() == {"Buses leave at nine", "The step in the room"}
    async with transaction() as session:
        await dismiss(session, forum.event.audience_id, forum.tamta)
    assert await read(site, path) == {}


@ONE_DATABASE
async def test_an_address_that_was_replaced_or_ended_or_whose_person_has_left_is_dead(site: Site, forum: Forum) -> None:
    tamta = await site.as_person(forum.tamta)
    first = await new_address(tamta)
    await tamta.send_form("/notices/feed", {"edition": "0"})  # the form that was sent twice
    assert address((await tamta.get("/notices")).text) == first
    second = await new_address(tamta)
    assert second != first and await read(site, second) == {}
    assert (await site.stranger().get(first)).status_code == 404
    await tamta.send_form("/notices/feed/end", {})
    assert (await site.stranger().get(second)).status_code == 404
    assert address((await tamta.get("/notices")).text) == ""
    third = await new_address(tamta)
    assert third not in {first, second}
    assert (await site.stranger().get(third[:-6] + "x.atom")).status_code == 404
    async with transaction() as session:
        person = (await session.exec(select(Person).where(Person.id == forum.tamta))).one()
        person.left_at = forum.later()
        session.add(person)
    assert (await site.stranger().get(third)).status_code == 404
    async with reading() as session:
        assert (await session.exec(select(Person.left_at).where(Person.id == forum.tamta))).one() is not None
