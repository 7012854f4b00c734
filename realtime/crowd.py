"""What processes tell each other besides news: whispers, and who is present. All of it may be lost."""

import asyncio
import json
from collections.abc import Collection
from typing import Any
from uuid import uuid4

import structlog
from redis.exceptions import RedisError

from app.core import live, times
from app.core.db import transaction
from app.core.errors import Refused
from realtime import protocol
from realtime.attendance import ATTENDANCE, Attendance
from realtime.presence import EVERY, Presence
from realtime.protocol import Whisper
from realtime.speaker import Speaker
from realtime.whispers import CHANNEL
from realtime.wire import Batch, Line, Message

log = structlog.get_logger()

GRACE = 5.0
"""Seconds somebody may be away (a reload, a short loss) before the others see it."""
DOUBT = 1.5 * EVERY
"""Seconds another process may say nothing of somebody before they count as gone: longer than between two reports."""


class Crowd:
    """Reports who follows the topics that show it, and passes whispers on to the other processes."""

    def __init__(
        self, speaker: Speaker, *, attendance: Attendance = ATTENDANCE, grace: float = GRACE, doubt: float = DOUBT
    ) -> None:
        self._speaker = speaker
        self._doubt = doubt
        self._attendance = attendance
        self._grace = grace
        self._process = uuid4().hex[:12]
        self._presence = Presence(live.redis)
        self._seen: dict[str, dict[int, float | None]] = {}
        self._shown: dict[str, frozenset[int]] = {}
        self._local: dict[str, frozenset[int]] = {}
        self._doubtful: dict[str, dict[int, float]] = {}
        self._closed = False
        self._unreported: set[str] = set()
        self._reporting: set[str] = set()

    def changed(self, topic: str, *, newcomer: Line | None = None) -> None:
        """Somebody began or ceased to follow `topic` here."""
        if self._closed or not self._shows(topic):
            return
        if newcomer is not None and topic in self._shown:
            newcomer.write(Batch([Message(protocol.present(protocol.topic(topic), self._shown[topic]))]))
        self._unreported.add(topic)
        if topic not in self._reporting:
            self._reporting.add(topic)
            self._speaker.later(self._report_now(topic))

    def close(self) -> None:
        """The process stops: who sits here comes back elsewhere, and is not reported as gone."""
        self._closed = True

    async def refresh(self) -> None:
        """Say again who is here, so that they do not fade, and look who has faded elsewhere."""
        shown = {topic for topic in self._speaker.hub.topics() if self._shows(topic)}
        for topic in shown | set(self._seen):
            _, left = await self._report(topic)
            await self._look(topic, left=left)

    async def pass_on(self, whisper: Whisper, *, by: int) -> None:
        said = {"topic": str(whisper.topic), "kind": whisper.kind, "body": whisper.body, "to": whisper.to}
        await self._publish({"whisper": said, "by": by})

    async def take(self, message: dict[str, Any]) -> None:
        """What another process (or this one) said on the channel."""
        if message.get("from") == self._process:
            return
        if "whisper" in message:
            said = message["whisper"]
            whisper = Whisper(protocol.topic(said["topic"]), said["kind"], said["body"], said["to"])
            self._speaker.whisper(whisper, by=message["by"])
        elif "present" in message and self._speaker.hub.version(message["present"]) is not None:
            await self._look(message["present"])

    # --- presence ----------------------------------------------------------------------------------------------

    def _shows(self, topic: str) -> bool:
        kind = self._speaker.kinds.get(topic.partition(":")[0])
        return kind is not None and kind.present

    async def _report_now(self, topic: str) -> None:
        """Now for those who came, and once more when the grace of those who went is over."""
        try:
            while topic in self._unreported:
                self._unreported.discard(topic)
                changed, left = await self._report(topic)
                if changed:
                    await self._look(topic, left=left)
                    await self._publish({"present": topic})
        finally:
            self._reporting.discard(topic)
        if any(away is not None for away in self._seen.get(topic, {}).values()):
            asyncio.get_running_loop().call_later(self._grace, self.changed, topic)

    async def _report(self, topic: str) -> tuple[bool, frozenset[int]]:
        """(is it different from the last report?, who has left here)."""
        people, before = self._here(topic), self._local.pop(topic, frozenset())
        if people:
            self._local[topic] = people
        try:
            await self._presence.report(topic, people)
        except (RedisError, OSError) as problem:
            log.warning("presence not reported", problem=str(problem))
        return people != before, before - people

    async def _look(self, topic: str, *, left: frozenset[int] = frozenset()) -> None:
        """Tell the followers here if somebody came or went, wherever they are connected."""
        before, here = self._shown.get(topic, frozenset()), frozenset(self._seen.get(topic, ()))
        try:
            people = here | await self._presence.here(topic)
        except (RedisError, OSError) as problem:
            log.warning("presence not read", problem=str(problem))
            people = here | (before - left)
        if self._speaker.hub.version(topic) is None:
            self._shown.pop(topic, None)
        elif people != before or topic not in self._shown:
            self._shown[topic] = people
            self._speaker.say(topic, protocol.present(protocol.topic(topic), people))
        doubtful = self._doubtful.get(topic, {}).keys() | (before - people)
        went = (left - people) | self._overdue(topic, doubtful - left - people)
        for person in (people - before) | went:
            await self._attend(topic, person, here=person in people)

    def _overdue(self, topic: str, doubtful: Collection[int]) -> frozenset[int]:
        """Of those whom their process no longer reports, who has been missing too long.

        A wiped Redis knows nobody for a while; that must not stop the clock of a room.
        """
        now, known = asyncio.get_running_loop().time(), self._doubtful.pop(topic, {})
        since = {person: known.get(person, now) for person in doubtful}
        overdue = frozenset(person for person, at in since.items() if now - at > self._doubt)
        waiting = {person: at for person, at in since.items() if person not in overdue}
        if waiting and self._speaker.hub.version(topic) is not None:
            self._doubtful[topic] = waiting
        return overdue

    async def _attend(self, topic: str, person: int, *, here: bool) -> None:
        about = protocol.topic(topic)
        attended = self._attendance.get(about.kind)
        if attended is None:
            return
        try:
            async with transaction() as session:
                await attended(session, about.ref, person, here, times.now())
        except Refused as refusal:
            log.info("attendance not taken", topic=topic, reason=str(refusal))
        except Exception:
            log.exception("attendance not taken", topic=topic)

    def _here(self, topic: str) -> frozenset[int]:
        """The persons following here, with those who were there a moment ago: `_seen` says since when they are away."""
        hub, now = self._speaker.hub, asyncio.get_running_loop().time()
        people = {person for line in hub.followers(topic) if (person := hub.person(line)) is not None}
        seen = self._seen.setdefault(topic, {})
        for person, away in tuple(seen.items()):
            if person not in people and away is not None and now - away >= self._grace:
                del seen[person]
            elif person not in people and away is None:
                seen[person] = now
        seen.update(dict.fromkeys(people))
        if not seen:
            del self._seen[topic]
        return frozenset(seen)

    async def _publish(self, message: dict[str, Any]) -> None:
        try:
            await live.redis().publish(CHANNEL, json.dumps({**message, "from": self._process}))
        except (RedisError, OSError) as problem:
            log.warning("whisper not passed on", problem=str(problem))
