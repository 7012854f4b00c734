"""Thanks for a post: once a person, with a reason or without, taken back whenever they like."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.forum import rules
from app.forum.actions.posts import changed, held_with_post
from app.forum.models import Post, Thanks, Thread
from app.forum.queries import lookups
from app.forum.queries.thanks import thanks_by
from app.notices import actions as notices
from app.notices.rules import Kind


async def thank(session: AsyncSession, post_id: int, *, person_id: int, reason: str = "", now: datetime) -> Post:
    """This person thanks for a post they may read; a second time only gives the reason other words."""
    thread, post = await held_with_post(session, post_id)
    standing = await lookups.standing(session, person_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_thanks(post.author_id, standing, stands=post.stands)
    given = await thanks_by(session, post_id, person_id)
    if given is not None and given.reason == reason:
        return post
    if given is None:
        given = Thanks(post_id=post_id, person_id=person_id, at=now)
        post.thanks += 1
    given.reason = reason
    session.add(given)
    changed(session, thread, post)
    await session.flush()
    await _tell(session, thread, post, given, now=now)
    return post


async def take_thanks_back(session: AsyncSession, post_id: int, *, person_id: int) -> Post:
    """As if this person had never thanked: the author hears nothing of it."""
    thread, post = await held_with_post(session, post_id)
    given = await thanks_by(session, post_id, person_id)
    if given is not None:
        await session.delete(given)
        post.thanks -= 1
        changed(session, thread, post)
        await session.flush()
        await notices.retract(session, _topic(post_id), person_id)
    return post


async def seen_thanks(session: AsyncSession, *, person_id: int, post_id: int, now: datetime) -> None:
    """The author looks at the post, and so at everybody's thanks for it."""
    await notices.seen(session, person_id, _topic(post_id), place=0, now=now)


async def _tell(session: AsyncSession, thread: Thread, post: Post, given: Thanks, *, now: datetime) -> None:
    if post.author_id is None or not await lookups.members_among(session, thread.audience_id, {post.author_id}):
        return
    await notices.tell(
        session,
        notices.Telling(
            event_id=thread.event_id, audience_id=thread.audience_id, topic=_topic(given.post_id), ref=given.person_id,
            place=0, by_id=given.person_id, title=thread.title, text=given.reason, lang="", url=f"/posts/{post.id}",
            who={post.author_id: Kind.THANKS},
        ),
        now=now,
    )  # fmt: skip
    await notices.reword(session, _topic(given.post_id), given.person_id, title=thread.title, text=given.reason)


def _topic(post_id: int) -> str:
    return f"thanks:{post_id}"
