"""The whole written half in a browser without scripts: only links and forms that stand in the HTML."""

import re
from datetime import UTC, datetime, time

from sqlmodel import col, select

from app.core.db import reading, transaction
from app.core.jobs import Job
from app.core.mail import Letter
from app.events.models import Task
from app.people.actions import write_sign_in_letter
from app.people.jobs import SendSignInLink
from tests.forum.forum import Forum, a_forum
from tests.forum.test_files import a_picture
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.support.textual import TextBrowser

NOW = datetime(2026, 6, 12, 14, 0, tzinfo=UTC)
EVENT, SPACE, THREAD = "Rain in the Street", "Streets and squares", "Sponge verges"
ANSWER, SHOWS = "What would you like to say?", "What does the picture show?"
CREW = "The crew that planted must mow."


async def link_in_the_letter() -> str:
    """The letter that was asked for, written as the worker does it: the way in that it shows."""
    async with transaction() as session:
        job = (await session.exec(select(Job).where(Job.name == SendSignInLink.name))).one()
        await write_sign_in_letter(session, SendSignInLink(**job.args), now=NOW)
    async with reading() as session:
        letter = (await session.exec(select(Letter).order_by(col(Letter.id).desc()))).first()
    assert letter is not None
    found = re.search(r"/sign-in/\S+", letter.text)
    assert found
    return found[0]


async def with_a_task(forum: Forum) -> None:
    async with transaction() as session:
        session.add(
            Task(event_id=forum.event.id or 0, key="walk", day=5, minutes=20, until=time(18), title="Walk your street")
        )


async def signed_in(site: Site) -> TextBrowser:
    browser = TextBrowser(site.stranger())
    await browser.open("/")
    await browser.follow("Sign in")
    await browser.press("Send me a link", {"Your e-mail address": "carlos@example.org"})
    browser.says("Look into your mail")
    await browser.open(await link_in_the_letter())
    await browser.press("Sign in")
    return browser


async def to_the_forum(browser: TextBrowser) -> None:
    await browser.open("/")
    await browser.follow(EVENT)
    await browser.follow("Forum")


async def to_the_thread(browser: TextBrowser) -> None:
    await to_the_forum(browser)
    await browser.follow(SPACE)
    await browser.follow(THREAD)


@ONE_DATABASE
async def test_reading_and_writing_work_without_scripts(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    forum = await a_forum()
    thread = await forum.thread(THREAD)
    await forum.reply(thread, CREW, by=forum.tamta)
    browser = await signed_in(site)
    await to_the_forum(browser)
    browser.says("1 thread with news")
    await browser.follow(SPACE)
    await browser.follow(THREAD)
    browser.says("Shallow hollows hold the first rain.", CREW)
    await to_the_forum(browser)
    browser.lacks("with news")

    # with a picture that is attached first and described
    await to_the_thread(browser)
    yard = ("yard.jpg", a_picture(400, 300))
    await browser.press("Attach it and write on", {ANSWER: "Ours mows twice.", "Picture or file": yard})
    await browser.press("Send reply", status=422)
    browser.says("One thing is to be mended", SHOWS)
    await browser.press("Send reply", {SHOWS: "A yard after rain"})
    browser.says("Ours mows twice.", "A yard after rain")

    await browser.follow("Quote Tamta Gelovani, post 1")
    await browser.press("Send reply", {ANSWER: "Who pays them?", "Written in": "Spanish"})
    assert browser.text().count(CREW) == 2
    await browser.follow("Thank Tamta Gelovani, post 1")
    await browser.press("Thank Tamta Gelovani", {"What helped you? You may leave this empty.": "They planted it"})
    browser.says("Thanks from Carlos Zeledón They planted it")

    # change it, see what it said, take it away, think again
    await browser.follow("More about the post of Carlos Zeledón, post 3", within="Who pays them?")
    await browser.press("Save the change", {"Your words": "Who pays them, and how long?"})
    browser.says("Who pays them, and how long?")
    await browser.follow("edited", within="and how long?")
    browser.says("What it said before")
    await browser.press("Take this post away")
    browser.says("This post was taken away")
    browser.lacks("and how long?")
    await browser.press("Bring it back")
    browser.says("Who pays them, and how long?")

    await to_the_forum(browser)
    await browser.press("Search", {"Search in this event": "planted"})
    browser.says(THREAD, CREW)
    await browser.follow(THREAD, within=CREW)
    browser.says("Shallow hollows hold the first rain.")

    # start a thread
    await to_the_forum(browser)
    await browser.follow(SPACE)
    await browser.follow("Start a thread")
    title, others = "Who owns the gully?", "What others should know"
    await browser.press("Start the thread", {"Question": "on", "Title": title, others: "Two offices say: the other."})
    browser.says(title, "Two offices say: the other.")


@ONE_DATABASE
async def test_the_day_notices_and_levels_work_without_scripts(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    forum = await a_forum()
    await with_a_task(forum)
    thread = await forum.thread(THREAD)
    question = await forum.reply(thread, "Who mows?", by=forum.carlos)
    await forum.reply(thread, CREW, by=forum.tamta, quote_of=question.id, quote="Who mows?")
    browser = await signed_in(site)

    await browser.open("/")
    await browser.follow("To Today Rain in the Street")
    await browser.press("Done: Walk your street")
    browser.says("Your tasks today: all done")
    await browser.press("Done: Walk your street")
    browser.lacks("Your tasks today: all done")

    await browser.follow("Answers to me")
    browser.says("not read yet")
    await browser.press("Mark all as read")
    browser.lacks("not read yet")
    await browser.press(f"Save {EVENT}", {"No letters; I look here myself": "on"})

    await to_the_thread(browser)
    await browser.press("Tell me about every post")
    browser.says("Following: every post")
    await browser.follow(SPACE)
    await browser.press("Nothing, unless I am mentioned")
    browser.says("Not following")
    await browser.follow("Answers to me")
    browser.says("Said for a space or a thread", SPACE, THREAD)
    assert browser.checked() == ["No letters; I look here myself"]
