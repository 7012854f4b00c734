"""What is set up and what is not, one sentence each: `fortnight check`; and what `fortnight run` says."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from app import migrate
from app.core import db, live
from app.people import queries
from app.settings import Settings

Found = tuple[bool, str]


async def found(chosen: Settings) -> Sequence[Found]:
    return [await _database(chosen), await _news(chosen), _files(chosen.files_folder), _mail(chosen), _inbox(chosen)]


async def _database(chosen: Settings) -> Found:
    version = await asyncio.to_thread(migrate.version, chosen.database)
    if version == migrate.head():
        return True, f"the database is at version {version}"
    return False, f"the database is at version {version or 'nothing'}, needs {migrate.head()}: run `fortnight migrate`"


async def _news(chosen: Settings) -> Found:
    if not chosen.redis_url:
        return True, "a private Valkey is started by `fortnight run`"
    live.connect(chosen.redis_url)
    well = await live.is_well()
    await live.disconnect()
    return well, "Redis answers" if well else "Redis does not answer at REDIS_URL: everything works, but slower"


def _files(folder: Path) -> Found:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".check").touch()
        (folder / ".check").unlink()
    except OSError as problem:
        return False, f"files cannot be kept in {folder}: {problem.strerror}"
    return True, f"files are kept in {folder}"


def _mail(chosen: Settings) -> Found:
    if not chosen.sends_mail:
        return False, "SMTP_HOST is not set: letters wait in the outbox"
    return True, f"letters leave by {chosen.smtp_host}:{chosen.smtp_port}; try it with `fortnight mail-test ADDRESS`"


def _inbox(chosen: Settings) -> Found:
    if not chosen.reply_address:
        return True, "letters cannot be answered by mail (REPLY_ADDRESS is not set)"
    by = [f"LMTP on {chosen.inbox_lmtp}"] if chosen.inbox_lmtp else []
    by += [f"IMAP from {chosen.inbox_imap_host}"] if chosen.inbox_imap_host else []
    return (
        True,
        f"answers to {chosen.reply_address} come by {' and '.join(by)}; {chosen.inbox_trusts} vouches for senders",
    )


async def welcome(chosen: Settings) -> str:
    """What `fortnight run` says when the door is open."""
    async with db.reading() as session:
        nobody = await queries.is_empty(session)
    if chosen.demo:
        enter = f"Enter as participant, moderator, coordinator or manager: {chosen.address}"
    elif nobody:
        enter = f"Whoever comes first sets it up: {chosen.address}/setup"
    else:
        enter = f"Sign in: {chosen.address}/sign-in"
    return f"\n  {chosen.programme_name} is open: {chosen.address}\n  {enter}\n  Data: {chosen.data.absolute()}   Stop: Ctrl-C\n"
