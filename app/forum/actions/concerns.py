"""What people lay before the moderators, and how it is settled; posts hidden and shown again.

Nobody is hidden without a reason, the author hears it and can object, and whoever reported hears how it ended.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Forbidden, Missing, Refused
from app.core.text import plain
from app.core.words import N_
from app.forum import rules
from app.forum.actions.posts import changed, counted, forget, held_with_post, make_findable
from app.forum.models import Concern, Post, Thread
from app.forum.queries import concerns, lookups
from app.forum.rules_concerns import (
    ConcernKind,
    Outcome,
    check_objection,
    check_outcome,
    check_reason,
    check_report,
)
from app.notices import actions as notices
from app.notices.rules import Kind


async def report(
    session: AsyncSession, post_id: int, *, person_id: int, key: str, reason: str, lang: str, now: datetime
) -> Concern:
    """A reader says that something is wrong with a post; the moderators get its words as they are now."""
    thread, post = await held_with_post(session, post_id)
    known = await concerns.mine_about(session, post_id, person_id, key=key, kind=ConcernKind.REPORT)
    if known is not None:
        return known
    check_report(post.author_id, person_id, stands=post.stands)
    check_reason(reason)
    concern = _about_post(
        ConcernKind.REPORT, thread, post, person_id=person_id, key=key, text=reason, lang=lang, now=now
    )
    return await _laid(session, concern, now=now)


async def object_to_hiding(
    session: AsyncSession, post_id: int, *, person_id: int, key: str, reason: str, lang: str, now: datetime
) -> Concern:
    """The author of a hidden post says why it should be shown."""
    thread, post = await held_with_post(session, post_id)
    known = await concerns.mine_about(session, post_id, person_id, key=key, kind=ConcernKind.OBJECTION)
    if known is not None:
        return known
    check_objection(post.author_id, person_id, hidden=post.hidden_at is not None)
    check_reason(reason)
    concern = _about_post(
        ConcernKind.OBJECTION, thread, post, person_id=person_id, key=key, text=reason, lang=lang, now=now
    )
    return await _laid(session, concern, now=now)


async def ask_for_help(
    session: AsyncSession, *, event_id: int, person_id: int, key: str, text: str, lang: str, now: datetime
) -> Concern:
    known = await concerns.with_key(session, key)
    if known is not None:
        if (known.person_id, known.event_id) != (person_id, event_id):
            raise Refused(N_("This form was used before. Reload the page and send your text again."))
        return known
    check_reason(text, field="text")
    concern = Concern(
        event_id=event_id, key=key, kind=ConcernKind.HELP, person_id=person_id, text=text, lang=lang, at=now
    )
    return await _laid(session, concern, now=now)


async def settle(
    session: AsyncSession, concern_id: int, *, event_id: int, moderator_id: int, outcome: Outcome, answer: str, now: datetime
) -> Concern:  # fmt: skip
    """End a concern: the post is hidden or shown if that is the outcome, and whoever asked hears the answer."""
    concern = await concerns.to_change(session, concern_id, event_id=event_id)
    if concern is None:
        raise Missing
    if not await lookups.moderates(session, moderator_id, event_id):
        raise Forbidden(N_("Only the moderators of this event can do this."))
    if concern.outcome:
        if concern.outcome == outcome:
            return concern
        raise Refused(N_("Somebody else has settled this meanwhile. Reload the page to see how."))
    check_outcome(ConcernKind(concern.kind), outcome, answer)
    if concern.post_id is None:
        await _end(session, concern, outcome, answer, by=moderator_id, now=now)
        return concern
    thread, post = await held_with_post(session, concern.post_id)
    if outcome == Outcome.HIDDEN:
        await _hide(session, thread, post, moderator_id=moderator_id, reason=answer, now=now)
    elif outcome == Outcome.BACK:
        await _show_again(session, thread, post)
    for each in await concerns.open_about(session, concern.post_id, kinds=[ConcernKind(concern.kind)]):
        await _end(session, each, outcome, answer, by=moderator_id, now=now)
    return concern


async def hide_post(session: AsyncSession, post_id: int, *, moderator_id: int, reason: str, now: datetime) -> Post:
    """A moderator hides a post without having been asked; whoever reported it meanwhile hears of it."""
    thread, post = await _moderated(session, post_id, moderator_id)
    check_reason(reason)
    await _hide(session, thread, post, moderator_id=moderator_id, reason=reason, now=now)
    for each in await concerns.open_about(session, post_id, kinds=[ConcernKind.REPORT]):
        await _end(session, each, Outcome.HIDDEN, reason, by=moderator_id, now=now)
    return post


async def show_post_again(session: AsyncSession, post_id: int, *, moderator_id: int, now: datetime) -> Post:
    thread, post = await _moderated(session, post_id, moderator_id)
    await _show_again(session, thread, post)
    for each in await concerns.open_about(session, post_id, kinds=[ConcernKind.OBJECTION]):
        await _end(session, each, Outcome.BACK, "", by=moderator_id, now=now)
    return post


async def seen_hiding(session: AsyncSession, *, person_id: int, post_id: int, now: datetime) -> None:
    """The author has read that the post is hidden, and why."""
    await notices.seen(session, person_id, _hidden(post_id), place=0, now=now)


async def seen_concern(session: AsyncSession, *, person_id: int, concern_id: int, now: datetime) -> None:
    for topic in ("concern", "settled"):
        await notices.seen(session, person_id, f"{topic}:{concern_id}", place=0, now=now)


async def _hide(
    session: AsyncSession, thread: Thread, post: Post, *, moderator_id: int, reason: str, now: datetime
) -> None:
    assert post.id is not None
    if post.hidden_at is not None:
        return
    with counted(thread, post):
        post.hidden_at, post.hidden_by, post.hidden_why = now, moderator_id, reason
    changed(session, thread, post)
    await forget(session, thread, post)
    if post.author_id is not None and post.author_id != moderator_id:
        await _tell(
            session, thread.event_id, thread.audience_id, {post.author_id}, Kind.HIDDEN, topic=_hidden(post.id), ref=post.id,
            title=thread.title, text=reason, url=f"/posts/{post.id}/more", by_id=None, now=now,
        )  # fmt: skip


async def _show_again(session: AsyncSession, thread: Thread, post: Post) -> None:
    assert post.id is not None
    if post.hidden_at is None:
        return
    with counted(thread, post):
        post.hidden_at, post.hidden_by, post.hidden_why = None, None, ""
    changed(session, thread, post)
    if post.stands:
        await make_findable(session, thread, post)
    await notices.retract(session, _hidden(post.id), post.id)


async def _moderated(session: AsyncSession, post_id: int, moderator_id: int) -> tuple[Thread, Post]:
    thread, post = await held_with_post(session, post_id)
    standing = await lookups.standing(session, moderator_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_moderates(standing)
    return thread, post


def _about_post(
    kind: ConcernKind, thread: Thread, post: Post, *, person_id: int, key: str, text: str, lang: str, now: datetime
) -> Concern:
    return Concern(
        event_id=thread.event_id, key=key, kind=kind, post_id=post.id, person_id=person_id, text=text,
        words=plain(post.text, length=2000), lang=lang, at=now,
    )  # fmt: skip


async def _laid(session: AsyncSession, concern: Concern, *, now: datetime) -> Concern:
    """The concern is in the queue and the moderators hear of it, without a word of what it is about."""
    session.add(concern)
    await session.flush()
    assert concern.id is not None
    event = await concerns.event_of(session, concern.event_id)
    moderators = await lookups.moderators(session, concern.event_id) - {concern.person_id}
    await _tell(
        session, concern.event_id, event.staff_audience_id, moderators, Kind.CONCERN, topic=f"concern:{concern.id}", ref=concern.id,
        title=event.title, text="", url=f"/concerns/{concern.id}", by_id=concern.person_id, now=now,
    )  # fmt: skip
    return concern


async def _end(
    session: AsyncSession, concern: Concern, outcome: Outcome, answer: str, *, by: int, now: datetime
) -> None:
    assert concern.id is not None
    concern.outcome, concern.answer, concern.settled_by, concern.settled_at = outcome, answer, by, now
    session.add(concern)
    await session.flush()
    await notices.retract(session, f"concern:{concern.id}", concern.id)
    event = await concerns.event_of(session, concern.event_id)
    await _tell(
        session, concern.event_id, event.audience_id, {concern.person_id}, Kind.SETTLED, topic=f"settled:{concern.id}", ref=concern.id,
        title=event.title, text=answer, url=f"/concerns/{concern.id}", by_id=by, now=now,
    )  # fmt: skip


async def _tell(
    session: AsyncSession, event_id: int, audience_id: int, who: Collection[int], kind: Kind, *, topic: str, ref: int,
    title: str, text: str, url: str, by_id: int | None, now: datetime,
) -> None:  # fmt: skip
    telling = notices.Telling(
        event_id=event_id, audience_id=audience_id, topic=topic, ref=ref, place=0, by_id=by_id, title=title, text=text,
        lang="", url=url, who=dict.fromkeys(who, kind),
    )  # fmt: skip
    await notices.tell(session, telling, now=now)


def _hidden(post_id: int) -> str:
    return f"hidden:{post_id}"
