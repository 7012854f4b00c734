"""A thread in which two things are talked about becomes two; what was read is read, every address leads on, and back."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core import search
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Invalid, Missing, Refused
from app.core.files import Checked, use_folder
from app.forum.actions import reading as marks
from app.forum.actions.attaching import add_file, attach
from app.forum.actions.merging import merge_threads
from app.forum.actions.moving import move_thread
from app.forum.actions.splitting import split_thread, undo_split
from app.forum.models import Attachment, Follow, Post, ReadMark, Thread
from app.forum.rules import UNDO, ThreadKind
from app.notices import queries as notices_read
from tests.forum.forum import Forum, a_forum
from tests.support.site import Site


async def split(forum: Forum, thread: Thread, *posts: Post, by: int = 0, key: str = "split-key") -> Thread:
    async with transaction() as session:
        return await split_thread(
            session, thread.id or 0, post_ids=[post.id or 0 for post in posts], moderator_id=by or forum.marta, key=key,
            kind=ThreadKind.QUESTION, title="Hydrangeas", context="From: Sponge verges", lang="en", now=forum.later(),
        )  # fmt: skip


async def undo(forum: Forum, thread: Thread, *, by: int = 0, after: int = 0) -> Thread:
    async with transaction() as session:
        return await undo_split(
            session, thread.id or 0, moderator_id=by or forum.marta, now=forum.later() + after * UNDO
        )


async def read_up_to(forum: Forum, person: int, thread: Thread, position: int) -> None:
    async with transaction() as session:
        await marks.mark_read(session, person_id=person, thread_id=thread.id or 0, position=position, now=forum.later())


async def marks_in(thread: Thread) -> dict[int, int]:
    async with reading() as session:
        query = select(ReadMark.person_id, ReadMark.position).where(ReadMark.thread_id == thread.id)
        return dict((await session.exec(query)).all())


async def placed(thread: Thread) -> list[tuple[int, int | None]]:
    async with reading() as session:
        query = select(Post.position, Post.id).where(Post.thread_id == thread.id).order_by(col(Post.position))
        return list((await session.exec(query)).all())


async def fresh(thread: Thread) -> Thread:
    async with reading() as session:
        return (await session.exec(select(Thread).where(Thread.id == thread.id))).one()


async def test_posts_begin_a_thread_in_their_order_and_go_back_to_where_they_stood(
    database: AsyncEngine, tmp_path: Path
) -> None:
    use_folder(tmp_path)
    forum = await a_forum()
    thread = await forum.thread()
    one, two, three, four = await forum.replies(thread, 4)
    async with transaction() as session:
        checked = Checked("plan.txt", "text/plain", b"Where the verges are")
        await add_file(
            session, checked, thread_id=thread.id or 0, person_id=forum.carlos, key="file-key", now=forum.later()
        )
        await attach(session, four, alts={}, fields={})
    new = await split(forum, thread, four, two)
    again = await split(forum, thread, four, two)
    assert again.id == new.id
    assert await placed(new) == [(1, two.id), (2, four.id)]
    assert await placed(thread) == [(1, one.id), (3, three.id)]
    async with reading() as session:
        assert (await session.exec(select(Attachment.thread_id))).all() == [new.id], "its file went with post four"
    left, new = await fresh(thread), await fresh(new)
    assert (left.posts, left.answers, left.last_position, left.splits) == (2, 2, 4, 1)
    assert (left.last_post_at, left.last_by_id) == (three.created_at, forum.carlos)
    assert (new.posts, new.answers, new.last_position, new.split_from) == (2, 2, 2, thread.id)
    five = await forum.reply(thread, "Goes on here.")
    since = await forum.reply(new, "Goes on there.")
    assert five.position == 5, "a position is never given twice"
    await undo(forum, new)
    await undo(forum, new)
    ids = [one.id, two.id, three.id, four.id, five.id, since.id]
    assert await placed(thread) == list(enumerate(ids, 1))
    left, new = await fresh(thread), await fresh(new)
    assert (left.posts, left.answers, left.splits) == (6, 6, 0)
    assert (new.posts, new.answers, new.merged_into) == (0, 0, thread.id)


async def test_who_has_read_a_post_has_read_it_still(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    posts = await forum.replies(thread, 5)
    await read_up_to(forum, forum.tamta, thread, 3)
    await read_up_to(forum, forum.carlos, thread, 5)
    new = await split(forum, thread, *posts[2:])
    assert await marks_in(new) == {forum.tamta: 1, forum.carlos: 3, forum.marta: 0}
    assert await marks_in(thread) == {forum.tamta: 5, forum.carlos: 5}, "nothing of what is left is new for Tamta"
    async with reading() as session:
        query = select(Follow.person_id).where(Follow.thread_id == new.id)
        assert set((await session.exec(query)).all()) == {forum.tamta, forum.carlos, forum.marta}


async def test_notices_and_search_go_with_the_posts(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    post = await forum.reply(thread, "The hydrangea is blue, @Marta Lindqvist.")
    new = await split(forum, thread, post)
    async with reading() as session:
        (found, *_), _ = await search.find(session, "hydrangea is blue", person_id=forum.tamta)
        assert found.title == "Hydrangeas"
        assert await notices_read.unread_count(session, forum.marta) == 1
    await read_up_to(forum, forum.marta, new, 1)
    async with reading() as session:
        assert await notices_read.unread_count(session, forum.marta) == 0


async def test_only_moderators_split_and_only_what_stands_there(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread, other = await forum.thread(), await forum.thread("Another")
    post, elsewhere = await forum.reply(thread), await forum.reply(other)
    with pytest.raises(Forbidden):
        await split(forum, thread, post, by=forum.tamta)
    with pytest.raises(Invalid):
        await split(forum, thread)
    with pytest.raises(Refused, match="not in this thread"):
        await split(forum, thread, post, elsewhere)
    hidden = await forum.thread("Hidden", space=await forum.group_space(forum.tamta))
    with pytest.raises(Forbidden):
        await split(forum, hidden, await forum.reply(hidden, by=forum.tamta))
    with pytest.raises(Missing):
        await undo(forum, thread)
    assert await placed(thread) == [(1, post.id)]


async def test_it_cannot_be_undone_after_a_day_nor_when_the_threads_went_different_ways(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    posts = await forum.replies(thread, 4)
    late, moved, again = [await split(forum, thread, post, key=f"split-{n}") for n, post in enumerate(posts[:3])]
    with pytest.raises(Refused, match="cannot be taken back"):
        await undo(forum, late, after=1)
    with pytest.raises(Forbidden):
        await undo(forum, late, by=forum.tamta)
    closed = await forum.group_space(forum.tamta, forum.marta)
    async with transaction() as session:
        await move_thread(session, moved.id or 0, space_id=closed.id or 0, moderator_id=forum.marta)
        await merge_threads(session, again.id or 0, into_id=late.id or 0, moderator_id=forum.marta)
    for thread_with in (moved, again):
        with pytest.raises(Refused, match="cannot be taken back"):
            await undo(forum, thread_with)


async def test_a_moderator_splits_by_form_and_readers_find_their_way(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    stays, goes = await forum.reply(thread, "About mowing."), await forum.reply(thread, "About <b>hydrangeas</b>.")
    answer = await forum.reply(thread, "Blue ones?", quote_of=goes.id, quote="hydrangeas")
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    here = f"{forum.url}/threads/{thread.id}"
    page = (await marta.get(f"{here}/split")).text
    assert f'name="post" value="{goes.id}"' in page and "About mowing." in page
    assert (await carlos.get(f"{here}/split")).status_code == 403
    fields = {"key": "a-form-key", "title": "Hydrangeas", "context": "Where?", "kind": "question", "lang": "en"}
    empty = await marta.send_form(f"{here}/split", fields)
    assert empty.status_code == 422 and "Please choose the posts" in empty.text and "Hydrangeas" in empty.text
    sent = await marta.send_form(f"{here}/split", {**fields, "post": [str(goes.id), str(answer.id)]})
    new = sent.headers["location"]
    assert new != here
    left = (await carlos.get(here)).text
    assert "About mowing." in left and "Blue ones?" not in left
    assert f'<a href="/threads/{new.rpartition("/")[2]}"><bdi>Hydrangeas</bdi></a>' in left
    landed = await carlos.get(f"/posts/{answer.id}", follow_redirects=True)
    assert landed.url.path == new and f"/posts/{goes.id}" in landed.text
    assert (await carlos.send_form(f"{new}/split/undo")).status_code == 403
    assert "Put the posts back" in (await marta.get(new)).text
    back = await marta.send_form(f"{new}/split/undo")
    assert back.headers["location"] == here
    landed = await carlos.get(new, follow_redirects=True)
    assert landed.url.path == here and "Blue ones?" in landed.text
    assert stays.position == 1
