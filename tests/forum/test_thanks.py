"""Thanks: once a person and post, shown with names, taken back, never a score."""

import asyncio
import re

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from app.core import kept
from app.core.db import reading, transaction
from app.core.errors import Refused
from app.core.jobs import Job
from app.forum.actions import posts
from app.forum.actions.thanks import take_thanks_back, thank
from app.forum.models import Post, Thanks
from app.forum.queries import posts as posts_read
from app.notices import actions as notices
from app.notices import queries as notices_read
from app.notices.rules import Kind, Level
from tests.events.events import joined, somebody
from tests.forum.forum import Forum, a_forum
from tests.support.site import Site, queries


async def thanked(forum: Forum, post: Post, *, by: int, reason: str = "") -> None:
    async with transaction() as session:
        await thank(session, post.id or 0, person_id=by, reason=reason, now=forum.later())


async def seen_by_all(post: Post) -> list[tuple[str, str]]:
    async with reading() as session:
        shown = await posts_read.post_shown(session, post.id or 0, thread_id=post.thread_id)
    assert shown is not None
    assert shown.thanked == len(shown.thanks)
    return [(each.name, each.reason) for each in shown.thanks]


async def told(person_id: int) -> list[tuple[Kind, str, str]]:
    async with reading() as session:
        found, _ = await notices_read.notices_of(session, person_id)
    return [(notice.kind, notice.name, notice.text) for notice in found]


