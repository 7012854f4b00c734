"""A whole consultation of nine on bad lines and two processes, one of which dies: everybody ends with one transcript."""

import asyncio
import random
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import WebSocketException

from app.consultation import queries
from app.consultation.actions import moves, planning
from app.consultation.actions.planning import Place
from app.consultation.engine.clock import remaining
from app.consultation.engine.floor import may_speak
from app.consultation.engine.method import Floor, Kind
from app.consultation.queries import Sitting, sitting
from app.core import times
from app.core.db import reading, transaction
from app.events.models import Participation
from app.people.models import Person
from tests.consultation.stage import Stage, stage
from tests.realtime.test_processes import answers
from tests.realtime.test_slices import token
from tests.realtime.world import browser
from tests.support.databases import ONE_DATABASE
from tests.support.forking import Child
from tests.support.postgres import free_port
from tests.support.site import Site, Visitor

PARTS = ["challenge_owner", "facilitator", "scribe", *["peer"] * 6]
TYPED = {Kind.CARDS, Kind.LIST, Kind.SHORT_TEXT, Kind.ACTION_LIST, Kind.LINK}
PIECE = re.compile(r'<li[^>]* id="((?:card|line)-\d+)"(.*?)</li>', re.DOTALL)
ENDS = re.compile(r'<count-down[^>]* data-ends="([^"]+)"')
TEXT = re.compile(r'class="(?:idea|line)-text"[^>]*>([^<]*)<')


@dataclass
class Client:
    """A browser that keeps the rule of the protocol on a line that drops, delays, doubles and swaps messages.

    Without `replay` it does not fetch what it missed; without `ids` what it sends again is something new.
    """

    person: int
    token: str
    visitor: Visitor
    room: int
    addresses: list[str]
    chance: random.Random
    replay: bool = True
    ids: bool = True
    version: int = 0
    shown: dict[str, str] = field(default_factory=dict)
    drops: int = 0
    ends: str = ""
    slip: timedelta = timedelta()  # by which the clock of this device is wrong
    correction: timedelta | None = None

    async def follow(self, until: "asyncio.Future[int]") -> None:
        while not until.done() or self.version < until.result():
            try:
                await self._one_line(until)
            except (WebSocketException, OSError, TimeoutError):
                await asyncio.sleep(0.05 * self.chance.random())

    def own_clock(self) -> datetime:
        return times.now() + self.slip

    def shows(self, own: datetime) -> float:
        """The seconds that are left on this screen when the device's clock says `own`."""
        assert self.correction is not None, "nobody told it the server's time"
        return (datetime.fromisoformat(self.ends) - (own + self.correction)).total_seconds()

    async def comes_back(self) -> None:
        """A phone that was in a pocket."""
        async with browser(self.addresses[1], self.token) as line:
            await line.say(type="follow", topic=f"room:{self.room}", version=self.version)
            self._hears_the_time(await line.next("following"))

    async def send(self, act: str, **fields: Any) -> None:
        """What a quiet form does when answers get lost: the same thing once, twice or three times, also at once."""
        forms = [dict(fields) for _ in range(self.chance.choice([1, 1, 2, 3]))]
        key = uuid4().hex
        for form in forms:
            form["key"] = key if self.ids else uuid4().hex
        await asyncio.sleep(0.05 * self.chance.random())
        said = [self.visitor.send_form(f"/rooms/{self.room}/{act}", form, quiet=True) for form in forms]
        statuses = {answer.status_code for answer in await asyncio.gather(*said)}
        twice = set() if self.ids else {409}  # without an id the second of a turn is one contribution too many
        assert 200 in statuses and statuses <= {200, *twice}, (act, fields, statuses)

    async def _one_line(self, until: "asyncio.Future[int]") -> None:
        async with browser(self.chance.choice(self.addresses), self.token, open_timeout=3) as line:
            await line.say(type="follow", topic=f"room:{self.room}", version=self.version)
            held: list[dict[str, Any]] = []
            while not until.done() or self.version < until.result():
                async with asyncio.timeout(2):
                    message = await line.hear()
                fate = self.chance.random()
                if fate < 0.06:
                    self.drops += 1
                    return
                if fate < 0.2:
                    held.append(message)
                    continue
                for each in [message, *held, *([message] if fate < 0.35 else [])]:
                    await self._take(each)
                held.clear()

    def _hears_the_time(self, message: dict[str, Any]) -> None:
        """What was long on its way says a time that is past: the latest one is nearest (static/js/live.js)."""
        if "now" in message:
            said = datetime.fromisoformat(message["now"]) - self.own_clock()
            self.correction = said if self.correction is None else max(said, self.correction)

    async def _take(self, message: dict[str, Any]) -> None:
        self._hears_the_time(message)
        if message["type"] != "changed" or message["version"] <= self.version:
            return
        if "html" in message and message["after"] <= self.version:
            self._show(message["html"], message["version"])
        elif self.replay:
            answer = await self.visitor.get(f"/rooms/{self.room}/changes?after={self.version}")
            self._show(answer.text, int(answer.headers["x-version"]))
        else:
            self.version = message["version"]

    def _show(self, html: str, version: int) -> None:
        if clock := ENDS.search(html):
            self.ends = clock[1]
        for piece, inside in PIECE.findall(html):
            found = TEXT.search(inside)
            if found:
                self.shown[piece] = found[1]
        self.version = version


