"""Rooms, and what happens in them: arranged as rows, then acted through the pages alone."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from app.consultation.actions import moves, planning
from app.consultation.actions.planning import Place
from app.consultation.engine.floor import may_speak
from app.consultation.engine.method import Floor, Kind
from app.consultation.queries import Sitting, sitting
from app.core import audience, times
from app.core.db import reading, transaction
from app.events.models import Event, Participation
from app.people.actions import sign_in
from app.people.models import Person
from bench.room.client import Browser

METHOD = "kollegiale_beratung_six_phases"
PARTS = ["case_giver", "moderator", "scribe", *["adviser"] * 6]
WORDS = (
    "In our city one depot mows and cleans the drains since 2022; the quarrels ended in the second autumn, when both "
    "heads had to sign the same plan for the verges of a street. "
)
POST, CARD = 180, 140
"""Characters of a post and of a card: two or three sentences, and one."""


@dataclass
class Meeting:
    """One room, running, and who sits in it: (person, token) by seat, the lead second."""

    room: int
    people: list[tuple[int, str]]
    browsers: list[Browser] = field(default_factory=list)

    async def gather(self, port: int) -> None:
        self.browsers = [Browser(port, token, self.room) for _, token in self.people]
        for browser in self.browsers:
            await browser.comes()

    @property
    def lead(self) -> Browser:
        return self.browsers[1]

    async def here(self) -> Sitting:
        async with reading() as session:
            return await sitting(session, self.room)

    def browser_of(self, here: Sitting, seat: int | None) -> Browser:
        person = here.people[seat or 0].person_id
        return self.browsers[[known for known, _ in self.people].index(person or 0)]

    async def go_on(self) -> None:
        await self.lead.send("phase", leaving=(await self.here()).room.state.step)


async def arrange(rooms: int, people: int) -> list[Meeting]:
    """Rooms that have begun, each with people of its own."""
    now = times.now()
    async with transaction() as session:
        everybody = await audience.create(session, name="bench")
        event = Event(
            slug=f"bench-{uuid4().hex[:8]}", kind="dialogue_event", title="Bench", starts_on=now.date(),
            ends_on=now.date() + timedelta(days=11), zone="Europe/Berlin", audience_id=everybody,
            staff_audience_id=everybody, state="published", created_at=now,
        )  # fmt: skip
        session.add(event)
        names = ("Tamta Gelovani", "Marta Lindqvist", "Jonas Petersen", "Amela Hodzic", "Elena Ristova", "Vesna Ilic")
        crowd = [
            Person(name=f"{names[number % 6]} {number}", city=f"City {number}", zone="Europe/Berlin", created_at=now)
            for number in range(rooms * people)
        ]
        session.add_all(crowd)
        await session.flush()
        ids = [person.id or 0 for person in crowd]
        session.add_all(Participation(event_id=event.id or 0, person_id=each, roles=["practitioner"]) for each in ids)
        await audience.admit(session, everybody, *ids)
        made = []
        for number in range(rooms):
            seats = ids[number * people : (number + 1) * people]
            room = await planning.plan_room(
                session, event_id=event.id or 0, key=f"slot:{number}", title=f"Two departments, one verge {number}",
                method=METHOD, seats=[Place(each, part) for each, part in zip(seats, PARTS, strict=False)],
                opens_at=now + timedelta(minutes=5), now=now,
            )  # fmt: skip
            await planning.open_lobby(session, room, now=now)
            for each in seats:
                await moves.agree(session, room, by=each, now=now)
            await moves.begin(session, room, by=seats[1], now=now)
            tokens = [await sign_in(session, person_id=each, device="bench", now=now) for each in seats]
            made.append(Meeting(room, list(zip(seats, tokens, strict=True))))
    return made


async def fixed_script(meeting: Meeting, *, posts: int = 60, cards: int = 40) -> None:
    """Six phases with ten posts each, by those who may speak, and all cards in the consultation, which are turned up."""
    for phase in range(6):
        here = await meeting.here()
        for number in range(posts // 6):
            here = await meeting.here()
            able = [seat for seat in here.room.cast.persons if may_speak(here.room, seat)]
            speaking = [
                seat for seat in able if seat != here.room.leads
            ] or able  # a lead listens while others may speak
            writer = meeting.browser_of(here, speaking[number % len(speaking)])
            await writer.send("lines", text=words(POST, phase * 10 + number))
            speaker = here.room.state.turns.speaker
            if speaker is not None and here.room.phase and here.room.phase.floor is Floor.ROUND_ROBIN:
                await meeting.browser_of(here, speaker).send("turn", speaker=speaker)
        if here.room.phase and here.room.phase.key == "consultation":
            await put_cards(meeting, here, cards)
        if phase < 5:
            await meeting.go_on()
    await asyncio.sleep(1)  # what is still on its way to the others


async def put_cards(meeting: Meeting, here: Sitting, cards: int) -> None:
    deck = next(output for output in here.room.phase.outputs if output.kind is Kind.CARDS)  # type: ignore[union-attr]
    writers = [seat for seat in here.room.cast.persons if deck in here.room.outputs_for(seat)]
    for number in range(cards):
        writer = meeting.browser_of(here, writers[number % len(writers)])
        await writer.send("contributions", deck=deck.key, text=words(CARD, number))
    await meeting.lead.send("reveal", deck=deck.key, leaving=here.room.state.step)


async def type_along(meeting: Meeting, *, seconds: float) -> tuple[float, float]:
    """Somebody types five characters a second, read along as room-typing sends it; bytes a minute (writer, reader)."""
    writer, reader = meeting.browsers[1], meeting.browsers[3]
    await writer.send("typing", on="true")
    await asyncio.sleep(1)
    before = writer.bytes[1], reader.bytes[1]
    text, sent, began = words(400, 1), 0, time.perf_counter()
    for count in range(int(seconds / 0.4)):
        at = 0 if count % 20 == 0 else sent
        await writer.say(
            type="whisper", topic=f"room:{meeting.room}", kind="typing", body={"at": at, "tail": text[at : sent + 2]}
        )
        sent = (sent + 2) % len(text)
        await asyncio.sleep(max(0, began + (count + 1) * 0.4 - time.perf_counter()))
    each = [after - early for after, early in zip((writer.bytes[1], reader.bytes[1]), before, strict=True)]
    return each[0] * 60 / seconds, each[1] * 60 / seconds


async def phase_changes(meeting: Meeting, *, times_: int) -> list[float]:
    """Seconds from the lead's click to each of the readers, over many changes (forth, and back by a new detour-free room)."""
    heard: list[float] = []
    began = [0.0]

    def seen(message: dict[str, Any], at: float) -> None:
        if (
            message["type"] == "changed"
            and message["topic"].startswith("room:")
            and "room-phases" in message.get("html", "")
        ):
            heard.append(at - began[0])

    for browser in meeting.browsers:
        browser.seen = seen
    for _ in range(times_):
        leaving = (await meeting.here()).room.state.step
        began[0] = time.perf_counter()
        await meeting.lead.send("phase", leaving=leaving)
        await asyncio.sleep(0.3)
        for browser in meeting.browsers:
            await browser.rests()
    return heard


def words(length: int, number: int) -> str:
    """Never twice the same, so that nothing is compressed away that people would have written differently."""
    start = number * 37 % len(WORDS)
    return f"{number}. {(WORDS[start:] + WORDS * 2)[: length - 6].strip()}"


def quantile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