async def test_thanks_stand_at_the_post_once_a_person_and_the_author_hears_of_them(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    post = await forum.reply(thread, "The crew that mows must be the crew that planted.", by=forum.carlos)
    await thanked(forum, post, by=forum.tamta, reason="the mowing crew")
    await thanked(forum, post, by=forum.marta)
    await thanked(forum, post, by=forum.marta)
    assert await seen_by_all(post) == [("Tamta Gelovani", "the mowing crew"), ("Marta Lindqvist", "")]
    assert sorted(await told(forum.carlos)) == [
        (Kind.THANKS, "Marta Lindqvist", ""), (Kind.THANKS, "Tamta Gelovani", "the mowing crew"),
    ]  # fmt: skip


async def test_a_second_thanks_gives_the_reason_other_words(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    await thanked(forum, post, by=forum.tamta, reason="Mowing")
    await thanked(forum, post, by=forum.tamta, reason="The mowing crew")
    assert await seen_by_all(post) == [("Tamta Gelovani", "The mowing crew")]
    assert await told(forum.carlos) == [(Kind.THANKS, "Tamta Gelovani", "The mowing crew")]


async def test_thanks_taken_back_leave_nothing(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    await thanked(forum, post, by=forum.tamta)
    for _ in range(2):
        async with transaction() as session:
            await take_thanks_back(session, post.id or 0, person_id=forum.tamta)
    assert await seen_by_all(post) == []
    assert await told(forum.carlos) == []


async def test_nobody_thanks_themselves_or_for_what_is_gone(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), by=forum.carlos)
    with pytest.raises(Refused, match="your own words"):
        await thanked(forum, post, by=forum.carlos)
    async with transaction() as session:
        await posts.delete_post(session, post.id or 0, person_id=forum.carlos, now=forum.later())
    with pytest.raises(Refused, match="taken away"):
        await thanked(forum, post, by=forum.tamta)


async def test_thanks_at_the_same_moment_are_one_each(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    await asyncio.gather(*(thanked(forum, post, by=who) for who in (forum.tamta, forum.marta) * 3))
    assert {name for name, _ in await seen_by_all(post)} == {"Tamta Gelovani", "Marta Lindqvist"}
    async with reading() as session:
        assert len((await session.exec(select(Thanks))).all()) == 2


async def test_thanks_reach_who_looks_at_the_thread_and_disturb_no_edit(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    post = await forum.reply(thread, "First words.")
    await thanked(forum, post, by=forum.tamta)
    async with reading() as session:
        newer, _ = await posts_read.posts_changed(session, thread.id or 0, after=post.version)
    assert [each.id for each in newer] == [post.id]
    async with transaction() as session:
        changed = await posts.edit_post(
            session, post.id or 0, editor_id=forum.carlos, text="Second.", lang="en", seen=post.worded, now=forum.later()
        )  # fmt: skip
    assert changed.text == "Second."


async def test_thanks_wait_for_the_morning_even_for_who_wants_every_letter(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(by=forum.marta))
    async with transaction() as session:
        await notices.choose_level(session, forum.carlos, event_id=forum.event.id or 0, level=Level.EVERY)
    await thanked(forum, post, by=forum.tamta)
    async with reading() as session:
        assert [job.key for job in (await session.exec(select(Job).where(Job.name == "TellByLetter"))).all()] == []


async def test_thanks_are_given_and_taken_back_without_javascript(site: Site) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), "Eleven hours per street.")
    tamta, carlos = await site.as_person(forum.tamta), await site.as_person(forum.carlos)
    assert "Thank Carlos Zeledón" in (await tamta.get(f"/posts/{post.id}/thanks")).text
    given = await tamta.send_form(f"/posts/{post.id}/thanks", {"reason": "<b>hours</b>"})
    assert given.headers["location"] == f"/posts/{post.id}"
    page = await carlos.get(f"/posts/{post.id}", follow_redirects=True)
    assert re.search(r"Thanks from\s*<bdi>Tamta Gelovani</bdi> <q dir=\"auto\">&lt;b&gt;hours&lt;/b&gt;</q>", page.text)
    assert "Thank Carlos" not in (await carlos.get(f"/posts/{post.id}/thanks")).text
    async with reading() as session:
        assert await notices_read.unread_count(session, forum.carlos) == 0, "who looks at the post has seen them"
    assert (await tamta.send_form(f"/posts/{post.id}/thanks/return")).status_code == 303
    assert "Thanks from" not in (await carlos.get(f"/posts/{post.id}", follow_redirects=True)).text
    long = await tamta.send_form(f"/posts/{post.id}/thanks", {"reason": "long " * 60})
    assert (long.status_code, "long long" in long.text, "too long" in long.text) == (422, True, True)


async def test_whoever_may_not_read_a_post_does_not_thank_for_it(site: Site) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(space=await forum.group_space(forum.tamta)), by=forum.tamta)
    carlos = await site.as_person(forum.carlos)
    assert (await carlos.get(f"/posts/{post.id}/thanks")).status_code == 404
    for url in (f"/posts/{post.id}/thanks", f"/posts/{post.id}/thanks/return"):
        assert (await carlos.send_form(url, {"reason": ""})).status_code == 404


async def test_many_thanks_name_five_and_cost_one_question(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    first, second = await forum.replies(thread, 2)
    tamta = await site.as_person(forum.tamta)
    here = f"{forum.url}/threads/{thread.id}"
    await thanked(forum, first, by=forum.tamta)
    await tamta.get(here)
    kept.forget()
    with queries() as few:
        await tamta.get(here)
    for n in range(7):
        person = await somebody(f"Reader{n} Of-Many")
        await joined(forum.event, person)
        await thanked(forum, first, by=person)
        await thanked(forum, second, by=person)
    with queries() as many:
        page = (await tamta.get(here)).text
    assert len(many) == len(few)
    assert (page.count("and 3 more"), page.count("and 2 more")) == (1, 1)
    assert "Reader6" in (await tamta.get(f"/posts/{first.id}/thanks")).text


async def test_the_page_of_thanks_says_that_a_post_is_ones_own(site: Site) -> None:
    """It was an empty page: nothing to press, and no word why."""
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), by=forum.carlos)
    own = (await (await site.as_person(forum.carlos)).get(f"/posts/{post.id}/thanks")).text
    assert "This is your own post." in own and 'name="reason"' not in own
    other = (await (await site.as_person(forum.tamta)).get(f"/posts/{post.id}/thanks")).text
    assert "This is your own post." not in other and 'name="reason"' in other
