"""A thread as a page: drawn once for all who see it alike, and for one reader alone where something on it is theirs."""

from dataclasses import replace
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.core import kept
from app.core.db import reading, transaction
from app.core.files import limit
from app.core.kept import Kept, Page
from app.core.pages import Visit
from app.events.rules import MODERATORS
from app.forum import fragments, rules
from app.forum.actions.reading import mark_read
from app.forum.queries import glimpse as glimpses
from app.forum.queries import reading as queries
from app.forum.queries.glimpse import Glimpse
from app.forum.queries.shown import ThreadPage
from app.forum.rules import Line
from app.forum.web.marks import Holes, Marks, marks, own, places
from app.forum.web.shared import WRITING, closed_to, number, person_id
from app.notices.queries import refreshed

pages: Kept[Page] = Kept(16_000_000)
"""About three hundred of them, in this process."""


async def show_thread(visit: Visit) -> Response:
    visit.reads = f"thread:{visit.params['thread']}"
    if kept.look(visit) is None:
        return await _page_for_one(visit)
    number, seen = visit.page_number(), await _glimpse(visit)
    if seen is None:
        raise closed_to(visit)
    if seen.own or seen.merged_into is not None or number > rules.pages(seen.last_position):
        return await _page_for_one(visit)
    if visit.person is not None and seen.is_mark_due(number, visit.now, told=visit.me.unread > 0):
        await _mark(visit, min(number * rules.PAGE, seen.last_position))
    page = await _common_page(seen, visit)
    mine = marks(
        visit, places(page), line=seen.line_at(visit.now), first_unread=seen.first_unread,
        last_position=seen.last_position, first_shown=(number - 1) * rules.PAGE + 1,
    )  # fmt: skip
    return kept.answer(page, visit, own(mine))


async def _mark(visit: Visit, position: int) -> None:
    async with transaction() as session:
        await mark_read(
            session, person_id=visit.me.id, thread_id=visit.params["thread"], position=position, now=visit.now,
            told=visit.me.unread > 0,
        )  # fmt: skip
        visit.person = await refreshed(session, visit.me)


async def _common_page(seen: Glimpse, visit: Visit) -> Page:
    look = kept.look(visit)
    assert look is not None
    mine = visit.person is not None and visit.me.id == seen.author_id
    undo = seen.may_undo_split(visit.now)
    key = (
        look, kept.house_key(visit), visit.page_number(), limit(), mine, undo, seen.shown, seen.writes, seen.level,
    )  # fmt: skip
    page = pages.get(key)
    if page is None:
        async with reading() as session:
            found = _nobodys(await _thread_page(session, visit), seen, visit)
        again = await _glimpse(visit)
        page = kept.draw("forum/thread.html", look, visit, **_values(found, visit, mine=mine, undo=undo, marks=Holes()))
        if again is not None and again.shown == seen.shown:  # else something has changed meanwhile
            pages.put(key, page, size=page.size + len(repr(key)))
    return page


def _nobodys(found: ThreadPage, seen: Glimpse, visit: Visit) -> ThreadPage:
    """Without anything that is this reader's own: who has read it all, with these rights."""
    standing = seen.standing(moderates=visit.here.is_one_of(MODERATORS))
    opened = replace(
        found.opened, standing=standing, read_up_to=0, read_at=None, line=NO_LINE, level=seen.level,
    )  # fmt: skip
    return replace(found, opened=opened, waiting=[], answering=None)


async def _page_for_one(visit: Visit) -> Response:
    async with reading() as session:
        found = await _thread_page(session, visit)
    if found.thread.merged_into is not None:
        return visit.go(f"/threads/{found.thread.merged_into}")
    if visit.person is not None and found.is_mark_due(visit.now, told=visit.me.unread > 0):
        await _mark(visit, found.last_shown)
    if found.waiting and visit.typed:
        visit.typed = {name: words for name, words in visit.typed.items() if name != "alt"}  # it stands at the file
    mine = visit.person is not None and visit.me.id == found.thread.author_id
    undo = found.may_undo_split(visit.now)
    theirs = marks(
        visit, [(post.position, post.at) for post in found.posts], line=found.line(visit.now), first_unread=found.first_unread,
        last_position=found.thread.last_position, first_shown=found.first_shown,
    )  # fmt: skip
    return visit.page("forum/thread.html", **_values(found, visit, mine=mine, undo=undo, marks=theirs))


def _values(found: ThreadPage, visit: Visit, *, mine: bool, undo: bool, marks: Marks | Holes) -> dict[str, Any]:
    drawn = [(post, fragments.post_html(post, lang=visit.lang, zone=visit.zone)) for post in found.posts]
    return {
        "found": found, "drawn": drawn, "mine": mine, "may_undo_split": undo, "marks": marks, "writing": WRITING,
        "file_limit": limit(),
    }  # fmt: skip


async def _glimpse(visit: Visit) -> Glimpse | None:
    return await glimpses.glimpse(
        visit.params["thread"], event_id=visit.here.event_id, person_id=person_id(visit), page=visit.page_number()
    )  # fmt: skip


async def _thread_page(session: AsyncSession, visit: Visit) -> ThreadPage:
    found = await queries.thread_page(
        session, visit.params["thread"], event_id=visit.here.event_id, person_id=person_id(visit),
        page=visit.page_number(), answering=number(visit, "reply") or number(visit, "quote"),
    )  # fmt: skip
    if found is None:
        raise closed_to(visit)
    return found


NO_LINE = Line(0, None)
