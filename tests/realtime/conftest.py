"""The live line over the small world of notes, in this process and in others."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from app.core import db, live
from app.main import Setup
from realtime.listener import Rhythm
from realtime.server import LiveLine, create_app
from tests.realtime import world
from tests.realtime.serving import serving

QUICK = Rhythm(reread=0.3, heartbeat=25, presence=25, recheck=300)
Serve = Callable[..., AbstractAsyncContextManager[str]]


@pytest.fixture
async def prepared(anyio_backend: str, database_url: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[Setup]:
    """Stores that are open, with the tables of the small world."""
    db.connect(database_url)
    live.connect(valkey_url)
    await world.prepare()
    yield Setup(database_url=database_url, redis_url=valkey_url, files=tmp_path / "files", secret="for tests " * 4)
    await db.disconnect()
    await live.disconnect()


@pytest.fixture
async def notes(prepared: Setup) -> AsyncIterator[str]:
    """`host:port` of a live line in this process."""
    await db.disconnect()
    await live.disconnect()
    async with serving(create_app(prepared, live_line=line_of_notes()), lifespan="on") as address:
        yield address


def line_of_notes(**options: Any) -> LiveLine:
    chosen: dict[str, Any] = {"rhythm": QUICK, "grace": 0.2, "poll": 5.0, **options}
    return LiveLine(
        own_origin="http://127.0.0.1:8000", kinds=world.KINDS, voices=world.VOICES, whisper_doors=world.DOORS, **chosen
    )
