"""Journeys: whole stories in real browsers, with everything in one process, and with two processes of each program.

`house` runs each journey in both ways. Arrange rows first, inside `async with house.rows():`, then `house.open()`.
Every person comes by a line of their own: `await house.person("Tamta", email)` signs in by the link in a letter.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from time import monotonic

import pytest
from playwright.async_api import Page

from app.core import db
from tests.support.chromium import Browser, visitor
from tests.support.mailbox import Mailbox, part
from tests.support.programs import Programs
from tests.support.proxy import Proxy

TOGETHER = ("run",)
APART = ("web", "web", "realtime", "realtime", "worker", "worker")


class House:
    """The whole product, running, and the people who come to it."""

    def __init__(self, programs: Programs, kinds: tuple[str, ...], browser: Browser, mailbox: Mailbox) -> None:
        self.programs, self.mailbox = programs, mailbox
        self._kinds, self._browser = kinds, browser
        self.lines: dict[str, Proxy] = {}
        self.troubles: list[str] = []
        self._cut_since: dict[str, float] = {}

    @asynccontextmanager
    async def rows(self) -> AsyncIterator[None]:
        """The database, for arranging and for looking."""
        db.connect(
            self.programs.env.get("DATABASE_URL") or f"sqlite+aiosqlite:///{self.programs.env['DATA']}/fortnight.db"
        )
        try:
            yield
        finally:
            await db.disconnect()

    def open(self) -> None:
        self.programs.start_all(*self._kinds)

    async def comes(self, name: str, **look: object) -> Page:
        """Somebody's browser, on a line of its own."""
        self.lines[name] = self.programs.line()
        return await visitor(self._browser, self.lines[name].url, troubles=self.troubles, **look)  # type: ignore[arg-type]

    def cut(self, name: str) -> None:
        """Their line is gone, at once, until `mend`."""
        self._cut_since[name] = monotonic()
        self.lines[name].cut()

    def cut_after_next_post(self, name: str) -> None:
        """What they send next arrives, but they do not hear of it: their line is gone until `mend`."""
        self._cut_since[name] = monotonic()
        self.lines[name].cut_after_next_post()

    async def mend(self, name: str, *, after: float = 0) -> None:
        """The line is back, when it was away for `after` seconds at least (a real outage: the browser's own clock counts)."""
        await asyncio.sleep(max(0, self._cut_since[name] + after - monotonic()))
        self.lines[name].mend()

    @property
    def complaints(self) -> list[str]:
        """What the browsers said in anger; a browser whose line was cut is right to say so."""
        lines = ("ERR_", "WebSocket", "Failed to load resource", "Failed to fetch")
        return [said for said in self.troubles if not (self._cut_since and any(words in said for words in lines))]

    async def person(self, name: str, email: str, **look: object) -> Page:
        """Comes, asks for a link, opens it from the letter, is signed in."""
        page = await self.comes(name, **look)
        await page.goto("/sign-in")
        await page.get_by_label("e-mail").first.fill(email)
        await page.get_by_role("button", name="Send me a link").click()
        letters = await self.mailbox.arrived(1, to=email, about="Your link to sign in")
        assert letters, f"no letter for {email}"
        await page.goto(link_in(part(letters[-1], "text/plain"), "/sign-in/"))
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(lambda url: "/sign-in" not in url)
        return page


def link_in(text: str, start: str) -> str:
    """The path of the first link in a letter that begins with `start`."""
    found = re.search(rf"https?://[^/\s]+({re.escape(start)}\S+)", text)
    assert found, f"no link to {start} in:\n{text}"
    return found[1]


IN_BOTH_FORMS = [pytest.param("apart", marks=pytest.mark.postgres), "together"]
MOSTLY_APART = pytest.mark.parametrize(
    "house", [IN_BOTH_FORMS[0], pytest.param("together", marks=pytest.mark.long)], indirect=True
)
"""On a journey that in one process meets nothing which other journeys do not meet there; `make test-all` walks it, too."""


@pytest.fixture(params=IN_BOTH_FORMS)
def house(request: pytest.FixtureRequest, browser: Browser, mailbox: Mailbox) -> Iterator[House]:
    together = request.param == "together"
    programs: Programs = request.getfixturevalue("alone" if together else "programs")
    house = House(programs, TOGETHER if together else APART, browser, mailbox)
    yield house
    assert house.complaints == []
