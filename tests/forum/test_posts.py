"""Writing: a retry is one post, edits keep what was there, what is taken away can come back."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core import audience, live, search
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Refused
from app.forum.actions import posts, threads
from app.forum.actions.reading import mark_read
from app.forum.models import Post, PostEdit, ReadMark, Thread
from app.forum.queries import posts as posts_read
from app.forum.queries import reading as queries
from app.forum.rules import PostKind
from app.notices.models import Notice
from app.notices.rules import Kind
from tests.forum.forum import NOON, a_forum
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site


async def test_the_same_key_twice_is_one_post_and_the_same_answer(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    first = await forum.reply(thread, "Once.", key="the-same-key-1")
    again = await forum.reply(thread, "Once.", key="the-same-key-1")
    assert again.id == first.id
    async with reading() as session:
        assert len((await session.exec(select(Post))).all()) == 1
        assert (await session.exec(select(Thread.last_position))).one() == 1


async def test_two_retries_at_the_same_moment_are_one_post(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    both = await asyncio.gather(*(forum.reply(thread, "Once.", key="the-same-key-2") for _ in range(4)))
    assert len({post.id for post in both}) == 1


async def test_posts_written_at_the_same_moment_get_one_place_each(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    written = await asyncio.gather(*(forum.reply(thread, f"Nr {n}") for n in range(8)))
    assert sorted(post.position for post in written) == list(range(1, 9))
    async with reading() as session:
        stored = (await session.exec(select(Thread))).one()
        assert (stored.last_position, stored.posts, stored.answers) == (8, 8, 8)
        assert stored.version == 9


async def test_a_key_of_somebody_else_gives_nothing_away(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    await forum.reply(thread, "Mine.", key="key-of-carlos")
    with pytest.raises(Refused, match="used before"):
        await forum.reply(thread, "Other.", by=forum.marta, key="key-of-carlos")


async def test_what_changed_after_a_version_is_exactly_that(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    first, second, third = await forum.replies(thread, 3)
    async with transaction() as session:
        await posts.edit_post(
            session, first.id or 0, editor_id=forum.carlos, text="Better.", lang="en", now=forum.later()
        )
    async with reading() as session:
        changed, more = await posts_read.posts_changed(session, thread.id or 0, after=third.version)
        assert not more
        assert [(post.id, "Better" in post.html) for post in changed] == [(first.id, True)]
        both, _ = await posts_read.posts_changed(session, thread.id or 0, after=second.version)
        assert [post.id for post in both] == [first.id, third.id]
        assert await posts_read.posts_changed(session, thread.id or 0, after=changed[0].version) == ([], False)


async def test_after_a_long_absence_nothing_is_left_out_in_between(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    written = await forum.replies(thread, 7)
    async with reading() as session:
        found, more = await posts_read.posts_changed(session, thread.id or 0, after=thread.version, limit=3)
    assert ([post.id for post in found], more) == ([post.id for post in written[:3]], True)


async def test_an_edit_keeps_what_was_there_and_the_same_words_again_change_nothing(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), "First words.")
    for _ in range(2):
        async with transaction() as session:
            changed = await posts.edit_post(
                session, post.id or 0, editor_id=forum.carlos, text="Second words.", lang="en", seen=post.version,
                now=forum.later(),
            )  # fmt: skip
    async with reading() as session:
        assert [edit.text for edit in (await session.exec(select(PostEdit))).all()] == ["First words."]
    assert changed.version == post.version + 1


async def test_an_edit_over_a_newer_one_is_refused(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), "First words.")
    async with transaction() as session:
        await posts.edit_post(
            session, post.id or 0, editor_id=forum.carlos, text="Second.", lang="en", now=forum.later()
        )
    with pytest.raises(Refused, match="changed meanwhile"):
        async with transaction() as session:
            await posts.edit_post(
                session, post.id or 0, editor_id=forum.carlos, text="Third.", lang="en", seen=post.version,
                now=forum.later(),
            )  # fmt: skip


async def test_a_moderator_does_not_put_words_into_a_mouth(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    with pytest.raises(Forbidden, match="who wrote this"):
        async with transaction() as session:
            await posts.edit_post(session, post.id or 0, editor_id=forum.marta, text="No", lang="en", now=forum.later())


async def test_a_post_taken_away_is_found_nowhere_and_comes_back_as_it_was(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    post = await forum.reply(thread, "The hydrangea is blue.")

    async def found() -> int:
        async with reading() as session:
            return len((await search.find(session, "hydrangea", person_id=forum.tamta))[0])

    async def shown() -> str:
        async with reading() as session:
            return (await posts_read.posts_between(session, thread.id or 0, first=1, last=20))[0].html

    assert (await found(), "hydrangea" in await shown()) == (1, True)
    async with transaction() as session:
        await posts.delete_post(session, post.id or 0, person_id=forum.carlos, now=forum.later())
    assert (await found(), await shown()) == (0, "")
    async with reading() as session:
        assert (await session.exec(select(Thread.answers))).one() == 0
    async with transaction() as session:
        await posts.restore_post(session, post.id or 0, person_id=forum.carlos, now=forum.later())
    assert (await found(), "hydrangea" in await shown()) == (1, True)


async def test_strangers_to_a_post_do_not_take_it_away(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), by=forum.carlos)
    with pytest.raises(Forbidden):
        async with transaction() as session:
            await posts.delete_post(session, post.id or 0, person_id=forum.tamta, now=forum.later())
    async with transaction() as session:
        await posts.delete_post(session, post.id or 0, person_id=forum.marta, now=forum.later())


async def test_nobody_is_quoted_with_words_they_did_not_write(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    source = await forum.reply(thread, "The crew that mows must be the crew that planted.")
    honest = await forum.reply(thread, "Yes!", by=forum.tamta, quote_of=source.id, quote="the crew that planted")
    forged = await forum.reply(thread, "What?", by=forum.tamta, quote_of=source.id, quote="mowing is for fools")
    assert (honest.quote, forged.quote) == ("the crew that planted", "")


async def test_a_post_of_another_thread_cannot_be_quoted_out_of_it(database: AsyncEngine) -> None:
    forum = await a_forum()
    closed = await forum.thread(space=await forum.group_space(forum.tamta), title="Secret")
    secret = await forum.reply(closed, "The mayor does not know yet.", by=forum.tamta)
    open_thread = await forum.thread()
    leak = await forum.reply(open_thread, "Ha.", quote_of=secret.id, quote="The mayor does not know yet.")
    assert (leak.quote_of, leak.quote) == (None, "")


async def test_who_does_not_belong_to_the_audience_does_not_write(database: AsyncEngine) -> None:
    forum = await a_forum()
    closed = await forum.thread(space=await forum.group_space(forum.tamta))
    with pytest.raises(Forbidden):
        await forum.reply(closed, by=forum.carlos)
    async with transaction() as session:
        await audience.admit(session, forum.event.audience_id, forum.carlos, writes=False)
    with pytest.raises(Forbidden):
        await forum.reply(await forum.thread(), by=forum.carlos)


async def test_the_gate_says_the_version_to_members_and_nothing_to_others(database: AsyncEngine) -> None:
    forum = await a_forum()
    closed = await forum.thread(space=await forum.group_space(forum.tamta))
    post = await forum.reply(closed, by=forum.tamta)
    async with reading() as session:
        assert await queries.version_for(session, closed.id or 0, person_id=forum.tamta) == post.version
        assert await queries.version_for(session, closed.id or 0, person_id=forum.carlos) is None
        assert await queries.version_for(session, closed.id or 0, person_id=None) is None


async def test_every_change_is_announced_with_the_threads_new_version(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    async with transaction() as session:
        post = await posts.reply(
            session,
            thread_id=thread.id or 0,
            author_id=forum.carlos,
            key="announced-1",
            text="News",
            lang="en",
            now=NOON,
        )
        assert live.taken_from(session).topics[f"thread:{thread.id}"] == post.version == 2
    async with transaction() as session:
        await threads.look_after(session, thread.id or 0, moderator_id=forum.marta, pinned=True)
        assert live.taken_from(session).topics == {f"thread:{thread.id}": 3}


async def test_a_summary_links_and_only_moderators_write_one(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    source = await forum.reply(thread, "Eleven hours per street.")
    async with transaction() as session:
        await posts.reply(
            session, thread_id=thread.id or 0, author_id=forum.marta, key="weaving-1", kind=PostKind.WEAVING, title="Who pays?",
            text=f"Carlos [counts hours](/posts/{source.id}).", lang="en", now=forum.later(),
        )  # fmt: skip
    async with reading() as session:
        assert [weave.title for weave in await posts_read.weaves(session, thread.id or 0)] == ["Who pays?"]
        woven = (await posts_read.posts_between(session, thread.id or 0, first=2, last=2))[0]
        assert f'href="/posts/{source.id}"' in woven.html


async def test_whoever_a_summary_leans_on_is_told_once_if_they_may_read_it(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.marta)
    sources = [await forum.reply(await forum.thread(title), "Hours.", by=forum.carlos) for title in ("One", "Two")]
    hidden_group = await forum.thread(by=forum.marta, space=await forum.group_space(forum.marta))
    links = " ".join(f"[x](/posts/{post.id})" for post in [*sources, sources[0]])
    for place, key in ((thread, "weaving-told-1"), (hidden_group, "weaving-told-2")):
        async with transaction() as session:
            await posts.reply(
                session, thread_id=place.id or 0, author_id=forum.marta, key=key, kind=PostKind.WEAVING, title="Who pays?",
                text=links, lang="en", now=forum.later(),
            )  # fmt: skip
    async with reading() as session:
        told = (
            await session.exec(select(Notice.person_id, Notice.kind, Notice.topic).where(Notice.kind == Kind.QUOTE))
        ).all()
    assert told == [(forum.carlos, Kind.QUOTE, f"thread:{thread.id}")]


async def test_a_mark_is_written_at_most_every_thirty_seconds(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    await forum.replies(thread, 5)

    async def marks(position: int, seconds: int) -> bool:
        async with transaction() as session:
            return await mark_read(
                session, person_id=forum.tamta, thread_id=thread.id or 0, position=position,
                now=NOON + timedelta(hours=1, seconds=seconds),
            )  # fmt: skip

    assert [await marks(1, 0), await marks(2, 10), await marks(3, 29), await marks(4, 30)] == [True, False, False, True]
    async with reading() as session:
        mark = (await session.exec(select(ReadMark).where(col(ReadMark.person_id) == forum.tamta))).one()
        assert mark.position == 4


async def test_two_tabs_that_mark_at_once_do_no_harm(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    await forum.replies(thread, 3)

    async def marks(position: int) -> bool:
        async with transaction() as session:
            return await mark_read(
                session, person_id=forum.marta, thread_id=thread.id or 0, position=position, now=forum.later()
            )

    await asyncio.gather(*(marks(position) for position in (1, 2, 3)))
    async with reading() as session:
        marked = (await session.exec(select(ReadMark.position).where(col(ReadMark.person_id) == forum.marta))).one()
        assert marked == 3


async def test_who_had_read_everything_has_read_their_own_post_too(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    await forum.replies(thread, 2, by=forum.marta)
    async with transaction() as session:
        await mark_read(session, person_id=forum.carlos, thread_id=thread.id or 0, position=2, now=forum.later())
    await forum.reply(thread, by=forum.carlos)
    await forum.reply(thread, by=forum.tamta)
    async with reading() as session:
        read = dict((await session.exec(select(ReadMark.person_id, ReadMark.position))).all())
    assert (read[forum.carlos], read[forum.tamta]) == (3, 0)


@ONE_DATABASE
async def test_the_page_of_a_post_leads_to_the_places_of_its_event(site: Site) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    page = (await (await site.as_person(forum.carlos)).get(f"/posts/{post.id}/more")).text
    assert f'href="{forum.url}/today"' in page and f'href="{forum.url}/people"' in page
