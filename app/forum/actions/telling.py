"""Who hears of what is written: people mentioned, quoted, answered, and those who want to hear of every post."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.forum import rules
from app.forum.models import Post, Thread
from app.forum.queries import lookups
from app.forum.rules import PostKind
from app.notices import actions as notices
from app.notices.rules import Kind, Level, nearest


def topic_of(thread: Thread) -> str:
    return f"thread:{thread.id}"


async def tell_of_post(
    session: AsyncSession, thread: Thread, post: Post, quoted: Post | None, *, now: datetime
) -> None:
    """Everybody whom a new post concerns, each for the strongest reason, nobody twice."""
    assert thread.id is not None
    levels = await heard(session, thread)
    who = {person_id: Kind.POST for person_id, level in levels.items() if level == Level.EVERY}
    if thread.author_id is not None and levels.get(thread.author_id) != Level.NOTHING:
        who[thread.author_id] = Kind.REPLY
    if quoted is not None and quoted.author_id is not None:
        who[quoted.author_id] = Kind.QUOTE if post.quote else Kind.REPLY
    if post.kind == PostKind.WEAVING:
        leaned_on = rules.posts_linked(post.text)
        who.update(dict.fromkeys(await lookups.authors_of(session, leaned_on, event_id=thread.event_id), Kind.QUOTE))
    who.update(dict.fromkeys(await _mentioned(session, thread, post.text), Kind.MENTION))
    await _tell(session, thread, who, levels, post=post, now=now)


async def tell_mentioned(session: AsyncSession, thread: Thread, post: Post, *, now: datetime) -> None:
    """Whom a changed post names now; who has heard of it before hears nothing again."""
    if named := await _mentioned(session, thread, post.text):
        levels = await heard(session, thread)
        await _tell(session, thread, dict.fromkeys(named, Kind.MENTION), levels, post=post, now=now)


async def tell_of_thread(session: AsyncSession, thread: Thread, *, new: bool = False, now: datetime) -> None:
    """Whom the words above a thread name; of a new one also those who want to hear of everything in its space."""
    levels = await lookups.hearers(session, thread.space_id)
    who = {person_id: Kind.THREAD for person_id, level in levels.items() if new and level == Level.EVERY}
    who.update(dict.fromkeys(await _mentioned(session, thread, thread.context), Kind.MENTION))
    if who:
        await _tell(session, thread, who, levels, post=None, now=now)


async def heard(session: AsyncSession, thread: Thread) -> dict[int, str]:
    """person → what they said about the thread, or else about its space ("" for who only follows it)."""
    of_thread = await lookups.followers(session, thread.id or 0)
    of_space = await lookups.hearers(session, thread.space_id)
    return {who: nearest(of_thread.get(who, ""), of_space.get(who, "")) for who in {**of_space, **of_thread}}


async def _mentioned(session: AsyncSession, thread: Thread, text: str) -> set[int]:
    if "@" not in text:
        return set()
    return rules.mentioned(text, await lookups.names_in(session, thread.audience_id))


async def _tell(
    session: AsyncSession, thread: Thread, who: Mapping[int, Kind], levels: Mapping[int, str], *, post: Post | None,
    now: datetime,
) -> None:  # fmt: skip
    """Only people who may read it hear of it, and nobody of their own words."""
    source = post or thread
    still = await lookups.members_among(session, thread.audience_id, who)
    await notices.tell(
        session,
        notices.Telling(
            event_id=thread.event_id, audience_id=thread.audience_id, topic=topic_of(thread),
            ref=(post.id or 0) if post else 0, place=post.position if post else 0, by_id=source.author_id,
            title=thread.title, text=post.text if post else thread.context, lang=source.lang,
            url=f"/posts/{post.id}" if post else f"/threads/{thread.id}",
            who={person: why for person, why in who.items() if person in still and person != source.author_id},
            levels=levels,
        ),
        now=now,
    )  # fmt: skip
