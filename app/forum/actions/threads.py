"""Spaces and threads: opened, started, changed, pinned, closed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import search
from app.core.errors import Missing, Refused
from app.core.live import announce
from app.core.text import plain, to_html
from app.core.wordings import check_seen
from app.core.words import N_
from app.forum import rules
from app.forum.actions.reading import follow_quietly, set_mark
from app.forum.actions.telling import tell_of_thread, topic_of
from app.forum.models import Space, Thread, ThreadEdit
from app.forum.queries import lookups
from app.forum.rules import SpaceKind, ThreadKind
from app.notices import actions as notices


async def open_space(
    session: AsyncSession, *, event_id: int, audience_id: int, title: str, purpose: str = "", kind: SpaceKind = SpaceKind.THEME,
    place: int = 0, texts: Mapping[str, Mapping[str, str]] | None = None, key: str, now: datetime,
) -> Space:  # fmt: skip
    """A new part of the forum for the people of this audience. Whose right it is to open one, the caller has asked."""
    known = await lookups.space_with_key(session, key)
    if known is not None:
        return known
    space = Space(
        event_id=event_id, audience_id=audience_id, key=key, kind=kind, title=title, purpose=purpose, place=place,
        texts={lang: dict(words) for lang, words in (texts or {}).items()}, opened_at=now,
    )  # fmt: skip
    session.add(space)
    await session.flush()
    return space


async def start_thread(
    session: AsyncSession, *, space_id: int, author_id: int, key: str, kind: ThreadKind, title: str, context: str,
    facts: Sequence[tuple[str, str]] = (), lang: str, now: datetime,
) -> Thread:  # fmt: skip
    """A new thread with its context on top; it can be found and its author follows it."""
    known = await lookups.thread_with_key(session, key)
    if known is not None:
        return _own(known, author_id)
    space = await lookups.space(session, space_id)
    if space is None:
        raise Missing
    standing = await lookups.standing(session, author_id, audience_id=space.audience_id, event_id=space.event_id)
    rules.check_start(kind, standing)
    rules.check_text(context, field="context")
    thread = Thread(
        event_id=space.event_id, space_id=space_id, audience_id=space.audience_id, key=key, kind=kind, title=title,
        context=context, html=str(to_html(context)), facts=[list(fact) for fact in facts], lang=lang,
        author_id=author_id, started_at=now, last_post_at=now, last_by_id=author_id,
    )  # fmt: skip
    session.add(thread)
    await session.flush()
    await make_findable(session, thread)
    await set_mark(session, author_id, thread, position=0, now=now)
    await follow_quietly(session, author_id, thread, now=now)
    await tell_of_thread(session, thread, new=True, now=now)
    _announce(session, thread)
    return thread


async def change_thread(
    session: AsyncSession, thread_id: int, *, editor_id: int, title: str, context: str, lang: str, seen: int | None = None,
    now: datetime,
) -> Thread:  # fmt: skip
    """Title and context, by who started the thread or a moderator; what stood there before is kept.

    `seen`: how often the words had changed before this person's eyes.
    """
    thread = await _to_change(session, thread_id)
    standing = await lookups.standing(session, editor_id, audience_id=thread.audience_id, event_id=thread.event_id)
    if (thread.title, thread.context, thread.lang) == (title, context, lang):
        return thread
    if not standing.moderates:
        rules.check_edit(thread.author_id, standing)
    check_seen(seen, await lookups.wordings(session, thread_id))
    rules.check_text(context, field="context")
    session.add(
        ThreadEdit(
            thread_id=thread_id, editor_id=editor_id, title=thread.title, context=thread.context, lang=thread.lang,
            edited_at=now,
        )
    )  # fmt: skip
    thread.title, thread.context, thread.html, thread.lang = title, context, str(to_html(context)), lang
    thread.edited_at = now
    grow(session, thread)
    await make_findable(session, thread)
    await notices.reword(session, topic_of(thread), ref=0, title=title, text=context)
    await tell_of_thread(session, thread, now=now)
    return thread


async def look_after(
    session: AsyncSession,
    thread_id: int,
    *,
    moderator_id: int,
    pinned: bool | None = None,
    locked: bool | None = None,
    wall: bool | None = None,
) -> Thread:
    """Pin or close a thread, make it a wall of cards, or undo it; what is None stays as it is."""
    thread = await _to_change(session, thread_id)
    standing = await lookups.standing(session, moderator_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_moderates(standing)
    thread.pinned = thread.pinned if pinned is None else pinned
    thread.locked = thread.locked if locked is None else locked
    thread.wall = thread.wall if wall is None else wall
    grow(session, thread)
    return thread


def grow(session: AsyncSession, thread: Thread) -> None:
    """The thread has changed: its version says so, and everybody who looks at it hears."""
    thread.version += 1
    session.add(thread)
    _announce(session, thread)


async def make_findable(session: AsyncSession, thread: Thread) -> None:
    assert thread.id is not None
    facts = " ".join(words for fact in thread.facts for words in fact)
    await search.put(
        session, kind=f"forum-{thread.kind}", ref=thread.id, event_id=thread.event_id, audience_id=thread.audience_id,
        title=thread.title, body=f"{plain(thread.context)} {facts}", url=f"/threads/{thread.id}", at=thread.started_at,
        lang=thread.lang,
    )  # fmt: skip


async def _to_change(session: AsyncSession, thread_id: int) -> Thread:
    thread = await lookups.thread_to_change(session, thread_id)
    if thread is None or thread.merged_into is not None:
        raise Missing
    return thread


def _own(thread: Thread, author_id: int) -> Thread:
    if thread.author_id != author_id:
        raise Refused(N_("This form was used before. Reload the page and send your text again."))
    return thread


def _announce(session: AsyncSession, thread: Thread) -> None:
    announce(session, f"thread:{thread.id}", version=thread.version)
