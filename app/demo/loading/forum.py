"""The forum of the past days: spaces, threads and posts, written in the order in which they were written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.demo import material
from app.demo.entries import Challenge, Circle, Post, Practice, Thread
from app.demo.loading.cards import put_in_recording, put_up_card
from app.demo.loading.people import World
from app.events import actions_programme as programme
from app.events.queries_programme import tasks_of
from app.events.standing import flowing
from app.forum.actions.first_spaces import TASKS
from app.forum.actions.posts import reply
from app.forum.actions.reading import choose_space_level
from app.forum.actions.splitting import split_thread
from app.forum.actions.threads import look_after, open_space, start_thread
from app.forum.actions.translating import translate
from app.forum.models import Post as Row
from app.forum.rules import PostKind, SpaceKind, ThreadKind
from app.notices.rules import Level

Facts = list[tuple[str, str]]
COSTS = {
    "<50k": "under 50,000 euros",
    "50-250k": "50,000 to 250,000 euros",
    "250k-1m": "250,000 to one million euros",
    "1-10m": "one to ten million euros",
    ">10m": "more than ten million euros",
    "unknown": "not known",
}
OFFERS = {
    "call": "a call",
    "documents": "documents",
    "visit": "a visit",
    "peer_adviser": "a colleague who advises",
    "expert_mission": "an expert who comes",
}
HOST = "marta"
TRANSLATED_AFTER = timedelta(minutes=25)


@dataclass(frozen=True)
class Writing:
    """A thread's beginning (`post` None) or one of its posts, with its moment."""

    at: datetime
    space: str
    thread: Thread
    number: int = 0
    post: Post | None = None


async def load_forum(session: AsyncSession, world: World) -> None:
    spaces = await _open_spaces(session, world)
    posts: dict[tuple[str, str], int] = {}
    for writing in sorted(_writings(world), key=lambda each: each.at):
        if writing.post is None:
            await _begin(session, world, writing, space_id=spaces[writing.space])
        else:
            await _answer(session, world, writing, posts)
    await _point_tasks(session, world)
    await _split(session, world)
    await _choose_levels(session, world, spaces)


async def _split(session: AsyncSession, world: World) -> None:
    """What a moderator found to be two things is two threads."""
    for told in material.splits()["splits"]:
        thread_id, by = world.threads[told["from"]], world.people[told["by"]]
        query = select(Row.id).where(Row.thread_id == thread_id, col(Row.position).in_(told["posts"]))
        row = await split_thread(
            session, thread_id, post_ids=[each or 0 for each in (await session.exec(query)).all()], moderator_id=by,
            key=world.key("thread", told["key"]), kind=ThreadKind(told["kind"]), title=told["title"], context=told["text"],
            lang="en", now=world.at(told["by"], told["day"], told["at"]),
        )  # fmt: skip
        assert row.id is not None
        world.threads[told["key"]] = row.id


async def _choose_levels(session: AsyncSession, world: World, spaces: dict[str, int]) -> None:
    for told in material.splits()["hearing"]:
        person_id, level = world.people[told["by"]], Level(told["level"])
        await choose_space_level(session, person_id=person_id, space_id=spaces[told["space"]], level=level)


async def _open_spaces(session: AsyncSession, world: World) -> dict[str, int]:
    """The spaces in the order of their files; a group's and the team's are read by them alone."""
    audiences = {"event": world.event.audience_id, "staff": world.event.staff_audience_id}
    audiences |= {f"group:{key}": audience_id for key, audience_id in world.groups.items()}
    spaces: dict[str, int] = {}
    for place, circle in enumerate(material.forum()):
        told = circle.space
        row = await open_space(
            session, event_id=world.event_id, audience_id=audiences[told.audience], title=told.name["en"],
            purpose=told.about["en"], kind=_kind(circle), place=place,
            key=f"event:{world.event_id}:{TASKS}" if told.key == TASKS else world.key("space", told.key),
            texts={lang: {"title": told.name[lang], "purpose": told.about[lang]} for lang in ("de", "ar")},
            now=world.event.created_at,
        )  # fmt: skip
        assert row.id is not None
        spaces[told.key] = row.id
    return spaces


