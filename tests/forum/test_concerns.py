"""Reports, hidden posts, objections, calls for help: nobody is hidden without a reason and a way to object."""

from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core import search
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Invalid, Refused
from app.forum.actions import concerns, posts
from app.forum.models import Concern, Post, Thread
from app.forum.queries import concerns as queries
from app.forum.queries import posts as posts_read
from app.forum.rules_concerns import ConcernKind, Outcome
from app.notices import queries as notices_read
from app.notices.rules import Kind
from tests.forum.forum import Forum, a_forum
from tests.support.site import Site
from tests.support.site import queries as asked


async def reported(forum: Forum, post: Post, *, by: int, reason: str = "An insult.", key: str = "") -> Concern:
    async with transaction() as session:
        return await concerns.report(
            session, post.id or 0, person_id=by, key=key or uuid4().hex, reason=reason, lang="en", now=forum.later()
        )


async def settled(forum: Forum, concern: Concern, outcome: Outcome, answer: str = "Please stay kind.") -> None:
    async with transaction() as session:
        await concerns.settle(
            session, concern.id or 0, event_id=forum.event.id or 0, moderator_id=forum.marta, outcome=outcome,
            answer=answer, now=forum.later(),
        )  # fmt: skip


async def hidden(forum: Forum, post: Post, reason: str = "Please stay kind.") -> None:
    async with transaction() as session:
        await concerns.hide_post(session, post.id or 0, moderator_id=forum.marta, reason=reason, now=forum.later())


async def waiting(forum: Forum) -> list[tuple[ConcernKind, str]]:
    async with reading() as session:
        found, _ = await queries.queue(session, event_id=forum.event.id or 0, person_id=forum.marta)
    return [(concern.kind, concern.text) for concern in found]


async def told(person_id: int) -> list[tuple[Kind, str]]:
    async with reading() as session:
        found, _ = await notices_read.notices_of(session, person_id)
    return [(notice.kind, notice.text) for notice in found]


async def seen_by(person_id: int | None, post: Post) -> str:
    async with reading() as session:
        shown = await posts_read.posts_between(
            session, post.thread_id, first=post.position, last=post.position, reader_id=person_id
        )
    return shown[0].html


async def test_a_report_is_in_the_queue_once_and_moderators_hear_without_a_word_of_it(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), "You know nothing.", by=forum.carlos)
    first = await reported(forum, post, by=forum.tamta, key="a-report-key-1")
    again = await reported(forum, post, by=forum.tamta, key="a-report-key-1")
    other_form = await reported(forum, post, by=forum.tamta, reason="Once more.")
    assert first.id == again.id == other_form.id
    assert await waiting(forum) == [(ConcernKind.REPORT, "An insult.")]
    assert await told(forum.marta) == [(Kind.CONCERN, "")]
    assert await told(forum.carlos) == [], "the author does not learn who reported"


async def test_the_queue_shows_the_words_as_they_were_reported(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), "You know nothing.", by=forum.carlos)
    await reported(forum, post, by=forum.tamta)
    async with transaction() as session:
        await posts.edit_post(session, post.id or 0, editor_id=forum.carlos, text="Hi!", lang="en", now=forum.later())
    async with reading() as session:
        found, _ = await queries.queue(session, event_id=forum.event.id or 0, person_id=forum.marta)
    assert found[0].words == "You know nothing."


