"""The practice room: simulated peers play all phases with one visitor, whatever part the visitor takes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import yaml
from sqlmodel import select

from app.consultation import queries, queries_outside, sources
from app.consultation.actions import closing, moves, planning, practising, writing
from app.consultation.practice import scripts
from app.consultation.practice.scripts import Script, read_script
from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from app.core.gather import Asking
from app.core.jobs import Job
from app.people.models import Person

from .rooms import NOON
from .stage import Stage, stage

SCRIPT = """
method: kollegiale_beratung_six_phases
title: {en: "Who owns the rain?", de: "Wem gehört der Regen?"}
peers: {case_giver: [tamta], moderator: [marta], scribe: [jonas], adviser: [ivana, amela]}
case:
  topic: "One verge"
  narration: ["We built hollows.", "Nobody mows them."]
  answers: ["Eleven weeks."]
  key_question: "How do both sign?"
  valuable: [ivana-1]
  first_step: "Walk together"
any_case:
  questions: {ivana: "Who decides?", amela: "Since when?"}
  suggested_question: "What is the first step?"
  turns: {ivana: ["Friday helps."], amela: ["Call, do not write."], jonas: ["Count hours."]}
phases:
  casting:
    lines:
      - {by: marta, after: 2, say: "Welcome", unless: moderator}
      - {by: tamta, after: 3, write: topics, text: "One verge", unless: case_giver}
      - {by: amela, after: 3, say: "Fine with me."}
    moves_on: 5
  narration:
    lines:
      - {by: tamta, after: 3, narrate: 0, unless: case_giver}
      - {by: tamta, after: 3, narrate: 1, unless: case_giver}
      - {by: ivana, after: 3, question: any_case, only: case_giver}
      - {by: jonas, after: 3, write: case_summary, text: "Forty streets", unless: scribe, without: own_case}
    moves_on: 5
  key_question:
    lines: [{by: tamta, after: 3, write: key_question, text: "How do both sign?", unless: case_giver}]
    moves_on: 5
  method_choice:
    lines:
      - {by: amela, after: 3, say: "From our own practice?"}
      - {by: marta, after: 3, choose: own_practice, say: "We take it.", unless: moderator}
    moves_on: 5
  consultation:
    lines: [{by: marta, after: 2, say: "One contribution per turn.", unless: moderator}]
    turns:
      ivana: [{key: ivana-1, text: "One page in Kotor"}]
      amela: [{key: amela-1, text: "Five worst places"}]
      jonas: [{key: jonas-1, text: "We counted hours"}]
    reveal: "Thank you. A short pause."
    moves_on: 5
  closing:
    lines:
      - {by: tamta, after: 3, values: true, unless: case_giver}
      - {by: tamta, after: 3, write: first_step, text: "Walk together", unless: case_giver}
      - {by: tamta, after: 3, release: [ivana-1, jonas-1], unless: case_giver}
    remind: "I wait for your decision."
    reveal: "Thank you all."
    moves_on: 5
nudges:
  adviser: [{by: marta, after: 30, say: "It is your turn."}]
  moderator: [{by: amela, after: 20, say: "Shall we go on?"}]
help:
  adviser: {casting: {en: "Say hello.", de: "Sag Hallo."}}
