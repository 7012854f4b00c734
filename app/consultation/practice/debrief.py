"""After a dry run: how long each phase took, what went wrong, how long that took, and how it ended. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.consultation.engine.method import Kind, Phase, Words
from app.consultation.engine.room import Room
from app.consultation.practice import drill
from app.consultation.practice.play import Played
from app.consultation.practice.scripts import Script
from app.core.words import N_

ENDED = {
    drill.HELPED: N_("A word of yours was enough."),
    drill.PASSED: N_("You ended the turn."),
    drill.ALONE: N_("It ended by itself; you waited."),
    drill.BRIDGED: N_("You said what was going on until the line was back."),
    drill.BACK: N_("The line came back; nobody said anything meanwhile."),
    drill.LEFT: N_("You went on to the next phase."),
}


@dataclass(frozen=True)
class Held:
    """A phase as it was led, in seconds."""

    title: Words
    planned: int
    took: int


@dataclass(frozen=True)
class Mastered:
    """A disturbance as it went; `how` is a sentence for the catalogue."""

    what: Words
    advice: Words
    who: str
    how: str
    took: int


def without_cards(room: Room, written: Collection[str]) -> list[Phase]:
    """The phases of advising that were over before anybody had put down a card."""
    begun = {step.phase for step, _ in zip(room.state.plan, room.state.log, strict=False)}
    return [
        phase for phase in room.method.phases if phase.key in begun
        and (decks := {out.key for out in phase.outputs if out.kind is Kind.CARDS}) and not decks & set(written)
    ]  # fmt: skip


def phases(room: Room) -> list[Held]:
    """Every phase that began, in order; the last one until the room was closed."""
    ends = [*room.state.log[1:], room.state.closed]
    return [
        Held(room.method.phase(step.phase).title, step.seconds, _seconds(began, ended))
        for step, began, ended in zip(room.state.plan, room.state.log, ends, strict=False)
        if ended is not None
    ]


def disturbances(script: Script, played: Played, *, names: Mapping[str, str], closed: datetime) -> list[Mastered]:
    """`names`: person of the script → the name under which they were in the room."""
    found = []
    for met in played.met:
        each = script.drill[met.number]
        found.append(
            Mastered(
                each.what, each.advice, names.get(each.who, ""), ENDED[met.how or drill.LEFT],
                _seconds(met.began, met.ended or closed),
            )
        )  # fmt: skip
    return found


def _seconds(began: datetime, ended: datetime) -> int:
    return max(0, round((ended - began).total_seconds()))
