"""The door to the live line: the websocket at /live, long polling at /live/poll, and the program that serves both.

Inside the one-process application: `live = LiveLine()`, `create_app(setup, more=live.routes)`, and `live.run()` as a task
beside the server. Alone: `create_app(setup)`. Both are served with `realtime.lines.LiveProtocol`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core import doors, live, render
from app.core.assets import shipped
from app.core.security import Cookies, ForgedRequest, Wall, check_same_site
from app.main import Setup, close_stores, find_person, open_stores
from realtime import attendance, gate, voice, whispers
from realtime.conversation import Conversation, Reader
from realtime.crowd import GRACE, Crowd
from realtime.lines import EXTENSION, LiveProtocol, SendingLine
from realtime.listener import Listener, Rhythm
from realtime.polling import POLL, Polling
from realtime.protocol import Close
from realtime.readers import reader_of
from realtime.speaker import Speaker
from realtime.wire import Line

log = structlog.get_logger()


class LiveLine:
    """Everything live of one process."""

    def __init__(
        self,
        *,
        own_origin: str = "",
        kinds: gate.Kinds = gate.KINDS,
        voices: voice.Voices = voice.VOICES,
        whisper_doors: whispers.Doors = whispers.DOORS,
        attended: attendance.Attendance = attendance.ATTENDANCE,
        rhythm: Rhythm | None = None,
        grace: float = GRACE,
        poll: float = POLL,
    ) -> None:
        self.speaker = Speaker(kinds=kinds, voices=voices, doors=whisper_doors)
        self.crowd = Crowd(self.speaker, attendance=attended, grace=grace)
        self._own_origin = own_origin
        self._rhythm = rhythm
        self._talks: set[Conversation] = set()
        self._polling = Polling(self.speaker, self.crowd, own_origin=own_origin, hold=poll)
        self.routes: list[BaseRoute] = [
            WebSocketRoute("/live", endpoint=_Endpoint(self), name="live.socket"),
            Route("/live/poll", _signed_in(self._polling.poll), methods=["GET"], name="live.poll"),
            Route("/live/whispers", _signed_in(self._polling.whisper), methods=["POST"], name="live.whispers"),
        ]

    async def run(self) -> None:
        """Listen to the news until cancelled; then let the long polls go, so that nobody waits for them."""
        try:
            await Listener(self.speaker, self.crowd, recheck=self.recheck, rhythm=self._rhythm).run()
        finally:
            await self._polling.close()
            self.crowd.close()
            await self.speaker.settle()

    async def recheck(self) -> None:
        """Ask for every line whether it may still hear what it hears."""
        for talk in tuple(self._talks):
            if talk in self._talks:
                await talk.recheck()

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One websocket, from its handshake to its end."""
        await receive()
        connection = HTTPConnection(scope)
        try:
            check_same_site(connection.headers, own_origin=self._own_origin)
        except ForgedRequest:
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: an HTTP 403
            return
        await send({"type": "websocket.accept"})
        reader = reader_of(connection)
        if reader is None:
            await send({"type": "websocket.close", "code": Close.SIGN_IN, "reason": "sign in"})
            return
        line = scope["extensions"].get(EXTENSION) if scope.get("extensions") else None
        if isinstance(line, LiveProtocol):
            await self._talk(line, reader, receive)
        else:
            await self._talk_by_sending(SendingLine(send), reader, receive)

    async def _talk_by_sending(self, line: SendingLine, reader: Reader, receive: Receive) -> None:
        sending = asyncio.create_task(line.run())
        talking = asyncio.create_task(self._talk(line, reader, receive))
        done, waiting = await asyncio.wait({sending, talking}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
        if sending in done:
            await line.close(Close.LATER, "too slow")

    async def _talk(self, line: Line, reader: Reader, receive: Receive) -> None:
        talk = Conversation(self.speaker, self.crowd, line, reader)
        self._talks.add(talk)
        talk.begin()
        try:
            code = await self._heard_out(talk, receive)
        except Exception:
            log.exception("a conversation broke off")
            code = Close.LATER
        finally:
            self._talks.discard(talk)
            talk.end()
        if code is not None:
            await line.close(code)

    @staticmethod
    async def _heard_out(talk: Conversation, receive: Receive) -> int | None:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return None
            text = message.get("text")
            code = Close.BINARY if text is None else await talk.take(text)
            if code is not None:
                return code


class _Endpoint:
    """An ASGI application as Starlette wants to see it, so that the line itself is not wrapped."""

    door = doors.signed_in

    def __init__(self, line: LiveLine) -> None:
        self._line = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._line.socket(scope, receive, send)


def create_app(setup: Setup, *, live_line: LiveLine | None = None) -> ASGIApp:
    """`fortnight realtime`: the live line alone, beside processes that serve the pages."""
    line = live_line or LiveLine(own_origin=setup.base_url)
    render.use_sprite(shipped().url("icons/sprite.svg"))  # what is pushed has icons, too
    open_stores(setup)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        listening = asyncio.create_task(line.run())
        yield
        listening.cancel()
        await asyncio.wait({listening})
        await close_stores()

    return Starlette(
        routes=[*line.routes, Route("/healthz", _health, methods=["GET"])],
        middleware=[
            Middleware(Wall, cookies=Cookies(secure=setup.base_url.startswith("https:")), find_person=find_person)
        ],
        lifespan=lifespan,
    )


async def _health(_: Request) -> Response:
    return JSONResponse({"news": await live.is_well()}, headers={"cache-control": "no-store"})


def _signed_in(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await answer(request)

    endpoint.door = doors.signed_in  # type: ignore[attr-defined]  # read by the table of rights and its tests
    return endpoint
