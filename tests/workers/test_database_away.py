"""PostgreSQL may be restarted under a worker and under the live line: both go on by themselves."""

import signal

import pytest

from app.core import db
from app.core.jobs import JobState
from realtime.server import LiveLine
from tests.realtime import world
from tests.support.postgres import Postgres
from tests.workers.conftest import working
from tests.workers.work import LeaveTrace, TakeLong, until, until_state, want

pytestmark = pytest.mark.postgres


async def test_work_goes_on_after_the_database_was_away(
    postgres: Postgres, postgres_url: str, news: None, valkey_url: str
) -> None:
    db.connect(postgres_url)
    await want(TakeLong("underway", 1.5))
    async with working(valkey_url):
        await until_state("underway", JobState.RUNNING)
        _shut_down(postgres)
        postgres.launch()
        await until(lambda: _accepts("afterwards"), seconds=10)
        await until_state("afterwards", JobState.DONE, seconds=10)
        await until_state("underway", JobState.DONE, seconds=45)
    await db.disconnect()


def _shut_down(postgres: Postgres) -> None:
    """In order, because the server of the tests does not wait for its disk: a crash would take the newest rows along."""
    postgres._stop(signal.SIGINT)


async def _accepts(word: str) -> bool:
    """A write is taken again; while the database starts it is refused."""
    try:
        await want(LeaveTrace(word), key=word)
    except Exception:
        return False
    return True


async def test_readers_are_current_after_the_database_was_away(
    postgres: Postgres, postgres_url: str, news: None
) -> None:
    db.connect(postgres_url)
    await world.prepare()
    await world.note(1)
    line = LiveLine(kinds=world.KINDS, voices=world.VOICES)
    heard: list[tuple[str, int]] = []
    line.speaker.hub.ask("note:1")
    line.speaker.hear = lambda topic, version: heard.append((topic, version))  # type: ignore[method-assign]
    _shut_down(postgres)
    with pytest.raises(Exception, match=r"(?i)connect|closed|terminat"):
        await line.speaker.reread()
    postgres.launch()
    await until(lambda: _accepts("afterwards"), seconds=10)
    await world.write(1, "after the restart")
    await line.speaker.reread()
    assert ("note:1", 1) in heard
    await db.disconnect()
