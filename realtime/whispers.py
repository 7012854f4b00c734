"""Whispers: fleeting words between those who follow a topic. Checked at their own door, limited, never stored."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.floor import may_speak
from app.consultation.queries import sitting
from app.core.db import reading
from realtime.protocol import Topic

CHANNEL = "fortnight:whispers"
RATE, BURST = 10.0, 30.0
"""Whispers of one line: so many a second in the long run, and at once."""

Door = Callable[[AsyncSession, int, int, str], Awaitable[bool]]
"""(session, person_id, ref, kind of whisper) → may this person whisper that, as the topic stands now?"""
Doors = Mapping[str, Door]

TYPING = "typing"
"""Real-time text: of the line being written `at` characters stay as they were, `tail` follows them."""
LONGEST_LINE = 1000


def fits(kind: str, body: Mapping[str, Any]) -> bool:
    """What calls itself typing is a line being typed, and nothing else travels under its name."""
    if kind != TYPING:
        return True
    at, tail = body.get("at", 0), body.get("tail", "")
    if not isinstance(tail, str) or type(at) is not int or body.keys() - {"at", "tail"}:
        return False
    return at >= 0 and at + len(tail) <= LONGEST_LINE


async def _room(session: AsyncSession, person: int, ref: int, kind: str) -> bool:
    """Whoever may be heard now and has switched it on is seen typing; a listener backstage is not."""
    here = await sitting(session, ref)
    seat = here.seat(person)
    if kind != TYPING or seat is None or seat.removed or seat.seat_id not in here.room.state.typing:
        return False
    return may_speak(here.room, seat.seat_id)


DOORS: dict[str, Door] = {
    "room": _room,
}


class Doorkeeper:
    """Remembers the doors' answers as long as the topic stands at the same version."""

    def __init__(self, doors: Doors, *, remembers: int = 10_000) -> None:
        self._doors = doors
        self._answers: dict[tuple[str, int, str], tuple[int, bool]] = {}
        self._remembers = remembers

    async def lets(self, topic: Topic, person: int, kind: str, *, version: int) -> bool:
        """May `person` whisper `kind` in `topic`, which stands at `version`?"""
        door, asked = self._doors.get(topic.kind), (str(topic), person, kind)
        if door is None:
            return False
        known = self._answers.get(asked)
        if known is not None and known[0] == version:
            return known[1]
        async with reading() as session:
            answer = await door(session, person, topic.ref, kind)
        if len(self._answers) >= self._remembers:
            self._answers.clear()
        self._answers[asked] = (version, answer)
        return answer
