"""The live line where sockets are refused: polls that are held, whispers that go up by post, nothing lost in between."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from app.consultation.actions import moves
from app.core.db import transaction
from realtime import polling
from realtime.lines import KEPT, PollLine
from realtime.typed import Typed
from realtime.whispers import BURST
from realtime.wire import Batch, Message
from tests.consultation.rooms import NOON
from tests.consultation.stage import Stage, stage
from tests.realtime import world
from tests.realtime.test_slices import house, token
from tests.realtime.world import browser
from tests.support.databases import ONE_DATABASE

__all__ = ["house"]
pytestmark = ONE_DATABASE
SCRIPT = (Path(__file__).parents[2] / "static/js/elements/room-typing.js").read_text()
HELD = int(re.findall(r"POSTED = (\d+)", SCRIPT)[0])  # milliseconds in which the browser gathers keys
ROUNDS, SAMPLES = 3, 40


class Page:
    """A page without a socket, as static/js/live.js behaves then."""

    def __init__(self, client: httpx2.AsyncClient, topic: str) -> None:
        self.client, self.topic, self.version, self.tab = client, topic, 0, uuid4().hex

    async def poll(self, **query: Any) -> list[dict[str, Any]]:
        asked = {"tab": self.tab, "topic": self.topic, "version": self.version, **query}
        messages: list[dict[str, Any]] = (await self.client.get("/live/poll", params=asked)).json()
        self.version = max([self.version, *(each.get("version", 0) for each in messages)])
        return messages

    async def next(self, *types: str) -> dict[str, Any]:
        """Poll until there is one of these."""
        async with asyncio.timeout(20):
            while True:
                for message in await self.poll():
                    if message["type"] in types:
                        return message

    async def type(self, *bodies: Any, **headers: str) -> int:
        said = [{"type": "whisper", "topic": self.topic, "kind": "typing", "body": body} for body in bodies]
        answer = await self.client.post(f"/live/whispers?tab={self.tab}", json=said, headers=headers)
        return answer.status_code


@asynccontextmanager
async def page(address: str, session: str, topic: str) -> AsyncIterator[Page]:
    cookies = {"session": session} if session else {}
    async with httpx2.AsyncClient(base_url=f"http://{address}", cookies=cookies, timeout=30) as client:
        yield Page(client, topic)


async def test_a_poll_with_nothing_to_say_is_held(notes: str) -> None:
    nino, session = await world.person()
    await world.note(1, nino, version=3)
    async with page(notes, session, "desk:1") as reader:
        assert [m["type"] for m in await reader.poll()] == ["following", "changed"]
        await reader.next("present")
        began = time.monotonic()
        waiting = asyncio.create_task(reader.poll())
        done, _ = await asyncio.wait({waiting}, timeout=0.5)
        assert not done, "a page that polls asks the whole day, without a pause"
        await world.write(1, "Good morning")
        assert (await waiting)[-1]["version"] == 4
        assert time.monotonic() - began >= 0.5


async def test_what_is_whispered_between_two_polls_is_not_lost_and_keeps_its_order(notes: str) -> None:
    (ana, ana_session), (ben, ben_session) = await world.person("Ana"), await world.person("Ben")
    await world.note(1, ana, ben)
    async with page(notes, ben_session, "desk:1") as reader, browser(notes, ana_session) as socket:
        await reader.poll()
        await socket.follow("desk:1")
        for number in range(5):
            await socket.say(type="whisper", topic="desk:1", kind="typing", body={"at": number, "tail": "x"})
        assert await socket.silence(), "they are said, and nobody waits for them"
        heard: list[int] = []
        while len(heard) < 5:
            heard += [m["body"]["at"] for m in await reader.poll() if m["type"] == "whisper"]
        assert heard == [0, 1, 2, 3, 4]


def test_a_line_is_known_whole_until_it_fades_and_one_whose_beginning_was_missed_is_not() -> None:
    typed = Typed()
    for by, at, tail in ((1, 0, "Goo"), (1, 3, "d"), (2, 5, "late"), (3, 0, "Bye"), (3, 0, "")):
        typed.hear("room:7", by, {"at": at, "tail": tail}, at=1.0)
    assert typed.lines("room:7", at=46.0) == [(1, "Good")]
    assert typed.lines("room:8", at=2.0) == typed.lines("room:7", at=46.1) == []


async def test_who_comes_to_a_process_in_the_middle_of_a_line_reads_it_whole(notes: str) -> None:
    (ana, ana_session), (ben, ben_session) = await world.person("Ana"), await world.person("Ben")
    await world.note(1, ana, ben)
    async with browser(notes, ana_session) as socket, page(notes, ben_session, "desk:1") as first:
        await socket.follow("desk:1")
        await first.poll()
        for at, tail in ((0, "Goo"), (3, "d")):
            await socket.say(type="whisper", topic="desk:1", kind="typing", body={"at": at, "tail": tail})
            await first.next("whisper")
        async with page(notes, ben_session, "desk:1") as fresh:
            heard = await fresh.next("whisper")
        assert (heard["by"], heard["body"]) == (ana, {"at": 0, "tail": "Good"})


async def test_who_polls_whispers_to_sockets_and_to_polls_and_does_not_hear_it_back(notes: str) -> None:
    people = [await world.person(name) for name in ("Ana", "Ben", "Chi")]
    await world.note(1, *(number for number, _ in people))
    (ana, a), (_, b), (_, c) = people
    async with page(notes, a, "desk:1") as writer, page(notes, b, "desk:1") as reader, browser(notes, c) as socket:
        for each in (writer, reader):
            await each.poll()
        await socket.follow("desk:1")
        assert await writer.type({"tail": "G"}, {"at": 1, "tail": "ood"}) == 204
        for hears in (socket, reader):
            first = await hears.next("whisper")
            assert (first["by"], first["body"]) == (ana, {"tail": "G"})
        await writer.type({"tail": "by"})
        await world.write(1, "News")
        got: list[dict[str, Any]] = []
        while not any(m.get("version") == 1 and m["type"] == "changed" for m in got):
            got += await writer.poll()
        assert [m for m in got if m["type"] == "whisper"] == []


async def test_whispers_by_post_have_the_limits_of_the_socket(notes: str) -> None:
    (ana, session), (_, other) = await world.person("Ana"), await world.person("Omar")
    await world.note(1, ana)
    async with page(notes, session, "desk:1") as writer, page(notes, other, "desk:1") as outsider:
        await writer.poll()
        posts = [await writer.type(*[{"tail": "x"}] * 16) for _ in range(2 + int(BURST) // 16)]
        assert set(posts) == {204}
        assert "too fast" in (await writer.next("refused"))["why"]
        assert await writer.type(*[{"tail": "x"}] * 17) == 422
        assert await writer.type({"tail": "x" * 5000}) == 422
        assert await writer.type({"tail": "x"}, origin="https://elsewhere.example") == 403
        assert await outsider.type({"tail": "x"}) == 204
        assert (await outsider.next("refused"))["topic"] == "desk:1", "who may not follow may not whisper"
        for body, kind in (
            ('[{"type":"follow","topic":"desk:1"}]', "application/json"), ("{", "application/json"), ("[]", "text/plain"),
            ("[" + "1," * 20_000 + "1]", "application/json"),
        ):  # fmt: skip
            answer = await writer.client.post("/live/whispers", content=body, headers={"content-type": kind})
            assert answer.status_code == 422 and answer.json()["refused"].endswith("."), body[:40]
    async with page(notes, "", "desk:1") as stranger:
        assert await stranger.type({"tail": "x"}) == 401


async def test_a_page_that_polls_is_seen_until_it_stays_away(notes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "LINGER", 0.2)
    (ana, a), (ben, b) = await world.person("Ana"), await world.person("Ben")
    await world.note(1, ana, ben)
    async with browser(notes, a) as socket, page(notes, b, "desk:1") as reader:
        await socket.follow("desk:1")
        await reader.poll()
        while ben not in (await socket.next("present"))["people"]:
            pass
        while ben in (await socket.next("present"))["people"]:
            pass


def test_a_line_that_nobody_fetches_keeps_a_bounded_number_of_messages() -> None:
    line = PollLine()
    for number in range(3 * KEPT):
        line.write(Batch([Message(str(number))]))
    assert line.taken() == [str(number) for number in range(2 * KEPT, 3 * KEPT)] and not line.news


@pytest.fixture
async def table(house: str) -> Stage:
    """The consultation has begun; whoever leads and the case giver have switched on that they are read along."""
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    async with transaction() as session:
        for person in (here.moderator, here.case_giver):
            await moves.show_typing(session, here.room, by=person, on=True, now=NOON)
    return here


async def test_backstage_cannot_be_read_along_by_post_either(house: str, table: Stage) -> None:
    topic = f"room:{table.room}"
    async with (
        page(house, await token(table.case_giver), topic) as backstage,
        page(house, await token(table.moderator), topic) as lead,
    ):
        for each in (backstage, lead):
            await each.poll()
        await backstage.type({"at": 0, "tail": "But we tried"})
        assert (await backstage.next("refused"))["topic"] == topic
        await lead.type({"at": 0, "tail": "x", "file": "y"})
        assert (await lead.next("refused"))["topic"] == topic, "only a line travels as a line"
        await lead.type({"at": 0, "tail": "Let us"})
        assert (await backstage.next("whisper"))["body"] == {"at": 0, "tail": "Let us"}
        assert not [m for m in await lead.poll(version=0) if m["type"] == "whisper"], "nobody heard it"


async def test_ninety_five_of_a_hundred_characters_are_read_within_half_a_second(house: str, table: Stage) -> None:
    """From the key: the browser gathers for `HELD`, the rest is the way. A neighbour may slow the machine down: of three
    rounds the quickest counts, which is still an upper bound of what the way takes."""
    topic, rounds = f"room:{table.room}", []
    for _ in range(ROUNDS):
        rounds.append(await _way(house, table, topic))
        if HELD + rounds[-1] <= 500:
            break
    print(f"\nreal-time text by polling, from the post to the page: 95 of 100 within {rounds} ms")
    assert HELD + min(rounds) <= 500, rounds


async def _way(house: str, table: Stage, topic: str) -> float:
    """Milliseconds from a post to the page that polls, of 95 in a hundred."""
    sent: dict[int, float] = {}
    took: list[float] = []
    async with (
        page(house, await token(table.moderator), topic) as writer,
        page(house, await token(table.case_giver), topic) as reader,
    ):
        await reader.poll()

        async def reads() -> None:
            while len(took) < SAMPLES:
                messages = await reader.poll()
                now = time.monotonic()
                took.extend(1000 * (now - sent[m["body"]["at"]]) for m in messages if m["type"] == "whisper")

        reading = asyncio.create_task(reads())
        for number in range(SAMPLES):
            sent[number] = time.monotonic()
            assert await writer.type({"at": number, "tail": "x"}) == 204
            await asyncio.sleep(0.07)  # nobody types faster, and the pace allows no more
        await asyncio.wait_for(reading, 20)
    return sorted(took)[int(SAMPLES * 0.95) - 1]
