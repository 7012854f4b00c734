"""The live line where sockets are refused: one request after the other for what comes down, small posts for whispers.

A page names itself (`tab`). Between two of its requests it goes on following for a moment, so that nothing fleeting is
lost and nobody sees it come and go. A request without a name is a look, by somebody who is not there.
"""

import asyncio
import re
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.core import doors, i18n
from app.core.security import ForgedRequest, check_same_site
from realtime import protocol
from realtime.conversation import Conversation, Reader
from realtime.crowd import Crowd
from realtime.lines import PollLine
from realtime.protocol import Close, Follow, Unclear
from realtime.readers import language_of, reader_of
from realtime.speaker import Speaker

POLL = 25.0
"""Seconds a long poll is held."""
LINGER = 3.0
"""Seconds a page may take for its next request; then it no longer follows anything."""
MOST_TABS = 16
"""Pages of one person that are remembered between two requests."""

_TAB = re.compile(r"[A-Za-z0-9-]{8,40}")


class Tab:
    """A page that polls: its line collects, its conversation knows what it follows and how fast it whispers."""

    def __init__(self, polling: "Polling", name: str, reader: Reader) -> None:
        self.key = (reader.person, name or uuid4().hex)
        self.named = bool(name)
        self.line = PollLine()
        self.talk = Conversation(polling.speaker, polling.crowd, self.line, reader)
        self.talk.begin()
        self._polling = polling
        self._requests = 0
        self._alarm: asyncio.TimerHandle | None = None

    def __enter__(self) -> "Tab":
        self._requests += 1
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        return self

    def __exit__(self, *_: object) -> None:
        self._requests -= 1
        if self._requests:
            return
        if not self.named or self.line.closed is not None:
            self.end()
        else:
            self._alarm = asyncio.get_running_loop().call_later(LINGER, self.end)

    @property
    def rests(self) -> bool:
        return self._requests == 0

    def end(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._polling.forget(self)
        self.talk.end()


class Polling:
    """The polling pages of one process."""

    def __init__(self, speaker: Speaker, crowd: Crowd, *, own_origin: str, hold: float) -> None:
        self.speaker, self.crowd = speaker, crowd
        self._own_origin = own_origin
        self._hold_for = hold
        self._tabs: dict[tuple[int, str], Tab] = {}

    async def close(self) -> None:
        """The process stops: every request is answered, so that nobody waits for it."""
        for tab in tuple(self._tabs.values()):
            await tab.line.close(Close.RESTART)
            if tab.rests:
                tab.end()

    def forget(self, tab: Tab) -> None:
        if self._tabs.get(tab.key) is tab:
            del self._tabs[tab.key]

    async def poll(self, request: Request) -> Response:
        """What the page missed, or what happens while it waits: held until there is news, unless it asks whether the line stands."""
        reader = reader_of(request)
        if reader is None:
            return _sign_in(request)
        try:
            asked = _followed(request)
        except Unclear as unclear:
            return _unclear(reader, unclear)
        with self._tab(request, reader) as tab:
            tab.talk.leave_all_but({str(follow.topic) for follow in asked})
            for follow in asked:
                await tab.talk.follow(follow, told=not tab.named or tab.talk.follows(follow.topic))
            held = request.query_params.get("hold") != "0"
            if held and not tab.line.news and tab.line.closed is None:
                await self._hold(tab.line, request)
            return _answered(tab.line)

    async def whisper(self, request: Request) -> Response:
        """A few whispers in one request, in their order; a refusal comes down with the next poll."""
        reader = reader_of(request)
        if reader is None:
            return _sign_in(request)
        try:
            check_same_site(request.headers, own_origin=self._own_origin)
            whispers = protocol.read_whispers(await _text(request))
        except ForgedRequest as forged:
            return JSONResponse({"refused": i18n.say(reader.lang, forged.sentence)}, status_code=403)
        except Unclear as unclear:
            return _unclear(reader, unclear)
        with self._tab(request, reader) as tab:
            for whisper in whispers:
                if not tab.talk.follows(whisper.topic):
                    await tab.talk.follow(Follow(whisper.topic, protocol.HIGHEST_VERSION))
                await tab.talk.whisper(whisper)
        return Response(status_code=204)

    def _tab(self, request: Request, reader: Reader) -> Tab:
        name = request.query_params.get("tab", "")
        name = name if _TAB.fullmatch(name) else ""
        known = self._tabs.get((reader.person, name))
        if known is not None and known.line.closed is None:
            return known
        resting = [tab for (person, _), tab in self._tabs.items() if person == reader.person and tab.rests]
        if len(resting) >= MOST_TABS:
            resting[0].end()
        tab = Tab(self, name, reader)
        self._tabs[tab.key] = tab
        return tab

    async def _hold(self, line: PollLine, request: Request) -> None:
        """Wait for a word; a browser that goes away ends it too."""
        heard = asyncio.create_task(line.something(self._hold_for))
        left = asyncio.create_task(_left(request))
        _, waiting = await asyncio.wait({heard, left}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)


def _followed(request: Request) -> list[Follow]:
    """`topic=room:7&version=14`, in pairs; raises Unclear."""
    topics, versions = request.query_params.getlist("topic"), request.query_params.getlist("version")
    if not 0 < len(topics) <= protocol.MOST_TOPICS or len(topics) != len(versions):
        raise Unclear(protocol.PAIRS)
    numbers = [int(text) if text.isascii() and text.isdigit() else None for text in versions]
    return [Follow(protocol.topic(text), protocol.version(at)) for text, at in zip(topics, numbers, strict=True)]


async def _text(request: Request) -> str:
    """The body, if it is what only a page of ours can send; raises Unclear."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Unclear(protocol.A_LIST)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > protocol.LONGEST_MESSAGE:
            raise Unclear(protocol.TOO_LONG)
    return body.decode(errors="replace")


def _answered(line: PollLine) -> Response:
    status = 401 if line.closed == Close.SIGN_IN else 200
    body = "[" + ",".join(line.taken()) + "]"
    return Response(body, status, {"cache-control": "no-store"}, "application/json")


def _sign_in(request: Request) -> Response:
    return JSONResponse({"refused": i18n.say(language_of(request), doors.SignInFirst().sentence)}, status_code=401)


def _unclear(reader: Reader, unclear: Unclear) -> Response:
    return JSONResponse({"refused": i18n.say(reader.lang, unclear.why)}, status_code=422)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
