"""The archive of an event: asked for, packed by a worker, kept for a week."""

import secrets
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import archive, files
from app.core.archive import Box
from app.core.db import reading
from app.core.jobs import schedule
from app.events import queries, rules
from app.events.jobs import MakeArchive
from app.events.models import EventArchive

KEPT = timedelta(days=7)


async def ask_for_archive(session: AsyncSession, event_id: int, *, by: int, lang: str, now: datetime) -> EventArchive:
    """A new one takes the place of the old. Who asks while one is being made gets that one."""
    row = await queries.archive_to_change(session, event_id)
    if row is not None and row.made_at is None and not row.failed:
        return row
    row = row or EventArchive(event_id=event_id, asked_at=now)
    row.lang, row.asked_by, row.asked_at, row.made_at, row.failed = lang, by, now, None, False
    session.add(row)
    stamp = now.isoformat()
    await schedule(session, MakeArchive(event_id=event_id, asked=stamp), at=now, key=f"archive:{event_id}:{stamp}")
    return row


async def packed(work: MakeArchive) -> Path | None:
    """The file, packed piece by piece; None where nobody waits for it any more."""
    async with reading() as session:
        row = await queries.archive(session, work.event_id)
        if row is None or not _waits(row, work):
            return None
        event = await queries.event(session, work.event_id)
        path = files.folder() / f"archive-{secrets.token_hex(8)}.new"
        with _gone_when_broken(path), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            title = rules.said(event, "title", row.lang)
            await archive.fill(session, Box(made, work.event_id, event.audience_id, title, row.lang, event.zone))
        return path


async def keep_archive(session: AsyncSession, work: MakeArchive, path: Path, *, now: datetime) -> None:
    """The packed file is the archive from now on; the one before goes."""
    row = await queries.archive_to_change(session, work.event_id)
    if row is None or not _waits(row, work):
        path.unlink(missing_ok=True)
        return
    before = row.place
    row.place, row.size, row.made_at = f"archive-{secrets.token_hex(16)}.zip", path.stat().st_size, now
    path.rename(files.folder() / row.place)
    if before:
        (files.folder() / before).unlink(missing_ok=True)
    session.add(row)


async def give_up(session: AsyncSession, work: MakeArchive) -> None:
    row = await queries.archive_to_change(session, work.event_id)
    if row is not None and _waits(row, work):
        row.failed = True
        session.add(row)


async def forget_archives(session: AsyncSession, *, now: datetime) -> None:
    """What people have taken away since, or said otherwise, must not lie here for ever."""
    for row in await queries.archives_before(session, now - KEPT):
        if row.place:
            (files.folder() / row.place).unlink(missing_ok=True)
        await session.delete(row)


def _waits(row: EventArchive, work: MakeArchive) -> bool:
    return row.made_at is None and row.asked_at.isoformat() == work.asked


@contextmanager
def _gone_when_broken(path: Path) -> Iterator[None]:
    with ExitStack() as stack:
        stack.callback(path.unlink, missing_ok=True)
        yield
        stack.pop_all()
