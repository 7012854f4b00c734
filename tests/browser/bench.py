"""A workbench for the elements of static/js: the smallest server that speaks the live protocol and takes forms.

It keeps its own little truth (items with versions, rows by key) so that a test can see what arrived how often.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.core import times

STATIC = Path(__file__).parents[2] / "static"

WORDS = (
    '{"saved": "Saved {time}", "waiting": "Not sent yet.", "offline": "Offline since {time}", "back": "Back.", '
    '"fresh": "New: {count}. Show", "minute": "One minute left.", "over": "The time is up.", '
    '"draft": "Draft saved {time}", "restored": "Draft of {time}.", "sending": "Sending", "failed": "Not sent.", '
    '"session": "Signed out, kept.", "sign_in": "Sign in", "send_now": "Send now", "discard": "Discard", "unsent": "Not sent. Delete it?", '
    '"big": "{name} is bigger than {megabytes} MB."}'
)

PAGE = """<!doctype html><html lang="{lang}" dir="{dir}" data-zone="{zone}" data-city="{city}"><head><meta charset="utf-8">
<title>Bench</title><link rel="stylesheet" href="/static/css/base.css"><link rel="stylesheet" href="/static/css/components.css">
<link rel="icon" href="data:,"><script type="module" src="/static/js/app.js"></script></head>
<body data-words='{words}' data-person="{person}"><span class="state" id="line" role="status" hidden></span>
<form method="post" action="/sign-out" data-purge><input type="hidden" name="csrf" value="fresh"><button>Sign out</button></form>
<main id="main">{main}</main></body></html>"""


@dataclass
class Bench:
    """`main` is what the page shows; the rest is what the server knows and how it misbehaves."""

    main: str = ""
    person: str = "7"
    lang: str = "en"
    dir: str = "ltr"
    zone: str = "Asia/Tbilisi"
    city: str = "Tbilisi"
    versions: dict[str, int] = field(default_factory=dict)
    items: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    region: str = ""
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    posts: int = 0
    follows: list[tuple[str, int]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    whispers: list[dict[str, Any]] = field(default_factory=list)
    answer: str = "ok"  # ok | lose | signed-out | refuse | broken
    html: str = ""
    sockets_open: bool = True
    lines: set[WebSocket] = field(default_factory=set)
    address: str = ""
    hold: asyncio.Event | None = None

    def write(self, topic: str, item: str) -> int:
        """A new version of the topic with one item; nobody is told yet."""
        version = self.versions.get(topic, 0) + 1
        self.versions[topic] = version
        self.items.setdefault(topic, []).append((version, item))
        return version

    async def tell(self, message: dict[str, Any]) -> None:
        for line in list(self.lines):
            await line.send_json(message)

    async def say(self, topic: str, item: str) -> int:
        """Write and push as the server does."""
        version = self.write(topic, item)
        await self.tell({"type": "changed", "topic": topic, "after": version - 1, "version": version, "html": item})
        return version

    async def drop_lines(self, code: int = 1012) -> None:
        for line in list(self.lines):
            with contextlib.suppress(RuntimeError):
                await line.close(code)

    def missed(self, topic: str, after: int) -> str:
        return "".join(item for version, item in self.items.get(topic, []) if version > after)

    def answers(self, topic: str, version: int) -> list[dict[str, Any]]:
        now = self.versions.get(topic, 0)
        following = {"type": "following", "topic": topic, "version": now, "now": times.now().isoformat()}
        if now <= version:
            return [following]
        html = self.missed(topic, version)
        return [following, {"type": "changed", "topic": topic, "after": version, "version": now, "html": html}]

    # What the browser asks

    async def page(self, request: Request) -> Response:
        return HTMLResponse(
            PAGE.format(
                lang=self.lang,
                dir=self.dir,
                zone=self.zone,
                city=self.city,
                words=WORDS,
                person=self.person,
                main=self.main,
            )
        )

    async def live(self, line: WebSocket) -> None:
        if not self.sockets_open:
            await line.close(1013)
            return
        await line.accept()
        self.lines.add(line)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await self._heard(line, await line.receive_json())
        self.lines.discard(line)

    async def _heard(self, line: WebSocket, asked: dict[str, Any]) -> None:
        if asked["type"] == "whisper":
            self.whispers.append(asked)
        if asked["type"] != "follow":
            return
        self.follows.append((asked["topic"], asked["version"]))
        for message in self.answers(asked["topic"], asked["version"]):
            await line.send_json(message)

    async def poll(self, request: Request) -> Response:
        pairs = zip(request.query_params.getlist("topic"), request.query_params.getlist("version"), strict=True)
        messages = [message for topic, version in pairs for message in self.answers(topic, int(version))]
        if all(message["type"] == "following" for message in messages):
            await asyncio.sleep(0.05)  # a long poll would wait longer; the browser does not mind
        return JSONResponse(messages)

    async def fetch(self, request: Request) -> Response:
        self.fetched.append(request.url.path)
        after = int(request.query_params.get("after", 0))
        return HTMLResponse(self.region or self.missed(request.path_params["topic"], after))

    async def take(self, request: Request) -> Response:
        self.posts += 1
        sent = {name: str(value) for name, value in (await request.form()).items()}
        if self.hold is not None:
            await self.hold.wait()
        if self.answer == "signed-out":
            return JSONResponse({"refused": "Sign in."}, status_code=401)
        if self.answer == "broken":
            return PlainTextResponse("broken", status_code=500)
        if self.answer == "refuse":
            return JSONResponse(
                {"refused": "Please look.", "fields": {"text": "Please fill this in."}}, status_code=422
            )
        self.rows.setdefault(sent["key"], sent)
        if self.answer == "lose":
            return PlainTextResponse("the row is stored, the answer is lost", status_code=502)
        now = times.now().isoformat()
        return JSONResponse({"go": "/", "said": "", "html": self.html, "at": now})

    async def sign_out(self, request: Request) -> Response:
        return HTMLResponse("<title>Out</title><h1>Signed out</h1>")

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.page),
                Route("/fetch/{topic:path}", self.fetch),
                Route("/say", self.take, methods=["POST"]),
                Route("/sign-out", self.sign_out, methods=["POST"]),
                Route("/live/poll", self.poll),
                WebSocketRoute("/live", self.live),
                Mount("/static", StaticFiles(directory=STATIC)),
            ]
        )


class Server(uvicorn.Server):
    """Leaves the signals to pytest and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """The application on a free port of this machine, in this event loop; gives its address."""
    server = Server(uvicorn.Config(app, port=0, lifespan="off", log_level="error", ws="websockets-sansio"))
    task = asyncio.create_task(server.serve())
    await server.listening.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = server.force_exit = True
    await task