@pytest.fixture
def lines(site: Site) -> Iterator[Any]:
    """Start a process of the live line over everything; gives it and its address."""
    started: list[Child] = []

    def start(port: int = 0) -> tuple[Child, str]:
        port, setup = port or free_port(), site.setup
        stores = [setup.database_url, setup.redis_url, str(setup.files)]
        started.append(Child("tests.realtime.process", [*stores, str(port), "house"]))
        return started[-1], f"127.0.0.1:{port}"

    yield start
    for child in started:
        child.kill()
        child.wait()


class Nine:
    """Nine people at a table, from the first phase to the last."""

    def __init__(self, site: Site, lines: Any, seed: int, **habits: bool) -> None:
        self.site, self.lines, self.chance, self.habits = site, lines, random.Random(seed), habits
        self.clients: dict[int, Client] = {}
        self.said: list[str] = []

    async def meet(self) -> None:
        here: Stage = await stage()
        people = [*here.everybody, *await more_people(here, 4)]
        async with transaction() as session:
            room = await planning.plan_room(
                session, event_id=here.event, key="slot:nine", title="Nine", method="cc_peer_consultation",
                seats=[Place(person, part) for person, part in zip(people, PARTS, strict=True)],
                opens_at=times.now() + timedelta(minutes=5), now=times.now(),
            )  # fmt: skip
            await planning.open_lobby(session, room, now=times.now())
            for person in people:
                await moves.agree(session, room, by=person, now=times.now())
            await moves.begin(session, room, by=people[1], now=times.now())
        self.room, self.lead = room, people[1]
        (self.dies, one), (_, two) = self.lines(), self.lines()
        await asyncio.gather(answers(one), answers(two))
        for person in people:
            visitor, chance = await self.site.as_person(person), random.Random(self.chance.random())
            await visitor.get(f"/rooms/{room}")
            client = Client(person, await token(person), visitor, room, [one, two], chance, **self.habits)
            client.slip = timedelta(minutes=7) if person == people[4] else timedelta()
            self.clients[person] = client

    async def consult(self) -> None:
        """Everybody reads all the time; whoever may write writes, in every phase; in the middle a process dies."""
        until: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        reading_along = asyncio.gather(*(client.follow(until) for client in self.clients.values()))
        while True:
            here = await self.here()
            await asyncio.gather(*(self._writes(here, client) for client in self.clients.values()))
            await self._take_turns()
            if here.room.phase and here.room.phase.key == "silent_ideas":
                self.dies.send_signal(signal.SIGKILL)
                self.dies.wait()
                port = int(next(iter(self.clients.values())).addresses[0].rpartition(":")[2])
                await answers(self.lines(port)[1])
            if here.room.last_step:
                break
            await self.clients[self.lead].send("phase", leaving=here.room.state.step)
        until.set_result((await self.here()).row.version)
        await asyncio.wait_for(reading_along, 60)

    async def here(self) -> Sitting:
        async with reading() as session:
            return await sitting(session, self.room)

    async def transcript(self) -> dict[str, str]:
        """What lies open in the room, as rows."""
        async with reading() as session:
            rows = await queries.open_contributions(session, self.room)
        return {f"{'line' if row.deck == 'line' else 'card'}-{row.id}": row.text for row in rows}

    async def _writes(self, here: Sitting, client: Client) -> None:
        me, step = here.my_seat(client.person), here.room.state.step
        for output in here.room.outputs_for(me):
            if output.kind in TYPED:
                text = f"{output.key} of {me} in {step}"
                await client.send("contributions", deck=output.key, text=text, due="2027-06-19")
                self.said.append(text)
        if may_speak(here.room, me):
            await client.send("lines", text=f"line of {me} in {step}")
            self.said.append(f"line of {me} in {step}")

    async def _take_turns(self) -> None:
        while True:
            here = await self.here()
            speaker = here.room.state.turns.speaker
            if speaker is None or here.room.phase is None or here.room.phase.floor is not Floor.ROUND_ROBIN:
                return
            person = here.people[speaker].person_id
            await self.clients[person or 0].send("turn", speaker=speaker)


