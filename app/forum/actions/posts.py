"""Posts: written, changed, taken away and brought back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import i18n, search
from app.core.errors import Missing, Refused
from app.core.text import plain, to_html
from app.core.wordings import check_seen
from app.core.words import N_
from app.forum import rules
from app.forum.actions.attaching import attach
from app.forum.actions.reading import follow_quietly, set_mark
from app.forum.actions.telling import tell_mentioned, tell_of_post, topic_of
from app.forum.actions.threads import grow
from app.forum.models import Post, PostEdit, Thread
from app.forum.queries import lookups, translations
from app.forum.rules import PostKind
from app.notices import actions as notices

LONGEST_QUOTE = 1000


@dataclass(frozen=True)
class Files:
    """What an author says about the pictures of a post: see `attaching.attach`."""

    alts: Mapping[int, str] = field(default_factory=dict)
    fields: Mapping[int, str] = field(default_factory=dict)


async def reply(
    session: AsyncSession, *, thread_id: int, author_id: int, key: str, text: str, lang: str, now: datetime,
    kind: PostKind = PostKind.REPLY, title: str = "", quote_of: int | None = None, quote: str = "", via: str = "web",
    files: Files | None = None, country: str = "",
) -> Post:  # fmt: skip
    """A post at the end of the thread. The same key twice is one post and the same answer.

    With `files` everything its author has added to a reply here goes with it.
    """
    thread = await held_thread(session, thread_id)
    known = await lookups.post_with_key(session, key)
    if known is not None:
        return _own(known, thread.id, author_id)
    standing = await lookups.standing(session, author_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_reply(kind, standing, locked=thread.is_closed(now))
    rules.check_text(text)
    quoted = await lookups.post_of_thread(session, quote_of, thread.id or 0) if quote_of is not None else None
    had_read_all = thread.last_position
    thread.last_position += 1
    thread.last_post_at, thread.last_by_id = now, author_id
    grow(session, thread)
    post = Post(
        thread_id=thread.id or 0, author_id=author_id, key=key, position=thread.last_position, kind=kind, title=title,
        country=country, text=text, html=str(to_html(text)), lang=lang, via=via, version=thread.version, worded=thread.version, created_at=now,
        quote_of=quoted.id if quoted else None, quote=_quote(quote, quoted),
    )  # fmt: skip
    session.add(post)
    _count(thread, post, by=1)
    await session.flush()
    if files is not None:
        await attach(session, post, alts=files.alts, fields=files.fields)
    await make_findable(session, thread, post)
    await _read_own(session, thread, author_id, before=had_read_all, now=now)
    await tell_of_post(session, thread, post, quoted, now=now)
    return post


async def edit_post(
    session: AsyncSession, post_id: int, *, editor_id: int, text: str, title: str = "", country: str = "", lang: str, seen: int | None = None,
    now: datetime,
) -> Post:  # fmt: skip
    """Other words for one's own post; what it said before is kept. The same words again change nothing."""
    thread, post = await held_with_post(session, post_id)
    if (post.text, post.title, post.country, post.lang) == (text, title, country, lang):
        return post
    standing = await lookups.standing(session, editor_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_edit(post.author_id, standing)
    check_seen(seen, post.worded)
    rules.check_text(text)
    session.add(
        PostEdit(post_id=post_id, editor_id=editor_id, title=post.title, text=post.text, lang=post.lang, edited_at=now)
    )
    post.text, post.html, post.lang, post.edited_at = text, str(to_html(text)), lang, now
    post.title, post.country = title, country
    changed(session, thread, post)
    post.worded = post.version
    if post.stands:
        await make_findable(session, thread, post)
        await notices.reword(session, topic_of(thread), post_id, title=thread.title, text=text)
        await tell_mentioned(session, thread, post, now=now)
    return post


async def delete_post(session: AsyncSession, post_id: int, *, person_id: int, now: datetime) -> Post:
    """Take a post away: its place stays, its words are shown to nobody; `restore_post` brings it back for a day."""
    thread, post = await held_with_post(session, post_id)
    standing = await lookups.standing(session, person_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_look_after(post.author_id, standing)
    if post.deleted_at is not None:
        return post
    with counted(thread, post):
        post.deleted_at, post.deleted_by = now, person_id
    changed(session, thread, post)
    await forget(session, thread, post)
    return post


async def restore_post(session: AsyncSession, post_id: int, *, person_id: int, now: datetime) -> Post:
    thread, post = await held_with_post(session, post_id)
    if post.deleted_at is None:
        return post
    standing = await lookups.standing(session, person_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_undo(post.deleted_at, post.deleted_by, standing, now=now)
    with counted(thread, post):
        post.deleted_at, post.deleted_by = None, None
    changed(session, thread, post)
    if post.stands:
        await make_findable(session, thread, post)
    return post


async def held_thread(session: AsyncSession, thread_id: int) -> Thread:
    """The thread, or the one it is part of now: what was written in a page from before still arrives."""
    thread = await lookups.thread_to_change(session, thread_id)
    if thread is not None and thread.merged_into is not None:
        thread = await lookups.thread_to_change(session, thread.merged_into)
    if thread is None:
        raise Missing
    return thread


async def held_with_post(session: AsyncSession, post_id: int) -> tuple[Thread, Post]:
    found = await lookups.post_to_change(session, post_id)
    if found is None:
        raise Missing
    return found


def _own(post: Post, thread_id: int | None, author_id: int) -> Post:
    if (post.thread_id, post.author_id) != (thread_id, author_id):
        raise Refused(N_("This form was used before. Reload the page and send your text again."))
    return post


def _quote(passage: str, quoted: Post | None) -> str:
    """The passage, as long as it really stands in the post it is said to come from: nobody is quoted with other words."""
    passage = " ".join(passage.split())[:LONGEST_QUOTE]
    return passage if quoted is not None and passage in plain(quoted.text) else ""


@contextmanager
def counted(thread: Thread, post: Post) -> Iterator[None]:
    """A change that may let a post stand or fall; the thread's counts follow."""
    stood = post.stands
    yield
    _count(thread, post, by=int(post.stands) - int(stood))


def _count(thread: Thread, post: Post, *, by: int) -> None:
    thread.posts += by
    if post.author_id != thread.author_id:
        thread.answers += by


def changed(session: AsyncSession, thread: Thread, post: Post) -> None:
    """The post looks different: everybody who looks at its thread gets it anew."""
    grow(session, thread)
    post.version = thread.version
    session.add(post)


async def forget(session: AsyncSession, thread: Thread, post: Post) -> None:
    """What does not stand is found nowhere, and nobody hears about it any more."""
    assert post.id is not None
    await search.drop(session, kind="forum-post", ref=post.id)
    await notices.retract(session, topic_of(thread), post.id)


_FOUND_AS: dict[str, str] = {PostKind.RECORDING: N_("Recording"), PostKind.WEAVING: N_("Weaving summary")}
"""What people call a post of this kind when they look for one."""


async def make_findable(session: AsyncSession, thread: Thread, post: Post) -> None:
    assert post.id is not None
    texts = await translations.texts_of(session, post.id) if post.translations else {}
    words = [plain(post.text), *(plain(each.text) for each in texts.values())]
    await search.put(
        session, kind="forum-post", ref=post.id, event_id=thread.event_id, audience_id=thread.audience_id,
        title=post.title or thread.title, body=" ".join(words), url=f"/posts/{post.id}", at=post.created_at, lang=post.lang,
        also=" ".join(i18n.say(lang, _FOUND_AS[post.kind]) for lang in i18n.CODES if post.kind in _FOUND_AS),
    )  # fmt: skip


async def _read_own(session: AsyncSession, thread: Thread, author_id: int, *, before: int, now: datetime) -> None:
    """Who had read everything has read their own post, too; who had not keeps their unread line."""
    assert thread.id is not None
    mark = await lookups.mark(session, author_id, thread.id)
    if before == 0 or (mark is not None and mark.position >= before):
        await set_mark(session, author_id, thread, position=thread.last_position, now=now, mark=mark)
    await follow_quietly(session, author_id, thread, now=now)
