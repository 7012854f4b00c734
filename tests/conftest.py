"""Fixtures: real servers, no mocks. What to ask for:

- `database`: connected, empty, every table there; the test runs twice, on SQLite and on PostgreSQL, unless it
  is marked with one (ONE_DATABASE, POSTGRES_ALONE in tests/support/databases.py). Then use
  `app.core.db.transaction()` and `reading()`. `database_url` is the same without a connection, for other processes;
  `sqlite_url` and `postgres_url` are one of the two.
- `news`: app.core.live connected to a real Valkey, wiped before the test (`valkey_url` is its address).
- `valkey`: a Valkey of this test alone, which may be stopped, wiped and started.
- `clock`: `clock.forward(hours=3)`, `clock.go_to(instant)`: this process and those started with CLOCK obey.
- `mailbox`: a real SMTP server: `await mailbox.arrived(2)`, `mailbox.refuse_next`.
- `site`: the pages in process, on both databases: `await site.as_person(id)` is a signed-in visitor with
  `.get(url)` and `.send_form(url, {...})`, `site.stranger()` is not signed in. `queries()` counts statements.
  `TextBrowser(visitor)` of tests/support/textual.py follows links and fills forms by their words.
- `demonstrations`: `copy_to(folder, now)` is a database with the demonstration as it is loaded at `now`, on SQLite.
- `programs`: real processes on PostgreSQL and Valkey, `alone`: everything in one process on SQLite; both obey `clock`
  and write to `mailbox`, see tests/support/programs.py. They are forked from a process that has read the house;
  `bare` is `alone` with an empty folder, in which the first start makes the tables.
- `browser`: a real Chromium, and `shots` for pictures, see tests/support/chromium.py. Mark such tests `browser`.
"""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core import db, live, times
from app.embedded import Valkey
from app.main import Setup, close_stores
from tests.support import chromium, templates  # noqa: F401  (templates: compiled once for all)
from tests.support.clock import Clock
from tests.support.databases import PostgresCopies, SqliteCopies
from tests.support.demonstration import Demonstrations
from tests.support.mailbox import Mailbox
from tests.support.missing import LOUD, missing
from tests.support.postgres import NoPostgres, Postgres
from tests.support.programs import Programs
from tests.support.sharing import import_share
from tests.support.site import Site

# pytest rewrites hypothesis while importing it. CPython 3.11 now and then breaks off there ("AST constructor recursion
# depth mismatch") when the garbage collector runs code of its own in the middle; so it rests meanwhile.
gc.disable()
import hypothesis.stateful  # noqa: E402

gc.enable()

# How long one example takes depends on the machine and its neighbours; no test of ours is about that.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

FIRST = ("tests/demo/test_every_page", "tests/journeys/", "test_nine_browsers", "test_rights")
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this test run."""
    try:
        server = Postgres()
        server.start()
    except NoPostgres as problem:
        missing(f"no PostgreSQL: {problem}")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_copies(postgres: Postgres) -> Iterator[PostgresCopies]:
    copies = PostgresCopies(postgres)
    yield copies
    copies.close()


@pytest.fixture(scope="session")
def sqlite_copies(tmp_path_factory: pytest.TempPathFactory) -> SqliteCopies:
    return SqliteCopies(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def demonstrations(
    request: pytest.FixtureRequest, sqlite_copies: SqliteCopies, tmp_path_factory: pytest.TempPathFactory
) -> Demonstrations:
    several = hasattr(request.config, "workerinput")  # then each has a folder of its own beside the others'
    return Demonstrations(sqlite_copies, tmp_path_factory.getbasetemp(), several=several)


@pytest.fixture
def postgres_url(postgres_copies: PostgresCopies) -> Iterator[str]:
    url = postgres_copies.copy()
    yield url
    postgres_copies.give_back(url)


@pytest.fixture
def sqlite_url(sqlite_copies: SqliteCopies) -> str:
    return sqlite_copies.fresh()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test with a database runs on both, unless it (or its module) is marked with one."""
    if "database_url" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("database")
        on = [each for each in BOTH if mark is None or mark.args[0] in str(each)]
        metafunc.parametrize("database_url", on, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(anyio_backend: str, database_url: str) -> AsyncIterator[AsyncEngine]:
    yield db.connect(database_url)
    await db.disconnect()


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey_url(shared_valkey: Valkey) -> str:
    shared_valkey.wipe()
    return shared_valkey.url


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey-of-this-test")
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def news(anyio_backend: str, valkey_url: str) -> AsyncIterator[None]:
    live.connect(valkey_url)
    yield
    await live.disconnect()


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(tmp_path / "clock")
    monkeypatch.setattr(times, "_shift_file", clock.file)
    return clock


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
async def site(anyio_backend: str, database_url: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    setup = Setup(database_url=database_url, redis_url=valkey_url, files=tmp_path / "files", secret="for tests " * 4)
    site = Site(setup)
    site.open()
    yield site
    await site.close()
    await close_stores()


@pytest.fixture
def programs(postgres_url: str, valkey_url: str, tmp_path: Path, clock: Clock, mailbox: Mailbox) -> Iterator[Programs]:
    """Programs to start as wanted; the database has every table."""
    programs = Programs(
        tmp_path,
        {
            **_surroundings(clock, mailbox),
            "DATABASE_URL": postgres_url,
            "REDIS_URL": valkey_url,
            "SECRET": "for tests " * 4,
        },
    )
    yield programs
    programs.close()


@pytest.fixture
def bare(tmp_path: Path, clock: Clock, mailbox: Mailbox) -> Iterator[Programs]:
    """As `alone`, but its folder is empty: the first start makes the tables, which takes seconds."""
    programs = Programs(tmp_path, _surroundings(clock, mailbox))
    yield programs
    programs.close()


@pytest.fixture
def alone(bare: Programs, sqlite_copies: SqliteCopies) -> Programs:
    """For `alone.start("run")`: SQLite, a private Valkey and everything else in one process. It has every table."""
    folder = Path(bare.env["DATA"])
    folder.mkdir()
    Path(sqlite_copies.copy_to(folder).partition(":///")[2]).rename(folder / "fortnight.db")
    return bare


def _surroundings(clock: Clock, mailbox: Mailbox) -> dict[str, str]:
    return {
        "CLOCK": str(clock.file), "SMTP_HOST": mailbox.host, "SMTP_PORT": str(mailbox.port), "SMTP_SECURITY": "none",
        "MAIL_FROM": "fortnight@example.org",
    }  # fmt: skip


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[chromium.Browser]:
    path = chromium.program()
    if path is None:
        missing("no Chromium: `make test` as root installs it, else install it by hand (Debian: apt install chromium)")
    async with chromium.async_playwright() as playwright:
        browser = await chromium.launch(playwright, path)
        yield browser
        await browser.close()


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> chromium.Shots:
    return chromium.Shots(chromium.ARTEFACTS / request.node.name.replace("/", "-"))


def pytest_collection(session: pytest.Session) -> None:
    import_share(session.config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what is set up dearly for many, and what takes longest: who begins with it keeps it, and nobody waits for it
    at the end."""
    items.sort(key=lambda item: next((n for n, name in enumerate(FIRST) if name in item.nodeid), len(FIRST)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays; the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What did not run because this machine lacks something is said at the end, where it is seen."""
    skipped = [str(report.longrepr[-1]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr]
    for reason in sorted({text.removeprefix("Skipped: ") for text in skipped if LOUD in text}):
        count = sum(reason in text for text in skipped)
        terminalreporter.write_line(f"!!! {count} tests {reason}", red=True, bold=True)
