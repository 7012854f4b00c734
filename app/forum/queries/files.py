"""What the pages ask about pictures and files."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.core.files import StoredFile
from app.events.models import Participation
from app.events.rules import MODERATORS
from app.forum.models import Attachment, Post, Thread
from app.forum.queries.shown import FileShown
from app.forum.rules import MOST_FILES
from app.forum.rules_files import Role


async def files_of(session: AsyncSession, post_ids: Sequence[int]) -> dict[int, tuple[FileShown, ...]]:
    """post id → its files, in the order in which they were added; one statement for a page."""
    query = (
        select(Attachment, StoredFile)
        .join(StoredFile, col(StoredFile.id) == col(Attachment.file_id))
        .where(col(Attachment.post_id).in_(post_ids))
        .order_by(col(Attachment.id))
    )
    found: dict[int, tuple[FileShown, ...]] = {}
    for attachment, file in (await session.exec(query)).all():
        there = attachment.post_id or 0
        found[there] = (*found.get(there, ()), _shown(attachment, file))
    return found


async def places_of(session: AsyncSession, post_ids: Sequence[int]) -> dict[int, str]:
    """attachment → where its file lies, of these posts."""
    if not post_ids:
        return {}
    query = (
        select(Attachment.id, StoredFile.place)
        .join(StoredFile, col(StoredFile.id) == col(Attachment.file_id))
        .where(col(Attachment.post_id).in_(post_ids))
    )
    return {each or 0: place for each, place in (await session.exec(query)).all()}


async def waiting_copy(
    session: AsyncSession, thread_id: int, *, person_id: int, content: str, role: Role
) -> int | None:
    """The stored file with this content (the end of its key) that already waits for this person, for the same use."""
    query = (
        select(StoredFile.id)
        .join(Attachment, col(Attachment.file_id) == col(StoredFile.id))
        .where(Attachment.thread_id == thread_id, Attachment.person_id == person_id, col(Attachment.post_id).is_(None))
        .where(Attachment.role == role, col(StoredFile.key).endswith(content, autoescape=True))
        .limit(1)
    )
    return (await session.exec(query)).first()


async def waiting(
    session: AsyncSession, thread_id: int, *, person_id: int, roles: Collection[Role] = (Role.BESIDE,)
) -> list[FileShown]:
    """What this person has added to a reply that is not sent yet; a recording waits for its own form."""
    query = (
        select(Attachment, StoredFile)
        .join(StoredFile, col(StoredFile.id) == col(Attachment.file_id))
        .where(Attachment.thread_id == thread_id, Attachment.person_id == person_id, col(Attachment.post_id).is_(None))
        .where(col(Attachment.role).in_(roles))
        .order_by(col(Attachment.id))
        .limit(MOST_FILES)
    )
    return [_shown(attachment, file) for attachment, file in (await session.exec(query)).all()]


async def file_for(
    session: AsyncSession, attachment_id: int, *, post_id: int | None, person_id: int | None
) -> tuple[Attachment, StoredFile] | None:
    """A file of a post, if this person may read the post now; one that waits (`post_id` None) is for who added it.

    What is hidden is for its author and the moderators, what was taken away for nobody.
    """
    query = (
        select(Attachment, StoredFile, Post, Thread.event_id)
        .join(StoredFile, col(StoredFile.id) == col(Attachment.file_id))
        .join(Thread, col(Thread.id) == col(Attachment.thread_id))
        .outerjoin(Post, col(Post.id) == col(Attachment.post_id))
        .where(Attachment.id == attachment_id, col(Thread.audience_id).in_(readable(person_id)))
        .where(Attachment.post_id == post_id if post_id is not None else col(Attachment.post_id).is_(None))
    )
    row = (await session.exec(query)).one_or_none()
    if row is None:
        return None
    attachment, file, post, event_id = row
    mine = person_id is not None and attachment.person_id == person_id
    if post is None:
        return (attachment, file) if mine else None
    may = post.deleted_at is None and (post.hidden_at is None or mine or await _moderates(session, person_id, event_id))
    return (attachment, file) if may else None


async def attachment_to_change(session: AsyncSession, attachment_id: int) -> Attachment | None:
    return await session.get(Attachment, attachment_id)


async def attachments_waiting(
    session: AsyncSession, thread_id: int, *, person_id: int, roles: Collection[Role] = (Role.BESIDE,)
) -> list[Attachment]:
    query = (
        select(Attachment)
        .where(Attachment.thread_id == thread_id, Attachment.person_id == person_id, col(Attachment.post_id).is_(None))
        .where(col(Attachment.role).in_(roles))
        .order_by(col(Attachment.id))
        .limit(MOST_FILES)
    )
    return list((await session.exec(query)).all())


async def attachment_of_file(session: AsyncSession, file_id: int | None) -> Attachment | None:
    return (await session.exec(select(Attachment).where(Attachment.file_id == file_id))).one_or_none()


async def stored_of_thread(session: AsyncSession, thread_id: int) -> list[int]:
    """The ids of the stored files in this thread."""
    return list((await session.exec(select(Attachment.file_id).where(Attachment.thread_id == thread_id))).all())


async def never_sent(session: AsyncSession, *, before: datetime, limit: int = 500) -> list[int]:
    """The ids of the stored files that have waited for a post since before this moment."""
    query = (
        select(Attachment.file_id).where(col(Attachment.post_id).is_(None), Attachment.added_at < before).limit(limit)
    )
    return list((await session.exec(query)).all())


async def _moderates(session: AsyncSession, person_id: int | None, event_id: int) -> bool:
    query = select(Participation.roles).where(
        Participation.event_id == event_id, Participation.person_id == (person_id or 0)
    )
    return bool(MODERATORS & set((await session.exec(query)).one_or_none() or ()))


def _shown(attachment: Attachment, file: StoredFile) -> FileShown:
    return FileShown(
        id=attachment.id or 0, name=file.name, type=file.type, size=file.size, alt=attachment.alt,
        width=attachment.width, height=attachment.height, widths=tuple(attachment.widths),
        role=attachment.role,
    )  # fmt: skip
