"""Posts in other languages, written by people: added, corrected, taken away; every version is kept."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.text import to_html
from app.forum import rules
from app.forum.actions.posts import changed, held_with_post, make_findable
from app.forum.models import Post, Thread, Translation
from app.forum.queries import lookups
from app.forum.queries import translations as queries


async def translate(
    session: AsyncSession, post_id: int, *, person_id: int, key: str, lang: str, text: str, seen: int = 0, now: datetime
) -> None:
    """The post in another language, or a better version. `seen`: the version before this person's eyes, 0 for none.

    The same key twice, and the same words again, change nothing.
    """
    thread, post = await held_with_post(session, post_id)
    if await queries.translation_with_key(session, key) is not None:
        return
    there = (await queries.texts_of(session, post_id)).get(lang)
    if there is not None and (there.text, there.of) == (text, post.worded):
        return
    standing = await lookups.standing(session, person_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_translate(standing, stands=post.stands, same=lang == post.lang, seen=seen, there=_id(there))
    rules.check_text(text)
    await _add(session, thread, post, lang=lang, text=text, key=key, person_id=person_id, now=now)


async def take_translation_away(
    session: AsyncSession, post_id: int, *, person_id: int, key: str, lang: str, now: datetime
) -> None:
    """By who translated it, who wrote the post, or a moderator."""
    thread, post = await held_with_post(session, post_id)
    there = (await queries.texts_of(session, post_id)).get(lang)
    if there is None:
        return
    standing = await lookups.standing(session, person_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_look_after(person_id if person_id == there.by_id else post.author_id, standing)
    await _add(session, thread, post, lang=lang, text="", key=key, person_id=person_id, now=now)


async def _add(
    session: AsyncSession, thread: Thread, post: Post, *, lang: str, text: str, key: str, person_id: int, now: datetime
) -> None:
    html = str(to_html(text)) if text else ""
    session.add(
        Translation(
            post_id=post.id or 0, key=key, lang=lang, text=text, html=html, by_id=person_id, of=post.worded, at=now
        )
    )
    await session.flush()
    post.translations = len(await queries.texts_of(session, post.id or 0))
    changed(session, thread, post)
    if post.stands:
        await make_findable(session, thread, post)


def _id(there: Translation | None) -> int:
    return there.id or 0 if there is not None else 0
