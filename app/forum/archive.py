"""What the forum puts into the archive: threads that everybody who takes part may read; not those of groups."""

import re
from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.archive import Box, without_pictures
from app.forum.models import Space, Thread
from app.forum.queries import packed
from app.forum.queries import posts as posts_read
from app.forum.queries.files import places_of
from app.forum.queries.shown import PostShown

PAGE = 100
"""Posts in one file: so many are in memory at once."""
_LINK = re.compile(r'href="(?:https?://[^"/]+)?/(posts|threads)/(\d{1,9})"')


async def pack(session: AsyncSession, box: Box) -> None:
    for space in await packed.spaces_for_all(session, box.event_id, audience_id=box.audience_id):
        pages = []
        for thread, by in await packed.threads_of(session, space.id or 0, audience_id=space.audience_id):
            await _pack_thread(session, box, space, thread, by)
            pages.append((_file(thread.id or 0, 1), thread.title))
        box.part(space.title_in(box.lang), pages)


async def _pack_thread(session: AsyncSession, box: Box, space: Space, thread: Thread, by: str) -> None:
    last = max(1, -(-thread.last_position // PAGE))
    thread_id = thread.id or 0
    for number in range(1, last + 1):
        first = (number - 1) * PAGE + 1
        found = await posts_read.posts_between(session, thread_id, first=first, last=number * PAGE)
        posts = [post for post in found if not post.deleted and not post.hidden]
        files = await _pack_files(session, box, posts)
        context = thread.html if number == 1 else ""
        where = await _whereabouts(session, box, [context, *(post.html for post in posts)])
        drawn = [(post, _linked(post.html, where), files.get(post.id, [])) for post in posts]
        await box.page(
            _file(thread_id, number), "archive/thread.html", thread=thread, space=space.title_in(box.lang), by=by,
            context=_linked(context, where), posts=drawn, number=number,
            earlier=_name(thread_id, number - 1), later=_name(thread_id, number + 1) if number < last else "",
        )  # fmt: skip
        await box.json(_file(thread_id, number).replace(".html", ".json"), _as_values(thread, by, posts))


async def _pack_files(session: AsyncSession, box: Box, posts: list[PostShown]) -> dict[int, list[Any]]:
    """post → [(path from its page, the file)]; what is not on the disk any more is left out."""
    places = await places_of(session, [post.id for post in posts if post.files])
    kept: dict[int, list[Any]] = {}
    for post in posts:
        for file in post.files:
            path = f"files/{file.id}.{file.name.rpartition('.')[2]}"
            if await box.file(path, places[file.id]):
                kept.setdefault(post.id, []).append((f"../{path}", file))
    return kept


async def _whereabouts(session: AsyncSession, box: Box, texts: list[str]) -> Mapping[tuple[str, int], str]:
    """Where in the archive the posts and threads stand to which these texts lead."""
    named = {(kind, int(number)) for text in texts for kind, number in _LINK.findall(text)}
    posts = await packed.positions(
        session, {number for kind, number in named if kind == "posts"}, audience_id=box.audience_id
    )
    threads = await packed.known(
        session, {number for kind, number in named if kind == "threads"}, audience_id=box.audience_id
    )
    return {
        **{("posts", post): f"{_name(at, (place - 1) // PAGE + 1)}#post-{post}" for post, (at, place) in posts.items()},
        **{("threads", thread): _name(thread, 1) for thread in threads},
    }


def _linked(html: str, where: Mapping[tuple[str, int], str]) -> str:
    """Links between posts lead to the files beside this one; those to what is not here lead nowhere."""
    return _LINK.sub(lambda link: f'href="{where.get((link[1], int(link[2])), "#")}"', without_pictures(html))


def _as_values(thread: Thread, by: str, posts: list[PostShown]) -> dict[str, Any]:
    return {
        "id": thread.id, "kind": thread.kind, "title": thread.title, "lang": thread.lang, "by": by,
        "started_at": thread.started_at, "context": thread.context, "facts": thread.facts,
        "posts": [
            {
                "id": post.id, "position": post.position, "by": post.by.name, "city": post.by.city, "at": post.at,
                "lang": post.lang, "title": post.title, "html": post.html, "quote": post.quote,
                "files": [{"name": file.name, "alt": file.alt, "id": file.id} for file in post.files],
            }
            for post in posts
        ],
    }  # fmt: skip


def _name(thread_id: int, number: int) -> str:
    return f"{thread_id}.html" if number == 1 else f"{thread_id}-{number}.html"


def _file(thread_id: int, number: int) -> str:
    return f"threads/{_name(thread_id, number)}"


packs = [pack]
