"""A short script of a practice room, and a visitor who plays it beat by beat."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import yaml

from app.consultation import queries
from app.consultation.actions import moves, practising, writing
from app.consultation.practice import scripts
from app.consultation.practice.play import Played
from app.consultation.practice.scripts import Script, read_script
from app.core.db import reading, transaction

from .rooms import NOON
from .stage import Stage

SCRIPT = """
method: kollegiale_beratung_six_phases
title: {en: "Who owns the rain?", de: "Wem gehört der Regen?"}
peers: {case_giver: [tamta], moderator: [marta], scribe: [jonas], adviser: [ivana, amela]}
names: {tamta: [Tamta, Kutaisi], marta: [Marta, Kiel], jonas: [Jonas, Kiel], ivana: [Ivana, Kotor], amela: [Amela, Tuzla]}
order: [marta, ivana, tamta, jonas, amela]
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
      - {by: amela, after: 3, park: "The insurance"}
      - {by: ivana, after: 3, question: any_case, only: case_giver}
      - {by: jonas, after: 3, write: case_summary, text: "Forty streets", unless: scribe, without: own_case}
    moves_on: 5
  key_question:
    lines: [{by: tamta, after: 3, write: key_question, text: "How do both sign?", unless: case_giver}]
    moves_on: 5
  method_choice:
    lines:
      - {by: amela, after: 3, say: "From our own practice?"}
      - {by: marta, after: 3, ask: "Which way?", answers: ["Own practice", "Headstand"], unless: moderator}
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
drill:
  - {phase: narration, who: tamta, does: drops, after: 10, back: 30, hint_after: 8, what: {en: "{name} was gone"}, hint: {en: "{name} is gone"}, advice: {en: "Say so."}}
  - {phase: consultation, who: ivana, does: talks, every: 10, hint_after: 15, lines: ["Three gates", "An earthquake", "My uncle"], what: {en: "{name} talked"}, hint: {en: "Thank {name}"}, advice: {en: "Interrupt."}}
  - {phase: consultation, who: amela, does: silent, hint_after: 10, what: {en: "{name} was silent"}, hint: {en: "Wait for {name}"}, advice: {en: "Count to ten."}}
"""


@pytest.fixture
def script() -> Iterator[Script]:
    """A short script in the place of the house's own."""
    read = read_script("rain", yaml.safe_load(SCRIPT))
    before = dict(scripts._offered)
    scripts.offer("rain", lambda lang: read)
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

    async def says(self, text: str) -> None:
        async with transaction() as session:
            await writing.say(session, self.room, by=self.me, text=text, key=f"{text}-{self.now}", now=self.now)

    async def plays(self) -> Played:
        return Played.from_json((await self.sees()).row.played)

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


async def practice(here: Stage, role: str, *, own_case: bool = False, drill: bool = False) -> Visitor:
    async with transaction() as session:
        room = await practising.start_practice(
            session, event_id=here.event, by=here.outsider, script_key="rain", role=role, own_case=own_case, drill=drill, key="k",
            lang="en", now=NOON,
        )  # fmt: skip
    async with transaction() as session:
        await moves.agree(session, room, by=here.outsider, now=NOON)
    return Visitor(here, room)
