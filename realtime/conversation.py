"""One reader's side of the line: what they ask for, asked at the gate and answered."""

import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import structlog

from app.core import i18n, times
from app.core.db import reading
from app.core.words import N_
from realtime import gate, protocol
from realtime.crowd import Crowd
from realtime.pace import Pace
from realtime.protocol import Close, Follow, Leave, Topic, Unclear, Whisper
from realtime.speaker import Speaker
from realtime.whispers import BURST, RATE, fits
from realtime.wire import Batch, Line, Message

log = structlog.get_logger()

MOST_UNCLEAR = 20
"""Messages outside the protocol before the line is closed."""

StillHere = Callable[[], Awaitable[bool]]
"""Does this reader's session still last?"""


@dataclass(frozen=True)
class Reader:
    """Who listens at this line, in which language, and how to find out whether they still may."""

    person: int
    lang: str
    still_here: StillHere


class Conversation:
    """Between `begin` and `end` the reader hears what they follow."""

    __slots__ = ("_crowd", "_line", "_pace", "_reader", "_speaker", "_unclear")

    def __init__(self, speaker: Speaker, crowd: Crowd, line: Line, reader: Reader) -> None:
        self._speaker = speaker
        self._crowd = crowd
        self._line = line
        self._reader = reader
        self._pace: Pace | None = None
        self._unclear = 0

    def begin(self) -> None:
        self._speaker.arrive(self._line, person=self._reader.person, lang=self._reader.lang)

    def end(self) -> None:
        followed = tuple(self._speaker.hub.topics_of(self._line))
        self._speaker.gone(self._line)
        for topic in followed:
            self._crowd.changed(topic)

    async def take(self, text: str) -> int | None:
        """One message from the browser; returns the code to close with, or None to go on."""
        try:
            asked = protocol.read(text)
        except Unclear as unclear:
            self._unclear += 1
            self._refuse(unclear.why, topic=unclear.topic)
            return Close.UNCLEAR if self._unclear >= MOST_UNCLEAR else None
        if isinstance(asked, Follow):
            await self.follow(asked)
        elif isinstance(asked, Leave):
            self._leave(asked.topic)
        else:
            await self.whisper(asked)
        return None

    def follows(self, topic: Topic) -> bool:
        return self._speaker.hub.follows(self._line, str(topic))

    def leave_all_but(self, topics: Collection[str]) -> None:
        for topic in tuple(self._speaker.hub.topics_of(self._line)):
            if topic not in topics:
                self._leave(protocol.topic(topic))

    async def follow(self, asked: Follow, *, told: bool = False) -> None:
        """Ask at the gate. `told`: they followed it already, and know who is there."""
        topic, hub = str(asked.topic), self._speaker.hub
        if len(hub.topics_of(self._line)) >= protocol.MOST_TOPICS and not hub.follows(self._line, topic):
            self._refuse(N_("This page follows too many things at once. Reload it."), topic=topic)
            return
        hub.ask(topic)
        version = None
        try:
            version = await self._at_the_gate(asked.topic)
        finally:
            if version is None:
                hub.turn_away(topic)
        if version is None:
            hub.leave(self._line, topic)
            self._refuse(N_("This is not open to you, or it is no longer there."), topic=topic)
        else:
            self._admitted(asked, version, told=told)

    async def recheck(self) -> None:
        """Ask everything again: news of a changed standing may have been lost."""
        if not await self._reader.still_here():
            self._speaker.drop(self._line, Close.SIGN_IN)
            return
        for topic in tuple(self._speaker.hub.topics_of(self._line)):
            about = protocol.topic(topic)
            if await self._at_the_gate(about) is None:
                self._leave(about)
                self._refuse(N_("This is not open to you, or it is no longer there."), topic=topic)

    def _admitted(self, asked: Follow, version: int, *, told: bool) -> None:
        topic, hub = str(asked.topic), self._speaker.hub
        here = hub.admit(self._line, topic, version=version)
        if not hub.follows(self._line, topic):
            return  # the line was closed meanwhile
        self._write(protocol.following(asked.topic, version=here, now=times.now()))
        if asked.version < here:
            self._write(protocol.changed(asked.topic, version=here))
        self._speaker.tell(topic)
        if not told:
            for line in self._speaker.typed(asked.topic, besides=self._reader.person):
                self._write(line)
            self._crowd.changed(topic, newcomer=self._line)

    async def _at_the_gate(self, topic: Topic) -> int | None:
        async with reading() as session:
            return await gate.version(self._speaker.kinds, session, topic, person=self._reader.person)

    def _leave(self, topic: Topic) -> None:
        self._speaker.hub.leave(self._line, str(topic))
        self._crowd.changed(str(topic))

    async def whisper(self, asked: Whisper) -> None:
        """Pass it on, if its door and their pace allow it."""
        topic, hub = str(asked.topic), self._speaker.hub
        self._pace = self._pace or Pace(RATE, BURST)
        if not self._pace.take(time.monotonic()):
            self._refuse(N_("That was too fast. Wait a moment."), topic=topic)
            return
        version = hub.version(topic)
        follows = version is not None and hub.follows(self._line, topic)
        if (
            not follows
            or not fits(asked.kind, asked.body)
            or not await self._speaker.doorkeeper.lets(
                asked.topic, self._reader.person, asked.kind, version=version or 0
            )
        ):
            self._refuse(N_("You cannot say this here at the moment."), topic=topic)
            return
        self._speaker.whisper(asked, by=self._reader.person, line=self._line)
        await self._crowd.pass_on(asked, by=self._reader.person)

    def _refuse(self, why: str, *, topic: str | None) -> None:
        self._write(protocol.refused(i18n.say(self._reader.lang, why), about=topic))

    def _write(self, text: str) -> None:
        self._line.write(Batch([Message(text)]))
