"""What is set up and what is not, one sentence each: `fortnight check`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from app import migrate
from app.core import live
from app.settings import Settings

Found = tuple[bool, str]


async def found(chosen: Settings) -> Sequence[Found]:
    return [await _database(chosen), await _news(chosen), _files(chosen.files_folder), _mail(chosen)]


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