def _kind(circle: Circle) -> SpaceKind:
    if circle.space.audience.startswith("group:"):
        return SpaceKind.GROUP
    return SpaceKind.EVENT if circle.space.key in {"welcome", "tasks", "help", "team"} else SpaceKind.THEME


def _writings(world: World) -> Iterator[Writing]:
    for circle in material.forum():
        for thread in circle.threads:
            yield Writing(world.at(thread.by, thread.day, thread.at), circle.space.key, thread)
            for number, post in enumerate(thread.posts, 1):
                yield Writing(world.at(post.by, post.day, post.at), circle.space.key, thread, number, post)


async def _begin(session: AsyncSession, world: World, writing: Writing, *, space_id: int) -> None:
    thread = writing.thread
    row = await start_thread(
        session, space_id=space_id, author_id=world.people[thread.by], key=world.key("thread", thread.key),
        kind=ThreadKind(thread.kind), title=thread.title, context=flowing(thread.text.strip()), facts=_facts(thread),
        lang=thread.lang, now=writing.at,
    )  # fmt: skip
    assert row.id is not None
    world.threads[thread.key] = row.id
    if thread.pinned or thread.wall:
        await look_after(session, row.id, moderator_id=world.people[HOST], pinned=thread.pinned, wall=thread.wall)


async def _answer(session: AsyncSession, world: World, writing: Writing, posts: dict[tuple[str, str], int]) -> None:
    post, thread = writing.post, writing.thread
    assert post is not None
    if post.recording:
        key = world.key("post", f"{thread.key}-{writing.number}")
        await put_in_recording(session, world, thread, post, key=key, now=writing.at)
        return
    if post.card:
        row = await put_up_card(
            session, world, thread, post, key=world.key("post", f"{thread.key}-{writing.number}"), now=writing.at
        )
        posts[thread.key, post.key] = row.id or 0
        return
    row = await reply(
        session, thread_id=world.threads[thread.key], author_id=world.people[post.by],
        key=world.key("post", f"{thread.key}-{writing.number}"), text=_linked(post.text, thread.key, posts),
        lang=post.lang, kind=PostKind.WEAVING if post.weaving else PostKind.REPLY, title=post.title,
        quote_of=posts.get((thread.key, post.to)) if post.to else None, via=post.via or "web", now=writing.at,
    )  # fmt: skip
    assert row.id is not None
    if post.key:
        posts[thread.key, post.key] = row.id
    for told in post.translations:
        await translate(
            session, row.id, person_id=world.people[told.by], key=world.key("translation", f"{thread.key}-{writing.number}-{told.lang}"),
            lang=told.lang, text=told.text, now=writing.at + TRANSLATED_AFTER,
        )  # fmt: skip


def _linked(text: str, thread: str, posts: dict[tuple[str, str], int]) -> str:
    """`(post:KEY)` becomes the address of that post."""
    return re.sub(r"\(post:([\w-]+)\)", lambda found: f"(/posts/{posts[thread, found[1]]})", flowing(text.strip()))


def _facts(thread: Thread) -> Facts:
    """The short lines beside a practice or a challenge."""
    sheets: list[Practice | Challenge] = [*material.practices(), *material.challenges()]
    sheet = next((each for each in sheets if each.key == thread.key), None)
    if isinstance(sheet, Practice):
        return [
            *_city(sheet),
            ("Since", str(sheet.since)),
            ("Cost", COSTS[sheet.cost_order]),
            ("Offers", _offers(sheet)),
        ]
    return _city(sheet) if isinstance(sheet, Challenge) else []


def _city(sheet: Practice | Challenge) -> Facts:
    author = next(person for person in material.people().people if person.key == sheet.author)
    return [("City", author.city)]


def _offers(practice: Practice) -> str:
    return ", ".join(OFFERS[each] for each in practice.offer)


async def _point_tasks(session: AsyncSession, world: World) -> None:
    """A task of the programme leads to the thread in which it is done."""
    threads = {(task.day, task.title): task.thread for task in material.event().tasks}
    for row in await tasks_of(session, world.event):
        if (row.day, row.title) in threads:
            goes_to = f"/threads/{world.threads[threads[row.day, row.title]]}"
            assert row.id is not None
            await programme.edit_task(session, event_id=world.event_id, task_id=row.id, goes_to=goes_to)
