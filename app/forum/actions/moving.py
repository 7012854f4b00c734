"""A thread moves to another space; whoever may read it, find it and hear of it changes with it, at once."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import audience, search
from app.core.errors import Missing
from app.core.live import announce
from app.forum import rules
from app.forum.actions.attaching import rehome_files
from app.forum.actions.threads import grow
from app.forum.models import Space, Thread
from app.forum.queries import lookups
from app.notices import actions as notices


async def move_thread(session: AsyncSession, thread_id: int, *, space_id: int, moderator_id: int) -> Thread:
    """To a space of the same event, by somebody who moderates in both. Addresses of the thread and its posts stay."""
    thread = await lookups.thread_to_change(session, thread_id)
    space = await lookups.space(session, space_id)
    if thread is None or space is None or space.event_id != thread.event_id:
        raise Missing
    for audience_id in (thread.audience_id, space.audience_id):
        standing = await lookups.standing(session, moderator_id, audience_id=audience_id, event_id=thread.event_id)
        rules.check_moderates(standing)
    if thread.space_id == space_id:
        return thread
    before = thread.audience_id
    rules.check_move(
        public=await lookups.is_public(session, before),
        stays_public=await lookups.is_public(session, space.audience_id),
    )
    thread.space_id = space_id
    if before != space.audience_id:
        await change_readers(session, thread, space)
    grow(session, thread)
    return thread


async def change_readers(session: AsyncSession, thread: Thread, space: Space) -> None:
    """Who may not read it any more loses the live line first, then what could still be found or shown of it."""
    assert thread.id is not None
    leaving = set(await audience.members(session, thread.audience_id)) - set(
        await audience.members(session, space.audience_id)
    )
    for person_id in sorted(leaving):
        announce(session, f"standing:{person_id}", version=0)
    thread.audience_id = space.audience_id
    for part in await lookups.merged_into(session, thread.id):
        part.audience_id, part.space_id = space.audience_id, space.id or 0
        session.add(part)
    post_ids = await lookups.post_ids(session, thread.id)
    await search.rehome(session, kind=f"forum-{thread.kind}", refs=[thread.id], audience_id=space.audience_id)
    await search.rehome(session, kind="forum-post", refs=post_ids, audience_id=space.audience_id)
    await rehome_files(session, thread)
    topics = [f"thread:{thread.id}", f"asked:{thread.id}"]
    topics += [f"{kind}:{post_id}" for post_id in post_ids for kind in ("thanks", "hidden")]
    await notices.rehome(session, topics, audience_id=space.audience_id)
