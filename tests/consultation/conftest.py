"""`table`: a room in real browsers, with its pages and its live line in this process, on SQLite unless a test says other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from app.core import times
from app.core.db import transaction
from app.main import Setup, close_stores, create_app
from app.people.actions import sign_in
from realtime.lines import LiveProtocol
from realtime.server import LiveLine
from tests.realtime.conftest import QUICK
from tests.realtime.serving import running, serving
from tests.support.chromium import visitor
from tests.support.clock import Clock
from tests.support.postgres import free_port

from .rooms import NOON
from .stage import Stage, stage


class Table:
    """The room `stage` and whoever comes to it; `troubles` is what browsers complained about."""

    def __init__(self, browser: Browser, address: str, room: Stage) -> None:
        self._browser, self.address, self.stage = browser, address, room
        self.troubles: list[str] = []
        self._pages: list[Page] = []

    async def comes(self, person: int, *, width: int = 1280, height: int = 720, **look: object) -> Page:
        """Somebody signed in, at the room's page."""
        async with transaction() as session:
            token = await sign_in(session, person_id=person, device="a test", now=times.now())
        page = await visitor(
            self._browser,
            self.address,
            width=width,
            height=height,
            troubles=self.troubles,
            **look,  # type: ignore[arg-type]
        )
        self._pages.append(page)
        await page.context.add_cookies([{"name": "session", "value": token, "url": self.address}])
        await page.goto(f"/rooms/{self.stage.room}")
        return page

    async def ends(self) -> None:
        for page in self._pages:
            await page.context.close()


@pytest.fixture
def table_url(request: pytest.FixtureRequest) -> str:
    """Parametrised with `ON_BOTH` it is one of the two."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


ON_BOTH = ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.long])]
"""For `table_url`: what browsers show is the same on both, so the second is for `make test-all`."""


@pytest.fixture
def sockets(request: pytest.FixtureRequest) -> bool:
    """Parametrised with False the server knows no sockets, as behind a proxy that refuses them."""
    return bool(getattr(request, "param", True))


@pytest.fixture
async def table(
    browser: Browser, table_url: str, sockets: bool, valkey_url: str, tmp_path: Path, clock: Clock
) -> AsyncIterator[Table]:
    clock.go_to(NOON)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    setup = Setup(
        database_url=table_url,
        redis_url=valkey_url,
        files=tmp_path / "files",
        secret="for tests " * 4,
        base_url=address,
    )
    line = LiveLine(own_origin=address, rhythm=QUICK, grace=0.5)
    app = create_app(setup, more=line.routes)
    async with running(line.run()), serving(app, port=port, ws=LiveProtocol if sockets else "none"):
        table = Table(browser, address, await stage())
        yield table
        await table.ends()
    await close_stores()
    assert [said for said in table.troubles if sockets or "WebSocket" not in said] == []
