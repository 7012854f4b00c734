"""Pictures and files: added to a reply that is being written, sent with it, described, taken away."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import files
from app.core.errors import Missing
from app.core.files import Checked
from app.forum import rules, rules_files
from app.forum.actions.threads import grow
from app.forum.models import Attachment, Post, Thread
from app.forum.queries import files as queries
from app.forum.queries import lookups
from app.forum.rules_files import OF_RECORDINGS, Role


async def add_file(
    session: AsyncSession,
    checked: Checked,
    *,
    thread_id: int,
    person_id: int,
    key: str,
    alt: str = "",
    role: Role = Role.BESIDE,
    now: datetime,
) -> Attachment:
    """A file for the reply this person is writing in the thread. The same file is one file: with the same form, and as
    long as it waits, also from another page that was opened anew."""
    thread = await lookups.thread_to_change(session, thread_id)
    if thread is not None and thread.merged_into is not None:  # as the reply itself, see posts.reply
        thread = await lookups.thread_to_change(session, thread.merged_into)
    if thread is None:
        raise Missing
    thread_id = thread.id or 0
    content = f":{person_id}:{checked.hash[:24]}"
    whole_key = f"{key[:24]}{content}"
    if (known := await files.file_with_key(session, whole_key)) is not None:
        return await _described(session, known.id, alt)
    if (
        waits := await queries.waiting_copy(session, thread_id, person_id=person_id, content=content, role=role)
    ) is not None:
        return await _described(session, waits, alt)
    there = await queries.attachments_waiting(session, thread_id, person_id=person_id, roles=[*Role])
    standing = await lookups.standing(session, person_id, audience_id=thread.audience_id, event_id=thread.event_id)
    rules.check_adding(standing, locked=thread.is_closed(now), there=len(there))
    rules_files.check_one_of_each(role, [each.role for each in there])
    stored = await files.store(
        session, checked, audience_id=thread.audience_id, person_id=person_id, key=whole_key, now=now
    )
    widest = checked.drawn[-1] if checked.drawn else None
    attachment = Attachment(
        thread_id=thread_id, person_id=person_id, file_id=stored.id or 0, alt=alt[: rules.LONGEST_ALT], added_at=now,
        role=role,
        width=widest.width if widest else 0, height=widest.height if widest else 0,
        widths=[each.width for each in checked.drawn[:-1]],
    )  # fmt: skip
    session.add(attachment)
    await session.flush()
    return attachment


async def attach(session: AsyncSession, post: Post, *, alts: Mapping[int, str], fields: Mapping[int, str]) -> None:
    """What waits for a post of its author in this thread goes with this one; every picture says what it shows.

    `alts`: file → what its author says about it now; `fields`: file → where a sentence about it is to stand.
    """
    roles = OF_RECORDINGS if post.kind == rules.PostKind.RECORDING else (Role.BESIDE,)
    waiting = await queries.attachments_waiting(session, post.thread_id, person_id=post.author_id or 0, roles=roles)
    for each in waiting:
        each.alt = alts.get(each.id or 0, each.alt).strip()[: rules.LONGEST_ALT]
    rules.check_described({fields.get(each.id or 0, f"alt-{each.id}"): each.alt for each in waiting if each.width})
    for each in waiting:
        each.post_id = post.id
        session.add(each)
    post.files = len(waiting)
    session.add(post)
    await session.flush()


async def describe(session: AsyncSession, thread: Thread, post: Post, attachment_id: int, *, alt: str) -> None:
    """Other words about a picture of a post; whose right it is, the caller has asked."""
    attachment = await _of_post(session, post, attachment_id)
    rules.check_described({"alt": alt})
    attachment.alt = alt.strip()[: rules.LONGEST_ALT]
    session.add(attachment)
    _changed(session, thread, post)


async def take_away(session: AsyncSession, thread: Thread, post: Post, attachment_id: int) -> None:
    """A file leaves a post for good; whose right it is, the caller has asked."""
    attachment = await _of_post(session, post, attachment_id)
    rules_files.check_leaves(attachment.role)
    await _drop(session, attachment)
    post.files -= 1
    _changed(session, thread, post)


async def leave_out(session: AsyncSession, attachment_id: int, *, thread_id: int, person_id: int) -> None:
    """A file that waits is not sent after all. Once more is the same."""
    attachment = await queries.attachment_to_change(session, attachment_id)
    if attachment is None:
        return
    if (attachment.thread_id, attachment.person_id, attachment.post_id) != (thread_id, person_id, None):
        raise Missing
    await _drop(session, attachment)


async def rehome_files(session: AsyncSession, thread: Thread) -> None:
    stored = await queries.stored_of_thread(session, thread.id or 0)
    await files.rehome(session, stored, audience_id=thread.audience_id)


async def forget_never_sent(session: AsyncSession, *, now: datetime) -> None:
    await files.drop(session, await queries.never_sent(session, before=now - rules.WAITS_FOR_POST))


async def _described(session: AsyncSession, file_id: int | None, alt: str) -> Attachment:
    attachment = await queries.attachment_of_file(session, file_id)
    if attachment is None:
        raise Missing
    if attachment.post_id is None and alt:
        attachment.alt = alt[: rules.LONGEST_ALT]
        session.add(attachment)
    return attachment


async def _of_post(session: AsyncSession, post: Post, attachment_id: int) -> Attachment:
    attachment = await queries.attachment_to_change(session, attachment_id)
    if attachment is None or attachment.post_id != post.id:
        raise Missing
    return attachment


async def _drop(session: AsyncSession, attachment: Attachment) -> None:
    await session.delete(attachment)
    await session.flush()
    await files.drop(session, [attachment.file_id])


def _changed(session: AsyncSession, thread: Thread, post: Post) -> None:
    grow(session, thread)
    post.version = thread.version
    session.add(post)