async def more_people(here: Stage, count: int) -> list[int]:
    async with transaction() as session:
        people = [Person(name=f"Peer {number}", created_at=times.now()) for number in range(count)]
        session.add_all(people)
        await session.flush()
        session.add_all(
            Participation(event_id=here.event, person_id=person.id or 0, roles=["practitioner"]) for person in people
        )
    return [person.id or 0 for person in people]


async def test_nine_on_bad_lines_end_with_the_same_transcript_and_nothing_twice(site: Site, lines: Any) -> None:
    nine = Nine(site, lines, seed=1)
    await nine.meet()
    await nine.consult()
    transcript = await nine.transcript()
    assert sorted(transcript.values()) == sorted(nine.said), "no card is lost, none is doubled"
    assert [client.shown == transcript for client in nine.clients.values()] == [True] * 9
    await asyncio.gather(*(client.comes_back() for client in nine.clients.values()))
    box, now = (await nine.here()).room.state.clock, times.now()
    assert box is not None
    shown = [client.shows(now + client.slip) for client in nine.clients.values()]
    assert max(shown) - min(shown) <= 1, "the timers of all show the same"
    assert all(abs(each - remaining(box, now=now)) <= 1 for each in shown), "and it is what the room has left"
    wrong = next(client for client in nine.clients.values() if client.slip)
    unheard = (datetime.fromisoformat(wrong.ends) - (now + wrong.slip)).total_seconds()
    assert abs(unheard - remaining(box, now=now)) > 400, "by its own clock it would be minutes away"
    assert sum(client.drops for client in nine.clients.values()) > 9, "hardly a line broke: this has shown nothing"


@ONE_DATABASE
async def test_without_catching_up_somebody_misses_something(site: Site, lines: Any) -> None:
    nine = Nine(site, lines, seed=1, replay=False)
    await nine.meet()
    await nine.consult()
    transcript = await nine.transcript()
    assert not all(client.shown == transcript for client in nine.clients.values())


@ONE_DATABASE
async def test_without_an_id_of_the_clients_own_something_is_there_twice(site: Site, lines: Any) -> None:
    nine = Nine(site, lines, seed=1, ids=False)
    await nine.meet()
    await nine.consult()
    transcript = await nine.transcript()
    assert len(transcript) > len(nine.said)
