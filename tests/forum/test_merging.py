"""Two threads become one: no post is lost, every address leads there, readers' rights are those of the thread that stays."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core import audience, search
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Invalid, Missing, Refused
from app.core.files import Checked, use_folder
from app.forum import rules
from app.forum.actions import posts, threads
from app.forum.actions.attaching import add_file
from app.forum.actions.merging import merge_threads
from app.forum.actions.moving import move_thread
from app.forum.actions.reading import mark_read
from app.forum.models import Follow, Post, Thread
from app.forum.rules import ThreadKind
from app.notices import queries as notices_read
from tests.forum.forum import NOON, Forum, a_forum
from tests.support.site import Site


async def merged(forum: Forum, thread: Thread, into: Thread, *, by: int = 0) -> None:
    async with transaction() as session:
        await merge_threads(session, thread.id or 0, into_id=into.id or 0, moderator_id=by or forum.marta)


async def fresh(thread: Thread) -> Thread:
    async with reading() as session:
        return (await session.exec(select(Thread).where(Thread.id == thread.id))).one()


async def found(person: int, words: str) -> list[str]:
    async with reading() as session:
        return sorted(each.url for each in (await search.find(session, words, person_id=person))[0])


@pytest.mark.parametrize(
    ("address", "thread"),
    [
        ("17", 17), (" 17 ", 17), ("/threads/17", 17), ("https://x.example/events/rain/threads/17?page=2#post-4", 17),
        ("", None), ("/posts/17", None), ("seventeen", None), ("99999999999", None),
    ],
)  # fmt: skip
def test_a_thread_is_named_by_number_or_address(address: str, thread: int | None) -> None:
    assert rules.thread_named(address) == thread


async def test_posts_go_to_the_end_in_their_order_and_counts_are_right(database: AsyncEngine) -> None:
    forum = await a_forum()
    into, thread = await forum.thread("Mowing"), await forum.thread("Who mows?", by=forum.carlos, context="Who?")
    there = await forum.replies(into, 2)
    first = await forum.reply(thread, "The neighbours.", by=forum.tamta)
    gone = await forum.reply(thread, "Oops.", by=forum.marta)
    async with transaction() as session:
        await posts.delete_post(session, gone.id or 0, person_id=forum.marta, now=forum.later())
    await merged(forum, thread, into)
    await merged(forum, thread, into)
    async with reading() as session:
        rows = (await session.exec(select(Post).order_by(col(Post.position)))).all()
    assert [(row.position, row.thread_id) for row in rows] == [(n, into.id) for n in range(1, 6)]
    assert [row.id for row in rows[:2]] == [post.id for post in there]
    assert (rows[2].text, rows[2].author_id) == ("**Who mows?**\n\nWho?", forum.carlos)
    assert [row.id for row in rows[3:]] == [first.id, gone.id]
    stays = await fresh(into)
    assert (stays.last_position, stays.posts, stays.answers) == (5, 4, 3), (
        "the post taken away and Tamta's own count not"
    )
    assert stays.last_by_id == forum.tamta
    left = await fresh(thread)
    assert (left.merged_into, left.posts, left.locked) == (into.id, 0, True)


async def test_who_may_not_read_the_thread_that_stays_loses_everything(database: AsyncEngine) -> None:
    forum = await a_forum()
    closed = await forum.group_space(forum.tamta, forum.marta)
    into = await forum.thread("Cellars", space=closed)
    thread = await forum.thread("The hydrangea", by=forum.carlos)
    post = await forum.reply(thread, "The hydrangea is blue, @Carlos Zeledón.", by=forum.tamta)
    assert await found(forum.carlos, "hydrangea") == [f"/posts/{post.id}", f"/threads/{thread.id}"]
    await merged(forum, thread, into)
    assert await found(forum.carlos, "hydrangea") == []
    assert len(await found(forum.tamta, "hydrangea")) == 2, "the post, and what stood above the thread as a post"
    async with reading() as session:
        assert (await notices_read.notices_of(session, forum.carlos))[0] == []
        followers = set((await session.exec(select(Follow.person_id).where(Follow.thread_id == into.id))).all())
    assert followers == {forum.tamta}


async def test_only_who_moderates_both_merges_and_only_what_can_be(database: AsyncEngine) -> None:
    forum = await a_forum()
    one, two, three = [await forum.thread(title) for title in ("One", "Two", "Three")]
    with pytest.raises(Forbidden):
        await merged(forum, one, two, by=forum.tamta)
    hidden = await forum.thread("Hidden", space=await forum.group_space(forum.tamta))
    with pytest.raises(Forbidden):
        await merged(forum, one, hidden)
    with pytest.raises(Invalid):
        await merged(forum, one, one)
    async with transaction() as session:
        everybody = await audience.create(session, name="everybody", public=True)
        await audience.admit(session, everybody, forum.tamta, forum.marta)
        public = await threads.open_space(
            session, event_id=forum.event.id or 0, audience_id=everybody, title="Library", key="public-space", now=NOON
        )
    with pytest.raises(Refused, match="stays public"):
        await merged(forum, await forum.thread("Public", space=public), one)
    await merged(forum, one, two)
    for thread, into in ((one, three), (three, one)):
        with pytest.raises(Refused, match="part of another one"):
            await merged(forum, thread, into)
    with pytest.raises(Missing):
        async with transaction() as session:
            await threads.look_after(session, one.id or 0, moderator_id=forum.marta, locked=False)


async def test_addresses_lead_on_after_a_second_merge_and_a_move(site: Site) -> None:
    forum = await a_forum()
    one, two, three = [await forum.thread(title, kind=ThreadKind.QUESTION) for title in ("One", "Two", "Three")]
    post = await forum.reply(one, "In one.")
    await merged(forum, one, two)
    await merged(forum, two, three)
    closed = await forum.group_space(forum.tamta, forum.marta)
    async with transaction() as session:
        await move_thread(session, three.id or 0, space_id=closed.id or 0, moderator_id=forum.marta)
    tamta, carlos = await site.as_person(forum.tamta), await site.as_person(forum.carlos)
    for address in (f"/threads/{one.id}", f"{forum.url}/threads/{two.id}", f"/posts/{post.id}"):
        page = await tamta.get(address, follow_redirects=True)
        assert page.url.path == f"{forum.url}/threads/{three.id}"
        assert f'id="post-{post.id}"' in page.text
        assert (await carlos.get(address, follow_redirects=True)).status_code == 404
    lists = (await tamta.get(f"{forum.url}/forum/{forum.space.id}")).text + (
        await tamta.get(f"{forum.url}/forum/{closed.id}")
    ).text
    assert [title for title in ("One", "Two", "Three") if f">{title}</a>" in lists] == ["Three"]


async def test_a_moderator_merges_by_form_and_a_reply_from_an_old_page_arrives(site: Site) -> None:
    forum = await a_forum()
    into, thread = await forum.thread("Mowing"), await forum.thread("Who mows?")
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    here = f"{forum.url}/threads/{thread.id}"
    assert "Mowing" in (await marta.get(f"{here}/merge")).text
    assert (await carlos.get(f"{here}/merge")).status_code == 403
    assert (await marta.send_form(f"{here}/merge", {"address": "the other one"})).status_code == 422
    answer = await marta.send_form(f"{here}/merge", {"address": f"{forum.url}/threads/{into.id}"})
    assert answer.headers["location"] == f"{forum.url}/threads/{into.id}"
    sent = await carlos.send_form(f"{here}/posts", {"key": "from-an-old-page", "lang": "en", "text": "The neighbours."})
    landed = await carlos.get(sent.headers["location"])
    assert landed.url.path == f"{forum.url}/threads/{into.id}"
    assert "The neighbours." in landed.text


async def test_reading_the_thread_that_stays_settles_notices_of_the_other(database: AsyncEngine) -> None:
    forum = await a_forum()
    into, thread = await forum.thread("Mowing"), await forum.thread("Who mows?", by=forum.carlos)
    await forum.reply(thread, "Look, @Marta Lindqvist", by=forum.tamta)
    await merged(forum, thread, into)
    async with reading() as session:
        assert await notices_read.unread_count(session, forum.marta) == 1
    async with transaction() as session:
        await mark_read(session, person_id=forum.marta, thread_id=into.id or 0, position=2, now=forum.later())
    async with reading() as session:
        assert await notices_read.unread_count(session, forum.marta) == 0


async def test_a_file_from_an_old_page_goes_along_with_its_reply(database: AsyncEngine, tmp_path: Path) -> None:
    use_folder(tmp_path)
    forum = await a_forum()
    into, thread = await forum.thread("Mowing"), await forum.thread("Who mows?")
    await merged(forum, thread, into)
    async with transaction() as session:
        checked = Checked("plan.txt", "text/plain", b"Where the verges are")
        await add_file(
            session, checked, thread_id=thread.id or 0, person_id=forum.carlos, key="old-page", now=forum.later()
        )
        post = await posts.reply(
            session, thread_id=thread.id or 0, author_id=forum.carlos, key="old-reply", text="See the plan.", lang="en",
            now=forum.later(), files=posts.Files(),
        )  # fmt: skip
    assert (post.thread_id, post.files) == (into.id, 1)
