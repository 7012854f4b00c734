"""Several processes and a network that behaves badly: at the end every reader shows the same."""

import asyncio
import json
import os
import random
import re
import signal
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, WebSocketException

from app.core import db, live
from app.embedded import Valkey
from app.main import Setup
from realtime.voice import Said
from tests.realtime import world
from tests.realtime.world import browser
from tests.support.forking import Child
from tests.support.postgres import free_port

Start = Callable[..., tuple[Child, str]]


@pytest.fixture
def process(prepared: Setup) -> Iterator[Start]:
    """Start a process of the live line; gives it and its `host:port` when it answers."""
    started: list[Child] = []

    def start(*, redis: str = "", port: int = 0) -> tuple[Child, str]:
        port = port or free_port()
        stores = [prepared.database_url, redis or prepared.redis_url, str(prepared.files)]
        child = Child("tests.realtime.process", [*stores, str(port)])
        started.append(child)
        return child, f"127.0.0.1:{port}"

    yield start
    for child in started:
        child.kill()
        child.wait()


async def answers(address: str) -> str:
    def ask() -> bool:
        try:
            with urllib.request.urlopen(f"http://{address}/healthz", timeout=2):
                return True
        except OSError:
            return False

    async with asyncio.timeout(30):
        while not await asyncio.to_thread(ask):  # noqa: ASYNC110 - a process of its own
            await asyncio.sleep(0.05)
    return address


class Reader:
    """A browser that keeps the rule of the protocol, on a line that drops, doubles, delays and swaps messages."""

    def __init__(self, token: str, addresses: list[str], *, chance: random.Random) -> None:
        self.token, self.addresses, self.chance = token, addresses, chance
        self.version = 0
        self.shown: dict[str, str] = {}
        self.connects = 0

    async def read_until(self, version: int) -> None:
        while self.version < version:
            try:
                await self._one_line(version)
            except (WebSocketException, OSError, TimeoutError):
                await asyncio.sleep(0.05 * self.chance.random())

    async def _one_line(self, version: int) -> None:
        self.connects += 1
        async with browser(self.chance.choice(self.addresses), self.token, open_timeout=3) as line:
            await line.say(type="follow", topic="note:1", version=self.version)
            held: list[dict[str, Any]] = []
            while self.version < version:
                async with asyncio.timeout(4):
                    message = await line.hear()
                fate = self.chance.random()
                if fate < 0.08:
                    return  # the line breaks, what was on it is lost
                if fate < 0.2:
                    held.append(message)  # overtaken by the next one
                    continue
                for said in [message, *held, *([message] if fate < 0.3 else [])]:
                    await self._take(said)
                held.clear()

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] != "changed" or message["version"] <= self.version:
            return
        if "html" in message and message["after"] <= self.version:
            self._show(message["html"])
            self.version = message["version"]
        else:
            said = await self._fetch()
            if said is not None:
                self._show(said.html)
                self.version = said.version

    async def _fetch(self) -> Said | None:
        async with db.reading() as session:
            return await world.voice(session, 1, self.version, "en")

    def _show(self, html: str) -> None:
        self.shown.update(re.findall(r'<li id="(\w+)" lang="en">([^<]*)</li>', html))


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
async def test_readers_on_bad_lines_and_two_processes_end_with_the_same_transcript(process: Start, seed: int) -> None:
    nino, token = await world.person()
    await world.note(1, nino)
    (first, one), (_, two) = process(), process()
    await asyncio.gather(answers(one), answers(two))
    chance = random.Random(seed)
    readers = [Reader(token, [one, two], chance=random.Random(chance.random())) for _ in range(8)]
    reading = asyncio.gather(*(reader.read_until(60) for reader in readers))
    for number in range(60):
        await world.write(1, f"line {number}", announce=chance.random() > 0.1)
        await asyncio.sleep(0.02 * chance.random())
        if number == 30:
            first.send_signal(signal.SIGKILL)
            first.wait()
            await answers(process(port=int(one.rpartition(":")[2]))[1])
    await asyncio.wait_for(reading, 30)
    transcript = {f"n{number + 1}": f"line {number}" for number in range(60)}
    assert [reader.shown == transcript for reader in readers] == [True] * 8
    assert sum(reader.connects for reader in readers) > 8, "no line broke: this test has shown nothing"


async def test_after_a_wiped_and_restarted_redis_readers_are_current_within_ten_seconds(
    prepared: Setup, process: Start, valkey: Valkey
) -> None:
    nino, token = await world.person()
    await world.note(1, nino)
    await live.disconnect()
    live.connect(valkey.url)
    addresses = [await answers(process(redis=valkey.url)[1]) for _ in range(2)]
    async with browser(addresses[0], token) as one, browser(addresses[1], token) as two:
        for line in (one, two):
            await line.follow("note:1")
        await world.write(1, "before")
        for line in (one, two):
            assert "before" in (await line.next("changed"))["html"]
        valkey.wipe()
        await world.write(1, "wiped")
        os.kill(valkey.pid, signal.SIGKILL)
        await world.write(1, "while Redis is away")
        for line in (one, two):
            await _hears(line, "while Redis is away", seconds=10)
        valkey.restart()
        await world.write(1, "when it is back")
        for line in (one, two):
            await _hears(line, "when it is back", seconds=10)


async def _hears(line: world.Browser, words: str, *, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while words not in json.dumps(await line.next("changed")):
            pass


async def test_a_standing_that_changes_while_redis_is_away_is_asked_again_when_it_is_back(
    prepared: Setup, process: Start, valkey: Valkey
) -> None:
    nino, token = await world.person()
    await world.note(1, nino)
    await live.disconnect()
    live.connect(valkey.url)
    address = await answers(process(redis=valkey.url)[1])
    async with browser(address, token) as line:
        await line.follow("note:1")
        os.kill(valkey.pid, signal.SIGKILL)
        await world.shut_out(1, nino)
        valkey.restart()
        async with asyncio.timeout(15):
            assert (await line.next("refused"))["topic"] == "note:1"
        await world.write(1, "after you left")
        assert await line.silence()


async def test_presence_and_whispers_cross_processes_and_a_killed_one_fades(process: Start) -> None:
    (ana, ana_token), (ben, ben_token) = await world.person("Ana"), await world.person("Ben")
    await world.note(1, ana, ben)
    (_, one), (dies, two) = process(), process()
    await asyncio.gather(answers(one), answers(two))
    async with browser(one, ana_token) as a:
        await a.follow("desk:1")
        async with browser(two, ben_token) as b:
            await b.follow("desk:1")
            while (await a.next("present"))["people"] != [ana, ben]:
                pass
            await b.say(type="whisper", topic="desk:1", kind="typing", body={"tail": "hel"})
            assert (await a.next("whisper"))["by"] == ben
            await a.say(type="whisper", topic="desk:1", kind="typing", body={"tail": "lo"}, to=ben)
            assert (await b.next("whisper"))["body"] == {"tail": "lo"}
            dies.send_signal(signal.SIGKILL)
            with pytest.raises(ConnectionClosed):
                await b.next("whisper")
        async with browser(one, ben_token) as b:
            await b.follow("desk:1")
            assert (await b.next("present"))["people"] == [ana, ben]


async def test_a_process_that_stops_says_come_back_and_lets_long_polls_go(process: Start) -> None:
    nino, token = await world.person()
    await world.note(1, nino)
    child, address = process()
    await answers(address)
    async with browser(address, token) as line:
        await line.follow("note:1")
        child.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            await line.next("changed")
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
    assert child.wait(10) in {0, -signal.SIGTERM, 143}