"""


@pytest.fixture(autouse=True)
def script() -> Iterator[Script]:
    names = {who: (who.title(), f"{who}stadt") for who in ("tamta", "marta", "jonas", "ivana", "amela")}
    read = read_script("rain", yaml.safe_load(SCRIPT), names=names)
    before = dict(scripts._offered)
    scripts.offer("rain", lambda: read)
    yield read
    scripts._offered.clear()
    scripts._offered.update(before)


class Visitor:
    """Plays beat by beat; between the beats the visitor does what a visitor would."""

    def __init__(self, here: Stage, room: int) -> None:
        self.me, self.room, self.now = here.outsider, room, NOON

    async def sees(self) -> queries.Sitting:
        async with reading() as session:
            return await queries.sitting(session, self.room)

    async def texts(self) -> list[str]:
        async with reading() as session:
            return [row.text for row in await queries.open_contributions(session, self.room)]

    async def beats(self, *, until: datetime) -> None:
        while self.now < until and (await self.sees()).row.status != "closed":
            self.now += timedelta(seconds=5)
            async with transaction() as session:
                await practising.play(session, self.room, now=self.now)

    async def until_phase(self, phase: str, *, minutes: int = 20) -> None:
        for _ in range(minutes * 12):
            room = (await self.sees()).room
            if room.phase is not None and room.phase.key == phase and room.running:
                return
            await self.beats(until=self.now + timedelta(seconds=5))
        raise AssertionError(f"never came to {phase}, stayed in {room.phase and room.phase.key}")


async def practice(here: Stage, role: str, *, own_case: bool = False) -> Visitor:
    async with transaction() as session:
        room = await practising.start_practice(
            session, event_id=here.event, by=here.outsider, script_key="rain", role=role, own_case=own_case, key="k",
            lang="en", now=NOON,
        )  # fmt: skip
    async with transaction() as session:
        await moves.agree(session, room, by=here.outsider, now=NOON)
    return Visitor(here, room)


@pytest.mark.usefixtures("database")
async def test_peers_play_all_phases_with_a_visitor_who_advises() -> None:
    visitor = await practice(await stage(), "adviser")
    await visitor.until_phase("consultation")
    assert (await visitor.sees()).room.module.key == "own_practice"
    seat = (await visitor.sees()).my_seat(visitor.me)
    for _ in range(60):
        if (await visitor.sees()).room.state.turns.speaker == seat:
            break
        await visitor.beats(until=visitor.now + timedelta(seconds=5))
    async with transaction() as session:
        await writing.write(
            session,
            visitor.room,
            by=visitor.me,
            deck="contributions",
            text="Ask the baker",
            key="mine",
            now=visitor.now,
        )
        await moves.finish_turn(session, visitor.room, by=visitor.me, speaker=seat, now=visitor.now)
    await visitor.beats(until=visitor.now + timedelta(minutes=15))
    here = await visitor.sees()
    assert here.row.status == "closed"
    texts = await visitor.texts()
    for text in (
        "Welcome",
        "We built hollows.",
        "How do both sign?",
        "Five worst places",
        "Ask the baker",
        "Walk together",
    ):
        assert text in texts
    async with reading() as session:
        assert [row.text for row in await queries.released(session, visitor.room)] == ["We counted hours"]


@pytest.mark.usefixtures("database")
async def test_a_silent_adviser_is_nudged_and_passed_in_the_end() -> None:
    visitor = await practice(await stage(), "adviser")
    await visitor.beats(until=NOON + timedelta(minutes=40))
    assert "It is your turn." in await visitor.texts()
    assert (await visitor.sees()).row.status == "closed"


@pytest.mark.usefixtures("database")
async def test_a_visitor_who_leads_is_never_overtaken_but_reminded() -> None:
    visitor = await practice(await stage(), "moderator")
    async with transaction() as session:
        await moves.begin(session, visitor.room, by=visitor.me, now=visitor.now)
    seat = (await visitor.sees()).my_seat(visitor.me)
    for minute in range(1, 10):
        if (await visitor.sees()).room.state.turns.speaker == seat:
            async with transaction() as session:
                await moves.finish_turn(session, visitor.room, by=visitor.me, speaker=seat, now=visitor.now)
        await visitor.beats(until=NOON + timedelta(minutes=minute))
    here = await visitor.sees()
    assert here.room.state.step == 0
    assert "Fine with me." in await visitor.texts()
    for step in range(5):
        async with transaction() as session:
            await moves.advance_phase(session, visitor.room, by=visitor.me, leaving=step, now=visitor.now)
        for _ in range(40):
            speaker = (await visitor.sees()).room.state.turns.speaker
            hands = (await visitor.sees()).room.state.turns.hands
            if hands and speaker is None:
                async with transaction() as session:
                    await moves.give_floor(
                        session, visitor.room, by=visitor.me, to=hands[0], instead_of=None, now=visitor.now
                    )
            await visitor.beats(until=visitor.now + timedelta(seconds=5))
    texts = await visitor.texts()
    assert "How do both sign?" in texts
    assert "From our own practice?" in texts
    async with transaction() as session:
        await closing.close_room(session, visitor.room, by=visitor.me, now=visitor.now)
    assert (await visitor.sees()).row.status == "closed"


@pytest.mark.usefixtures("database")
async def test_a_visitor_with_an_own_case_is_waited_for_and_decides_alone() -> None:
    visitor = await practice(await stage(), "case_giver", own_case=True)
    await visitor.until_phase("narration")
    async with transaction() as session:
        await writing.say(session, visitor.room, by=visitor.me, text="My own story", key="s", now=visitor.now)
    await visitor.until_phase("key_question")
    async with transaction() as session:
        await writing.write(
            session, visitor.room, by=visitor.me, deck="key_question", text="How do I begin?", key="q", now=visitor.now
        )
    await visitor.until_phase("closing")
    texts = await visitor.texts()
    assert "Friday helps." in texts
    assert "Who decides?" in texts
    assert "One page in Kotor" not in texts
    assert "Forty streets" not in texts
    await visitor.beats(until=visitor.now + timedelta(minutes=10))
    assert (await visitor.sees()).row.status == "running", "nobody decides for the case giver"
    texts = await visitor.texts()
    assert texts.count("I wait for your decision.") == 1
    assert "Thank you all." not in texts, "the last word comes after the decision"
    async with transaction() as session:
        await closing.release(session, visitor.room, by=visitor.me, chosen=[], city=False, now=visitor.now)
    await visitor.beats(until=visitor.now + timedelta(minutes=2))
    assert (await visitor.sees()).row.status == "closed"
    assert "Thank you all." in await visitor.texts()


@pytest.mark.usefixtures("database")
async def test_a_case_giver_is_called_when_the_hand_is_up_and_not_waited_for_when_the_module_is_chosen() -> None:
    visitor = await practice(await stage(), "adviser", own_case=True)  # whoever brings a case tells it
    me = (await visitor.sees()).seat(visitor.me)
    assert me is not None
    assert me.role == "case_giver"
    await visitor.until_phase("method_choice")
    async with transaction() as session:
        await moves.raise_hand(session, visitor.room, by=visitor.me, now=visitor.now)
    await visitor.beats(until=visitor.now + timedelta(seconds=20))
    assert (await visitor.sees()).room.state.turns.speaker == me.seat_id
    async with transaction() as session:
        await writing.say(session, visitor.room, by=visitor.me, text="Practice helps.", key="p", now=visitor.now)
        await moves.finish_turn(session, visitor.room, by=visitor.me, speaker=me.seat_id, now=visitor.now)
    for _ in range(60):
        if (await visitor.sees()).room.state.module:
            break
        await visitor.beats(until=visitor.now + timedelta(seconds=5))
    chosen = visitor.now
    await visitor.until_phase("consultation")
    assert visitor.now - chosen <= timedelta(seconds=30)


@pytest.mark.usefixtures("database")
async def test_starting_twice_with_one_press_is_one_room_and_unknown_parts_are_refused() -> None:
    here = await stage()
    first = await practice(here, "adviser")
    again = await practice(here, "adviser")
    assert first.room == again.room
    async with transaction() as session:
        common = {"event_id": here.event, "by": here.outsider, "own_case": False, "key": "z", "lang": "en", "now": NOON}
        with pytest.raises(Refused, match="cannot be practised"):
            await practising.start_practice(session, script_key="rain", role="mayor", **common)  # type: ignore[arg-type]
        with pytest.raises(Missing):
            await practising.start_practice(session, script_key="snow", role="adviser", **common)  # type: ignore[arg-type]


@pytest.mark.usefixtures("database")
async def test_a_visitor_does_not_meet_a_peer_of_the_same_name() -> None:
    here = await stage()
    async with transaction() as session:
        me = await session.get(Person, here.outsider)
        assert me is not None
        me.name = "Ivana"
    visitor = await practice(here, "moderator")
    people = [who.name for who in (await visitor.sees()).people.values()]
    assert sorted(people) == ["Amela", "Ivana", "Jonas", "Marta", "Tamta"]


@pytest.mark.usefixtures("database")
async def test_other_people_do_not_see_my_practice_room() -> None:
    here = await stage()
    visitor = await practice(here, "adviser")
    async with reading() as session:
        mine = await queries_outside.rooms_of_event(session, here.event, person_id=visitor.me)
        theirs = await queries_outside.rooms_of_event(session, here.event, person_id=here.adviser)
        with pytest.raises(Missing):
            await queries_outside.from_outside(session, visitor.room, person_id=here.adviser)
    assert visitor.room in [room.room_id for room in mine]
    assert visitor.room not in [room.room_id for room in theirs]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("begun", [True, False])
async def test_a_practice_room_that_was_left_is_not_on_today_for_days_and_closes_by_itself(begun: bool) -> None:
    here = await stage()
    visitor = await practice(here, "adviser")
    if begun:
        await visitor.until_phase("narration")

    async def today(now: datetime) -> list[str]:
        asking = Asking(
            person_id=here.outsider, event_id=here.event, event_slug="rain", zone="UTC", lang="en", now=now, since=NOON
        )
        async with reading() as session:
            return [part.template for part in await sources.today(session, asking)]

    assert bool(await today(NOON + timedelta(hours=1))) is begun
    assert await today(NOON + timedelta(hours=2, minutes=1)) == []
    async with reading() as session:
        (room,) = [
            room
            for room in await queries_outside.rooms_of_event(session, here.event, person_id=here.outsider)
            if room.mine
        ]
        assert room.status != "closed", "the way back is on the page of rooms"
        alarm = (await session.exec(select(Job).where(Job.key == f"forgotten:{visitor.room}"))).one()
    assert timedelta(hours=2) <= alarm.run_at - NOON <= timedelta(hours=2, minutes=10)
    async with transaction() as session:
        await planning.close_forgotten(session, visitor.room, now=alarm.run_at)
    assert (await visitor.sees()).row.status == "closed"
