"""The loudspeaker of one process: news in, messages out to everybody who follows."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import structlog

from app.core import times
from app.core.db import reading
from realtime import gate, protocol, voice, whispers
from realtime.hub import Group, Hub
from realtime.protocol import Close, Topic, Whisper
from realtime.typed import Typed
from realtime.wire import Batch, Line, Message, Turn

log = structlog.get_logger()


class Speaker:
    """Knows the lines of this process, tells them what changed, and ends them when a person's standing changes."""

    def __init__(
        self,
        *,
        kinds: gate.Kinds = gate.KINDS,
        voices: voice.Voices = voice.VOICES,
        doors: whispers.Doors = whispers.DOORS,
    ) -> None:
        self.kinds = kinds
        self.hub: Hub[Line] = Hub()
        self.doorkeeper = whispers.Doorkeeper(doors)
        self._typed = Typed()
        self._voices = voices
        self._turn: Turn[Group, Line] = Turn(self.hub.readers, self._missed)
        self._speaking: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    # --- lines -------------------------------------------------------------------------------------------------

    def arrive(self, line: Line, *, person: int, lang: str) -> None:
        self.hub.arrive(line, person=person, lang=lang)
        line.when_free(lambda: self._catch_up(line))

    def gone(self, line: Line) -> None:
        self.hub.gone(line)

    def drop(self, line: Line, code: int) -> None:
        """From this moment the line hears nothing more; then it is closed."""
        self.hub.gone(line)
        self.later(line.close(code))

    def drop_person(self, person: int) -> None:
        """A role or membership of theirs changed: whatever they follow is asked again when they come back."""
        for line in self.hub.lines_of(person):
            self.drop(line, Close.STANDING)

    # --- news --------------------------------------------------------------------------------------------------

    def hear(self, topic: str, version: int) -> None:
        """News: tell those who follow, unless they know."""
        kind, _, ref = topic.partition(":")
        if kind == gate.STANDING:
            self.drop_person(int(ref))
        elif self.hub.hear(topic, version):
            self.tell(topic)

    def tell(self, topic: str) -> None:
        """Whoever follows `topic` and was not told yet is told now; with HTML as soon as it is rendered."""
        if self.hub.untold(topic) is None:
            return
        kind, _, ref = topic.partition(":")
        if kind not in self._voices:
            if f"{voice.AFTER.get(kind)}:{ref}" not in self._speaking:
                self._signal(topic)
        elif topic not in self._speaking:
            self._speaking.add(topic)
            self.later(self._speak(topic))

    def say(self, topic: str, text: str) -> None:
        """The same message to every follower of `topic`, at the end of this turn."""
        message = Message(text)
        for lang in self.hub.languages(topic):
            self._turn.say((topic, lang), message)

    def whisper(self, whisper: Whisper, *, by: int, line: Line | None = None) -> None:
        """To the followers of its topic, or the one it is for; not back to the line it came from."""
        if whisper.kind == whispers.TYPING and whisper.to is None:
            self._typed.hear(str(whisper.topic), by, whisper.body, at=time.monotonic())
        batch = Batch([Message(protocol.whispered(whisper, by=by))])
        for reader in self.hub.followers(str(whisper.topic)):
            meant = whisper.to is None or self.hub.person(reader) == whisper.to
            if meant and reader is not line and not reader.slow:
                reader.write(batch)

    def typed(self, topic: Topic, *, besides: int | None) -> list[str]:
        """What is being typed there now, whole, as whispers for who begins to follow; their own line they know."""
        return [
            protocol.whispered(Whisper(topic, whispers.TYPING, {"at": 0, "tail": text}, None), by=by)
            for by, text in self._typed.lines(str(topic), at=time.monotonic()) if by != besides
        ]  # fmt: skip

    def beat(self) -> None:
        """The heartbeat: the line is alive and this is the time."""
        batch = Batch([Message(protocol.heartbeat(times.now()))])
        for line in self.hub.everybody():
            if line.beats and not line.slow:
                line.write(batch)

    async def reread(self) -> None:
        """Compare every followed version with the database: heals lost news and a wiped Redis. One query per kind."""
        by_kind: dict[str, list[int]] = {}
        for topic in self.hub.topics():
            kind, _, ref = topic.partition(":")
            by_kind.setdefault(kind, []).append(int(ref))
        for kind, refs in by_kind.items():
            async with reading() as session:
                found = await gate.versions(self.kinds, session, kind, refs)
            for topic, version in found.items():
                self.hear(topic, version)

    # --- how ---------------------------------------------------------------------------------------------------

    def _signal(self, topic: str) -> None:
        rest = self.hub.untold(topic)
        if rest is not None:
            self.hub.told(topic, rest[1])
            self.say(topic, protocol.changed(_topic(topic), version=rest[1]))

    async def _speak(self, topic: str) -> None:
        """Render what came since the readers were told, until there is nothing more to tell."""
        try:
            while (rest := self.hub.untold(topic)) is not None:
                said = [await self._spoken(topic, *rest, lang) for lang in self.hub.languages(topic)]
                self.hub.told(topic, min(said, default=rest[1]))
        except Exception:
            log.exception("could not render what changed", topic=topic)
            self._signal(topic)
        finally:
            self._speaking.discard(topic)
        self.tell(topic)
        kind, _, ref = topic.partition(":")
        for waiting in [each for each, first in voice.AFTER.items() if first == kind]:
            self.tell(f"{waiting}:{ref}")

    async def _spoken(self, topic: str, after: int, version: int, lang: str) -> int:
        """Render and say what came after `after`; returns the version it reaches, which may be beyond `version` already."""
        about, pushed = _topic(topic), protocol.changed(_topic(topic), version=version)
        async with reading() as session:
            said = await self._voices[about.kind](session, about.ref, after, lang)
        if said is not None and len(said.html) <= voice.LONGEST:
            version = max(version, said.version)
            pushed = protocol.changed(about, after=said.after, version=version, html=said.html)
        self._turn.say((topic, lang), Message(pushed))
        return version

    def _missed(self, line: Line, group: Group) -> None:
        self.hub.miss(line, group[0])

    def _catch_up(self, line: Line) -> None:
        missed = self.hub.catch_up(line)
        if missed:
            line.write(Batch([Message(protocol.changed(_topic(t), version=at)) for t, at in missed.items()]))

    async def settle(self, seconds: float = 2.0) -> None:
        """Let what is under way come to its end."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=seconds)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _topic(text: str) -> Topic:
    kind, _, ref = text.partition(":")
    return Topic(kind, int(ref))
