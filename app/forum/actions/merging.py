"""Two threads about the same become one: the posts of one go to the end of the other, every address leads there."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import search
from app.core.errors import Missing
from app.core.text import MAX_LENGTH, to_html
from app.forum import rules
from app.forum.actions.attaching import rehome_files
from app.forum.actions.moving import change_readers
from app.forum.actions.posts import make_findable
from app.forum.actions.reading import follow_quietly
from app.forum.actions.threads import grow
from app.forum.models import Post, Thread
from app.forum.queries import lookups


async def merge_threads(session: AsyncSession, thread_id: int, *, into_id: int, moderator_id: int) -> Thread:
    """By somebody who moderates in both, inside one event. What stood above the thread becomes its first post there.

    Once more is the same.
    """
    held = {each: await lookups.thread_to_change(session, each) for each in sorted({thread_id, into_id})}
    thread, into = held[thread_id], held[into_id]
    if thread is None or into is None or thread.event_id != into.event_id:
        raise Missing
    for each in (thread, into):
        standing = await lookups.standing(session, moderator_id, audience_id=each.audience_id, event_id=each.event_id)
        rules.check_moderates(standing)
    if thread.merged_into == into_id:
        return into
    over = thread.merged_into is not None or into.merged_into is not None
    public, stays_public = [await lookups.is_public(session, each.audience_id) for each in (thread, into)]
    rules.check_merge(same=thread_id == into_id, over=over, public=public, stays_public=stays_public)
    await _bring_readers(session, thread, into)
    moved = await lookups.posts_to_change(session, thread_id)
    await _append(session, into, [_opening(thread), *moved])
    await _leave_behind(session, thread, into)
    grow(session, into)
    for post in moved:
        post.version = into.version
    return into


async def _bring_readers(session: AsyncSession, thread: Thread, into: Thread) -> None:
    """Who read the thread and may not read the other one loses it at once; who followed it follows the other one."""
    space = await lookups.space(session, into.space_id)
    assert space is not None
    if thread.audience_id != into.audience_id:
        await change_readers(session, thread, space)
    followers = await lookups.followers(session, thread.id or 0)
    for person_id in await lookups.members_among(session, into.audience_id, followers):
        await follow_quietly(session, person_id, into, now=thread.last_post_at)


def _opening(thread: Thread) -> Post:
    facts = "".join(f"\n- {term}: {words}" for term, words in thread.facts)
    text = f"**{thread.title}**\n\n{thread.context}\n{facts}".strip()[:MAX_LENGTH]
    return Post(
        thread_id=thread.id or 0, author_id=thread.author_id, key=f"merged:{thread.id}", position=0, text=text,
        html=str(to_html(text)), lang=thread.lang, version=0, worded=0, created_at=thread.started_at,
        edited_at=thread.edited_at,
    )  # fmt: skip


async def _append(session: AsyncSession, into: Thread, moved: list[Post]) -> None:
    """At the end, in their order; the positions of what was there stay, and so do everybody's marks."""
    for post in moved:
        into.last_position += 1
        post.thread_id, post.position, post.version = into.id or 0, into.last_position, into.version + 1
        if post.stands:
            into.posts += 1
            into.answers += post.author_id != into.author_id
        session.add(post)
    last = max((post for post in moved if post.stands), key=lambda post: post.created_at)
    if last.created_at > into.last_post_at:
        into.last_post_at, into.last_by_id = last.created_at, last.author_id
    await session.flush()
    for post in moved:
        if post.stands:
            await make_findable(session, into, post)


async def _leave_behind(session: AsyncSession, thread: Thread, into: Thread) -> None:
    """What is left of the thread is a way to the other one."""
    for attachment in await lookups.attachments_in(session, thread.id or 0):
        attachment.thread_id = into.id or 0
        session.add(attachment)
    await session.flush()
    await rehome_files(session, into)
    for part in await lookups.merged_into(session, thread.id or 0):
        part.merged_into, part.audience_id, part.space_id = into.id, into.audience_id, into.space_id
        session.add(part)
    await search.drop(session, kind=f"forum-{thread.kind}", ref=thread.id or 0)
    thread.merged_into, thread.audience_id, thread.space_id = into.id, into.audience_id, into.space_id
    thread.locked, thread.pinned, thread.posts, thread.answers, thread.last_position = True, False, 0, 0, 0
    grow(session, thread)
