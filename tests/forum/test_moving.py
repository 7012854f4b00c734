"""A thread moves: addresses stay, readers change at once, everywhere."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core import audience, live, search
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Missing, Refused
from app.forum.actions import threads
from app.forum.actions.moving import move_thread
from app.forum.actions.thanks import thank
from app.forum.models import Space, Thread
from app.forum.queries import reading as queries
from app.notices import queries as notices_read
from tests.events.events import an_event, joined
from tests.forum.forum import NOON, Forum, a_forum
from tests.support.site import Site


async def moved(forum: Forum, thread: Thread, space: Space, *, by: int = 0) -> None:
    async with transaction() as session:
        await move_thread(session, thread.id or 0, space_id=space.id or 0, moderator_id=by or forum.marta)


async def found(person_id: int, words: str = "hydrangea") -> int:
    async with reading() as session:
        return len((await search.find(session, words, person_id=person_id))[0])


async def heard(person_id: int) -> int:
    async with reading() as session:
        return len((await notices_read.notices_of(session, person_id))[0])


async def test_whoever_may_not_read_the_new_space_loses_the_thread_everywhere(database: AsyncEngine) -> None:
    forum = await a_forum()
    closed = await forum.group_space(forum.tamta, forum.marta)
    thread = await forum.thread("The hydrangea", by=forum.carlos)
    post = await forum.reply(thread, "The hydrangea is blue, @Carlos Zeledón.", by=forum.carlos)
    await forum.reply(thread, "Indeed.", by=forum.tamta)
    async with transaction() as session:
        await thank(session, post.id or 0, person_id=forum.tamta, reason="blue", now=forum.later())
    assert (await found(forum.carlos), await heard(forum.carlos)) == (3, 2)
    async with transaction() as session:
        await move_thread(session, thread.id or 0, space_id=closed.id or 0, moderator_id=forum.marta)
        news = list(live.taken_from(session).topics)
    assert news.index(f"standing:{forum.carlos}") < news.index(f"thread:{thread.id}"), "who leaves hears nothing more"
    assert f"standing:{forum.tamta}" not in news
    assert (await found(forum.carlos), await heard(forum.carlos)) == (0, 0)
    assert await found(forum.tamta) == 3
    async with reading() as session:
        assert await queries.version_for(session, thread.id or 0, person_id=forum.carlos) is None
        assert await queries.version_for(session, thread.id or 0, person_id=forum.tamta) is not None
    await moved(forum, thread, forum.space)
    assert (await found(forum.carlos), await heard(forum.carlos)) == (3, 2)


async def test_only_who_moderates_in_both_spaces_moves_and_only_inside_the_event(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    with pytest.raises(Forbidden):
        await moved(forum, thread, await forum.group_space(forum.tamta))
    with pytest.raises(Forbidden):
        await moved(forum, thread, await forum.group_space(forum.tamta, forum.marta), by=forum.tamta)
    other = await an_event("Another event")
    await joined(other, forum.marta, "moderator")
    async with transaction() as session:
        there = await threads.open_space(
            session, event_id=other.id or 0, audience_id=other.audience_id, title="There", key="space-there", now=NOON
        )
    with pytest.raises(Missing):
        await moved(forum, thread, there)


async def test_what_was_public_stays_public(database: AsyncEngine) -> None:
    forum = await a_forum()
    async with transaction() as session:
        everybody = await audience.create(session, name="everybody", public=True)
        await audience.admit(session, everybody, forum.tamta, forum.marta)
        public = await threads.open_space(
            session, event_id=forum.event.id or 0, audience_id=everybody, title="Library", key="public-space", now=NOON
        )
    thread = await forum.thread(space=public)
    with pytest.raises(Refused, match="stays public"):
        await moved(forum, thread, forum.space)


async def test_a_thread_is_moved_by_a_form_and_its_permalinks_still_land(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    written = await forum.replies(thread, 21)
    async with transaction() as session:
        other = await threads.open_space(
            session, event_id=forum.event.id or 0, audience_id=forum.event.audience_id, title="Money", key="space-money",
            now=NOON,
        )  # fmt: skip
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    here = f"{forum.url}/threads/{thread.id}"
    assert "Money" in (await marta.get(f"{here}/move")).text
    assert (await carlos.get(f"{here}/move")).status_code == 403
    assert (await marta.send_form(f"{here}/move", {"space": ""})).status_code == 422
    for _ in range(2):
        assert (await marta.send_form(f"{here}/move", {"space": str(other.id)})).status_code == 303
    assert "Sponge verges" in (await carlos.get(f"{forum.url}/forum/{other.id}")).text
    assert "Sponge verges" not in (await carlos.get(f"{forum.url}/forum/{forum.space.id}")).text
    landed = await carlos.get(f"/posts/{written[20].id}", follow_redirects=True)
    assert f'id="post-{written[20].id}"' in landed.text
