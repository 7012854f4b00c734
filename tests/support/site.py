"""The pages in process: a site, and visitors who use it as a browser without JavaScript would."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx2
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.core import db, times
from app.main import Setup, create_app
from app.people.actions import sign_in

sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # else httpx2 searches every folder for it at each request

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Visitor(httpx2.AsyncClient):
    """A browser: keeps cookies, follows no redirect unless told, sends the form token of the page it last saw."""

    def __init__(self, app: Any, *, address: str = "http://127.0.0.1:8000") -> None:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        wants = {
            "accept": "text/html",
            "accept-encoding": "identity",
        }  # nothing is saved by squeezing what never travels
        super().__init__(transport=transport, base_url=address, headers=wants)
        self._token = ""

    async def get(self, url: str, **more: Any) -> httpx2.Response:  # type: ignore[override]
        answer = await super().get(url, **more)
        if found := TOKEN.search(answer.text if "html" in answer.headers.get("content-type", "") else ""):
            self._token = unescape(found[1])
        return answer

    async def send_form(
        self,
        url: str,
        data: Mapping[str, Any] | None = None,
        *,
        quiet: bool = False,
        token: str | None = None,
        **more: Any,
    ) -> httpx2.Response:
        """POST a form with the page's token. `quiet`: as a script that stays on the page, the answer is JSON."""
        if not self._token and token is None:
            await self.get("/any-page")  # even the page that says "not here" carries a token
        sent = {"csrf": self._token if token is None else token, **(data or {})}
        headers = {"accept": "application/json"} if quiet else {}
        return await super().post(url, data=sent, headers=headers, **more)


@dataclass
class Site:
    """`stranger()` and `as_person(id)` are visitors; `queries()` counts what a block asks the database."""

    setup: Setup
    app: Any = None
    _visitors: list[Visitor] = field(default_factory=list)

    def open(self) -> None:
        self.app = create_app(self.setup)

    def stranger(self) -> Visitor:
        self._visitors.append(Visitor(self.app, address=self.setup.base_url))
        return self._visitors[-1]

    async def as_person(self, person_id: int) -> Visitor:
        """Somebody who is signed in already."""
        async with db.transaction() as session:
            token = await sign_in(session, person_id=person_id, device="a test", now=times.now())
        visitor = self.stranger()
        visitor.cookies.set("session", token)
        return visitor

    async def close(self) -> None:
        for visitor in self._visitors:
            await visitor.aclose()


@contextmanager
def queries() -> Iterator[list[str]]:
    """The statements that the block sends to the database, without BEGIN and COMMIT."""
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)
