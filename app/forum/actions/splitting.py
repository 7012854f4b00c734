"""A thread in which two things are talked about becomes two: chosen posts begin a new one, and may come back for a day."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import search
from app.core.errors import Missing
from app.forum import rules, rules_splitting
from app.forum.actions.attaching import rehome_files
from app.forum.actions.posts import make_findable
from app.forum.actions.reading import set_mark
from app.forum.actions.threads import grow, start_thread
from app.forum.models import Follow, Post, ReadMark, Thread
from app.forum.queries import lookups
from app.forum.rules import ThreadKind
from app.notices import actions as notices


async def split_thread(
    session: AsyncSession, thread_id: int, *, post_ids: Collection[int], moderator_id: int, key: str, kind: ThreadKind,
    title: str, context: str, lang: str, now: datetime,
) -> Thread:  # fmt: skip
    """The chosen posts go into a new thread of the same space, in their order. The same key twice is one thread."""
    thread = await _held(session, thread_id, moderator_id)
    if (known := await lookups.thread_with_key(session, key)) is not None and known.split_from == thread_id:
        return known
    moved = await lookups.posts_among(session, thread_id, post_ids)
    rules_splitting.check_split(chosen=len(set(post_ids)), found=len(moved))
    new = await start_thread(
        session, space_id=thread.space_id, author_id=moderator_id, key=key, kind=kind, title=title, context=context,
        lang=lang, now=now,
    )  # fmt: skip
    new.split_from, new.splits, thread.splits = thread_id, 0, thread.splits + 1
    stood = {post.id or 0: post.position for post in moved}
    for position, post in enumerate(moved, 1):
        post.stood_at = post.position
        _put(post, new, position)
        session.add(post)
    new.last_position = len(moved)
    await _settle(session, thread, new, moved)
    await _share_readers(session, thread, new, moved=list(stood.values()))
    await notices.carry(
        session, f"thread:{thread_id}", to=f"thread:{new.id}", places={post.id or 0: post.position for post in moved}
    )
    return new


async def undo_split(session: AsyncSession, thread_id: int, *, moderator_id: int, now: datetime) -> Thread:
    """The posts stand again where they stood; what was written since goes to the end. Once more is the same."""
    found = await lookups.thread(session, thread_id)
    if found is None or found.split_from is None:
        raise Missing
    held = {each: await lookups.thread_to_change(session, each) for each in sorted({thread_id, found.split_from})}
    new, thread = held[thread_id], held[found.split_from]
    if new is None or thread is None:
        raise Missing
    for each in (new, thread):
        await _check_moderates(session, each, moderator_id)
    if new.merged_into == thread.id:
        return thread
    over = new.merged_into is not None or thread.merged_into is not None or new.splits > 0
    rules_splitting.check_undo(new.started_at, over=over, moved=new.audience_id != thread.audience_id, now=now)
    back = await lookups.posts_to_change(session, thread_id)
    await _put_back(session, thread, back)
    new.merged_into, new.locked, new.pinned, new.last_position = thread.id, True, False, 0
    new.space_id, thread.splits = thread.space_id, thread.splits - 1
    await _settle(session, new, thread, back)
    await notices.carry(
        session, f"thread:{thread_id}", to=f"thread:{thread.id}", places={post.id or 0: post.position for post in back}
    )
    await search.drop(session, kind=f"forum-{new.kind}", ref=thread_id)
    return thread


async def _held(session: AsyncSession, thread_id: int, moderator_id: int) -> Thread:
    thread = await lookups.thread_to_change(session, thread_id)
    if thread is None or thread.merged_into is not None:
        raise Missing
    await _check_moderates(session, thread, moderator_id)
    return thread


async def _check_moderates(session: AsyncSession, thread: Thread, moderator_id: int) -> None:
    standing = await lookups.standing(session, moderator_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_moderates(standing)


def _put(post: Post, thread: Thread, position: int) -> None:
    post.thread_id, post.position, post.version = thread.id or 0, position, thread.version + 1


async def _put_back(session: AsyncSession, thread: Thread, posts: Sequence[Post]) -> None:
    """Positions are never given twice, so those that the posts had are free."""
    for post in posts:
        if post.stood_at is None:
            thread.last_position += 1
        _put(post, thread, post.stood_at or thread.last_position)
        post.stood_at = None
        session.add(post)


async def _settle(session: AsyncSession, left: Thread, there: Thread, moved: Sequence[Post]) -> None:
    """What hangs on the posts goes with them; both threads count anew, and everybody who looks at them hears."""
    await session.flush()
    ids = {post.id for post in moved}
    for attachment in await lookups.attachments_in(session, left.id or 0):
        if attachment.post_id in ids:
            attachment.thread_id = there.id or 0
            session.add(attachment)
    await session.flush()
    await rehome_files(session, there)
    for post in moved:
        if post.stands:
            left.posts, there.posts = left.posts - 1, there.posts + 1
            left.answers -= post.author_id != left.author_id
            there.answers += post.author_id != there.author_id
            await make_findable(session, there, post)
    for thread in (left, there):
        last = await lookups.last_standing(session, thread.id or 0)
        thread.last_post_at = last.created_at if last else thread.started_at
        thread.last_by_id = last.author_id if last else thread.author_id
        grow(session, thread)


async def _share_readers(session: AsyncSession, thread: Thread, new: Thread, *, moved: Sequence[int]) -> None:
    """Who had read a post has read it still, and who follows the one thread follows the other.

    `moved`: where the posts stood. Who had read all that is left has nothing unread in what is left.
    """
    last = await lookups.last_standing(session, thread.id or 0)
    for mark in await lookups.marks_of(session, thread.id or 0):
        read = sum(position <= mark.position for position in moved)
        if mark.position >= (last.position if last else 0):
            mark.position = thread.last_position
            session.add(mark)
        if read and mark.person_id == new.author_id:
            await set_mark(session, mark.person_id, new, position=read, now=new.started_at)
        elif read:
            session.add(ReadMark(person_id=mark.person_id, thread_id=new.id or 0, position=read, at=mark.at))
    for person_id, level in (await lookups.followers(session, thread.id or 0)).items():
        if person_id != new.author_id:
            session.add(Follow(person_id=person_id, thread_id=new.id or 0, level=level, at=new.started_at))
    await session.flush()