async def test_hiding_takes_the_words_from_everybody_but_the_author(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    post = await forum.reply(thread, "The hydrangea is blue.", by=forum.carlos)
    await forum.reply(thread, "Ha", by=forum.tamta, quote_of=post.id, quote="hydrangea is blue")
    report = await reported(forum, post, by=forum.tamta)
    await settled(forum, report, Outcome.HIDDEN)
    assert "hydrangea" in await seen_by(forum.carlos, post)
    assert await seen_by(forum.tamta, post) == await seen_by(None, post) == ""
    async with reading() as session:
        assert (await search.find(session, "hydrangea", person_id=forum.tamta))[0] == []
        changed, _ = await posts_read.posts_changed(session, thread.id or 0, after=0)
        assert "hydrangea" not in repr(changed), "nor on the live line, nor in a quote"
        assert (await session.exec(select(Thread.posts, Thread.answers))).one() == (1, 0)
        assert all(
            "hydrangea" not in notice.text for notice in (await notices_read.notices_of(session, forum.tamta))[0]
        )
    assert (Kind.HIDDEN, "Please stay kind.") in await told(forum.carlos)
    assert (Kind.SETTLED, "Please stay kind.") in await told(forum.tamta)
    assert await waiting(forum) == []


async def test_shown_again_everything_is_as_it_was(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    post = await forum.reply(thread, "The hydrangea is blue.", by=forum.carlos)
    await hidden(forum, post)
    async with transaction() as session:
        await concerns.show_post_again(session, post.id or 0, moderator_id=forum.marta, now=forum.later())
    assert "hydrangea" in await seen_by(forum.tamta, post)
    assert await told(forum.carlos) == []
    async with reading() as session:
        assert len((await search.find(session, "hydrangea", person_id=forum.tamta))[0]) == 1
        assert (await session.exec(select(Thread.posts, Thread.answers))).one() == (1, 1)


async def test_a_hidden_post_stays_hidden_through_edits_and_the_trash(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    post = await forum.reply(thread, "The hydrangea is blue.", by=forum.carlos)
    await hidden(forum, post)
    async with transaction() as session:
        await posts.edit_post(
            session, post.id or 0, editor_id=forum.carlos, text="Blue hydrangea!", lang="en", now=forum.later()
        )
        await posts.delete_post(session, post.id or 0, person_id=forum.carlos, now=forum.later())
        await posts.restore_post(session, post.id or 0, person_id=forum.carlos, now=forum.later())
    assert await seen_by(forum.tamta, post) == ""
    async with reading() as session:
        assert (await search.find(session, "hydrangea", person_id=forum.tamta))[0] == []
        assert (await session.exec(select(Thread.posts, Thread.answers))).one() == (0, 0)


async def test_the_author_objects_and_the_moderators_think_again(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), by=forum.carlos)
    await hidden(forum, post)
    async with transaction() as session:
        objection = await concerns.object_to_hiding(
            session, post.id or 0, person_id=forum.carlos, key="objection-1", reason="A quote of the law.", lang="en",
            now=forum.later(),
        )  # fmt: skip
    assert await waiting(forum) == [(ConcernKind.OBJECTION, "A quote of the law.")]
    with pytest.raises(Invalid):
        await settled(forum, objection, Outcome.STAYS_HIDDEN, answer="")
    await settled(forum, objection, Outcome.BACK, answer="You are right.")
    assert await seen_by(forum.tamta, post) != ""
    assert await told(forum.carlos) == [(Kind.SETTLED, "You are right.")]


async def test_one_outcome_settles_all_reports_of_a_post_and_a_second_moderator_hears_so(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(by=forum.marta), by=forum.carlos)
    report = await reported(forum, post, by=forum.tamta)
    await settled(forum, report, Outcome.STAYS)
    with pytest.raises(Refused, match="settled this meanwhile"):
        await settled(forum, report, Outcome.HIDDEN)
    assert await seen_by(forum.tamta, post) != ""
    again = await reported(forum, post, by=forum.tamta, reason="It goes on.")
    assert again.id != report.id


async def test_what_may_not_be_done(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), by=forum.carlos)
    with pytest.raises(Refused, match="your own post"):
        await reported(forum, post, by=forum.carlos)
    with pytest.raises(Forbidden):
        async with transaction() as session:
            await concerns.hide_post(
                session, post.id or 0, moderator_id=forum.tamta, reason="I do not like it.", now=forum.later()
            )
    report = await reported(forum, post, by=forum.tamta)
    with pytest.raises(Forbidden):
        async with transaction() as session:
            await concerns.settle(
                session, report.id or 0, event_id=forum.event.id or 0, moderator_id=forum.tamta, outcome=Outcome.HIDDEN,
                answer="So.", now=forum.later(),
            )  # fmt: skip
    with pytest.raises(Invalid):
        await settled(forum, report, Outcome.HIDDEN, answer=" ")
    with pytest.raises(Invalid):
        await settled(forum, report, Outcome.ANSWERED)


async def test_a_report_from_a_closed_group_reaches_the_moderators_and_opens_nothing_else(site: Site) -> None:
    forum = await a_forum()
    closed = await forum.thread("Cellarsecret", space=await forum.group_space(forum.tamta, forum.carlos))
    await forum.reply(closed, "Nobody else reads this.", by=forum.tamta)
    post = await forum.reply(closed, "You know nothing.", by=forum.carlos)
    report = await reported(forum, post, by=forum.tamta)
    marta = await site.as_person(forum.marta)
    page = (await marta.get(f"{forum.url}/concerns")).text
    assert ("You know nothing." in page, "Cellarsecret" in page, "Nobody else" in page) == (True, False, False)
    answer = await marta.send_form(f"/concerns/{report.id}", {"outcome": "hidden", "answer": "Please stay kind."})
    assert answer.status_code == 303
    assert await seen_by(forum.tamta, post) == ""


async def test_reporting_settling_and_objecting_work_without_javascript(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    post = await forum.reply(thread, "You know nothing.", by=forum.carlos)
    tamta, carlos, marta = [await site.as_person(who) for who in (forum.tamta, forum.carlos, forum.marta)]
    assert f"/posts/{post.id}/report" in (await tamta.get(f"/posts/{post.id}/more")).text
    sent = {"key": "report-web-1", "reason": "An insult."}
    laid = await tamta.send_form(f"/posts/{post.id}/report", sent)
    mine = laid.headers["location"]
    assert "You hear how it ends" in (await tamta.get(mine)).text
    assert (await carlos.get(mine)).status_code == 404
    assert "An insult." in (await marta.get(f"{forum.url}/concerns")).text
    refused = await marta.send_form(mine, {"outcome": "hidden", "answer": ""})
    assert (refused.status_code, "Please write a sentence" in refused.text) == (422, True)
    assert (await marta.send_form(mine, {"outcome": "hidden", "answer": "Please stay kind."})).status_code == 303
    here = f"{forum.url}/threads/{thread.id}"
    assert "Hidden by a moderator" in (await tamta.get(here)).text
    assert "You know nothing." not in (await tamta.get(here)).text
    assert "only you and the moderators see it" in (await carlos.get(here)).text
    more = (await carlos.get(f"/posts/{post.id}/more")).text
    assert ("Please stay kind." in more, "You know nothing." in more) == (True, True)
    assert "know nothing" not in (await tamta.get(f"/posts/{post.id}/more")).text
    assert "know nothing" not in (await tamta.get(f"{here}?quote={post.id}")).text
    objected = await carlos.send_form(f"/posts/{post.id}/objection", {"key": "object-web", "reason": "It was a joke."})
    assert objected.status_code == 303
    assert (await marta.send_form(f"/posts/{post.id}/showing")).status_code == 303
    assert "You know nothing." in (await tamta.get(here)).text
    assert "Settled" in (await marta.get(f"{forum.url}/concerns?settled=yes")).text


async def test_whoever_needs_help_asks_and_hears_the_answer(site: Site) -> None:
    forum = await a_forum()
    tamta, marta = await site.as_person(forum.tamta), await site.as_person(forum.marta)
    sent = {"key": "help-web-123", "text": "I cannot send a picture."}
    laid = [await tamta.send_form(f"{forum.url}/ask-for-help", sent) for _ in range(2)]
    assert laid[0].headers["location"] == laid[1].headers["location"]
    assert "I cannot send a picture." in (await marta.get(f"{forum.url}/concerns")).text
    there = laid[0].headers["location"]
    answer = {"outcome": "answered", "answer": "Try it smaller."}
    assert (await marta.send_form(there, answer)).status_code == 303
    assert await told(forum.tamta) == [(Kind.SETTLED, "Try it smaller.")]
    assert "Try it smaller." in (await tamta.get(there)).text
    async with reading() as session:
        assert await notices_read.unread_count(session, forum.tamta) == 0


async def test_the_queue_is_paged_and_costs_the_same_for_one_as_for_fifty(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    marta = await site.as_person(forum.marta)
    await marta.get(f"{forum.url}/concerns")
    counts = []
    for number in (1, 24):
        for post in await forum.replies(thread, number):
            await reported(forum, post, by=forum.tamta)
        with asked() as said:
            page = (await marta.get(f"{forum.url}/concerns")).text
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert page.count("An insult.") == queries.PAGE
    assert (await marta.get(f"{forum.url}/concerns?page=2")).text.count("An insult.") == 5
    async with reading() as session:
        open_ones = select(Concern).where(col(Concern.outcome) == "")
        assert len((await session.exec(open_ones)).all()) == 25
