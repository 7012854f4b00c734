"""Ten minutes for who was away: what matters most first, never more than fits, nothing that is closed to them or read."""

from datetime import time, timedelta
from uuid import uuid4

from app.core import times
from app.core.db import transaction
from app.events.models import Task
from app.forum.actions import posts
from app.forum.actions.thanks import thank
from app.forum.models import Post, Thread
from app.forum.rules import PostKind
from app.insight.rules_catching_up import A_MINUTE, TO_OPEN, Item, Kind, chosen, minutes_of, since
from tests.events.events import joined, somebody
from tests.forum.forum import NOON, Forum, a_forum
from tests.support.site import Site, queries


def item(kind: Kind, minutes: float, title: str = "") -> Item:
    return Item(kind, title, "en", "/posts/1", round(minutes * A_MINUTE) - TO_OPEN)


def test_what_matters_most_comes_first_and_a_long_one_makes_room_for_shorter_ones() -> None:
    strong, long, asked, told = item(Kind.STRONG, 3), item(Kind.STRONG, 8), item(Kind.ASKED, 4), item(Kind.ANNOUNCED, 2)
    taken, left_out = chosen([long, strong, asked, told])
    assert (taken, left_out, minutes_of(taken)) == ([told, asked, strong], 1, 9)
    assert chosen([item(Kind.DECIDED, 30)])[0], "one thing to read there always is"
    assert chosen([]) == ([], 0)


def test_it_begins_where_the_reader_left_within_bounds() -> None:
    assert since(0, NOON - timedelta(days=4), now=NOON) == NOON - timedelta(days=4)
    assert since(0, NOON - timedelta(minutes=5), now=NOON) == NOON - timedelta(days=1)
    assert since(0, NOON - timedelta(days=90), now=NOON) == NOON - timedelta(days=14)
    assert since(3, NOON, now=NOON) == NOON - timedelta(days=3)


async def thanked(forum: Forum, thread: Thread, text: str) -> Post:
    post = await forum.reply(thread, text, by=forum.carlos, now=times.now() - timedelta(hours=2))
    async with transaction() as session:
        await thank(session, post.id or 0, person_id=forum.marta, now=times.now())
    return post


async def test_the_page_shows_what_was_missed_and_nothing_else(site: Site) -> None:
    forum = await a_forum()
    before = times.now() - timedelta(hours=3)
    mine = await forum.thread("Sponge verges", by=forum.tamta, now=before)
    await forum.thread("One rain gauge a street", by=forum.carlos, now=before)
    closed = await forum.thread(
        "Behind the door", by=forum.carlos, space=await forum.group_space(forum.carlos, forum.marta), now=before
    )
    other = await forum.thread("Cellars under water", by=forum.carlos, now=before)
    await thanked(forum, closed, "Not for everybody.")
    await thanked(forum, other, "Pumps are cheap.")
    async with transaction() as session:
        await posts.reply(
            session, thread_id=mine.id or 0, author_id=forum.marta, key=uuid4().hex, text="Mow late.", lang="en",
            kind=PostKind.WEAVING, title="What we know about mowing", now=before,
        )  # fmt: skip
    async with transaction() as session:
        for day, title in ((1, "Introduce your city"), (2, "Pick a card"), (99, "Not yet due")):
            session.add(Task(event_id=forum.event.id or 0, day=day, minutes=15, until=time(18), title=title))
    tamta, address = await site.as_person(forum.tamta), f"{forum.url}/catch-up"
    page = (await tamta.get(address)).text
    for words in (
        "What we know about mowing",
        "Cellars under water",
        "Marta Lindqvist answered you",
        "One rain gauge a street",
    ):
        assert words in page
    assert "Behind the door" not in page
    assert "to read" in page
    assert "Introduce your city" in page and "Together 30 minutes." in page
    assert "Not yet due" not in page
    await tamta.get(f"{forum.url}/threads/{other.id}")
    assert page.count("Cellars under water") == 1, "once, though the thread is new as well"
    assert "Cellars under water" not in (await tamta.get(address)).text, "read meanwhile"
    assert "Catch up in ten minutes" in (await tamta.get(f"{forum.url}/today")).text
    guest = await site.as_person(await somebody("Gast"))
    assert (await guest.get(address)).status_code == 403


async def test_it_asks_no_more_when_more_was_missed(site: Site) -> None:
    forum = await a_forum()
    oyuna = await somebody("Oyuna Bat")
    await joined(forum.event, oyuna)
    visitor = await site.as_person(oyuna)
    counted = []
    for more in (1, 12):
        for n in range(more):
            await thanked(forum, await forum.thread(f"Thread {n}"), "Pumps are cheap. " * 100)
        with queries() as said:
            page = (await visitor.get(f"{forum.url}/catch-up?days=7")).text
        counted.append(len(said))
    assert counted[0] == counted[1] < 20
    assert "One thing more would not fit into ten minutes" in page
