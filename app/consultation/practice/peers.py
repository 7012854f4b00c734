"""What would a simulated peer do next? Pure: the script, the room as it stands, what was played so far, and now.

Peers keep to the rules of the room like everybody else: who has no floor is given it by a simulated lead, or raises a
hand. Nobody moves on before the visitor has had a chance; a visitor who leads is never overtaken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.consultation.engine import rules
from app.consultation.engine.floor import may_speak
from app.consultation.engine.method import Floor, Kind
from app.consultation.engine.room import Room
from app.consultation.engine.sight import may_write
from app.consultation.engine.state import Status
from app.consultation.practice.scripts import Line, Scene, Script

PATIENCE = 150  # seconds a simulated lead leaves a silent visitor their chance
REMINDER = 60  # seconds a simulated lead waits for the release before a word about it
BREATH = 6  # seconds between what was said last and what the lead does about a raised hand
QUIET = 20  # seconds after the visitor's last words


@dataclass(frozen=True)
class Played:
    """How far the play is: in step `step` since `at`, which lines, whose cards, which nudge."""

    step: int = -1
    at: datetime | None = None
    lines: tuple[int, ...] = ()
    cards: Mapping[str, int] = field(default_factory=dict)
    nudged: int = 0
    revealed: bool = False
    own_case: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step, "at": self.at and self.at.isoformat(), "lines": list(self.lines),
            "cards": dict(self.cards), "nudged": self.nudged, "revealed": self.revealed, "own_case": self.own_case,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Played":
        at = data.get("at")
        return cls(
            data.get("step", -1), datetime.fromisoformat(at) if at else None, tuple(data.get("lines", ())),
            data.get("cards", {}), data.get("nudged", 0), data.get("revealed", False), data.get("own_case", False),
        )  # fmt: skip


@dataclass(frozen=True)
class Do:
    """One thing: say, write, choose, value, release, finish, floor, hand, begin, advance, close. `key` names a card."""

    what: str
    who: int = 0
    text: str = ""
    deck: str = ""
    key: str = ""
    keys: tuple[str, ...] = ()
    to: int = 0


@dataclass(frozen=True)
class Scenario:
    """The room with its simulated peers: `seats` person of the script → seat; `spoke` when the visitor last did."""

    script: Script
    room: Room
    seats: Mapping[str, int]
    visitor: int
    visitor_is_in: bool
    spoke: datetime | None
    now: datetime

    @property
    def scene(self) -> Scene:
        return self.script.scenes.get(self.room.step.phase, Scene()) if self.room.step else Scene()

    @property
    def part(self) -> str:
        """The visitor's role."""
        return next(seat.role for seat in self.room.cast.seats if seat.person == self.visitor)

    @property
    def lead(self) -> int | None:
        """The simulated lead; None where the visitor leads."""
        return self.room.leads if self.room.leads in self.seats.values() else None


def next_acts(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played]:
    """What happens now (often nothing yet), and the play after it."""
    if play.room.state.status is Status.LOBBY:
        begins = play.visitor_is_in and play.lead is not None
        return ((Do("begin", play.lead or 0),) if begins else ()), played
    if not play.room.running or play.room.state.clock is None or play.room.state.clock.paused or play.room.state.still:
        return (), played
    if played.step != play.room.state.step:
        played = Played(step=play.room.state.step, at=play.now, own_case=played.own_case)
    acts, after = (
        _hand(play, played)
        or _line(play, played)
        or _turn(play, played)
        or _nudge(play, played)
        or _move(play, played)
        or ((), played)
    )
    return acts, replace(after, at=play.now) if acts else after


def _waited(play: Scenario, played: Played, seconds: int) -> bool:
    since = max(filter(None, (played.at, play.spoke)), default=play.now)
    return play.now - since >= timedelta(seconds=seconds)


def _hand(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """A simulated lead calls a visitor who has raised a hand before anything else happens."""
    phase, turns = play.room.phase, play.room.state.turns
    if play.lead is None or phase is None or phase.floor is not Floor.QUEUE or play.visitor not in turns.hands:
        return None
    here = play.visitor not in play.room.state.away and play.room.speaks_now(play.visitor)
    if turns.speaker == play.visitor or not here:
        return None
    if not _waited(play, played, BREATH):
        return (), played
    return (Do("floor", play.lead, to=play.visitor),), played


def _line(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """The next line whose peer is here and may act; a peer without the floor gets it, or asks for it."""
    waiting = _pending(play, played)
    if not waiting:
        return None
    if not _waited(play, played, waiting[0][1].after):
        return (), played
    for number, line in waiting:
        act = _as_act(play, line)
        if _may(play, act):
            return (act,), replace(played, lines=(*played.lines, number))
    number, line = waiting[0]
    who = play.seats[line.by]
    floor = play.room.phase.floor if play.room.phase else None
    speaker = play.room.state.turns.speaker
    if floor in (Floor.SILENT, Floor.OPEN, Floor.TEXT, None) or not play.room.speaks_now(who):
        return (), replace(played, lines=(*played.lines, number))  # the method does not let them: the line is dropped
    if speaker == play.visitor and not _waited(play, played, PATIENCE):
        return None
    if play.lead is not None:
        return (Do("floor", play.lead, to=who),), played
    if floor is Floor.QUEUE and who not in play.room.state.turns.hands:
        return (Do("hand", who),), played
    return None


def _pending(play: Scenario, played: Played) -> list[tuple[int, Line]]:
    return [
        (number, line)
        for number, line in enumerate(play.scene.lines)
        if number not in played.lines and line.by in play.seats and line.unless != play.part
        and line.only in ("", play.part) and not (line.sample_only and played.own_case)
    ]  # fmt: skip


def _as_act(play: Scenario, line: Line) -> Do:
    who, case = play.seats[line.by], play.script.case
    match line.does:
        case "narrate":
            return Do("say", who, case["narration"][line.number])
        case "answer":
            return Do("say", who, case["answers"][line.number])
        case "question":
            return _question(play, line, who)
        case "write":
            return Do("write", who, line.text, line.deck)
        case "choose":
            return Do("choose", who, line.text, line.deck)
        case "values":
            return Do("value", who, keys=tuple(case["valuable"]))
        case "release":
            return Do("release", who, keys=line.keys)
        case _:
            return Do("say", who, line.text)


def _question(play: Scenario, line: Line, who: int) -> Do:
    """A question to the visitor: onto the list where the phase has one, else said."""
    words = play.script.any_case["questions"][line.by]
    lists = (out.key for out in play.room.outputs_for(who) if out.kind is Kind.LIST)
    deck = next(lists, None)
    return Do("write", who, words, deck) if deck else Do("say", who, words)


def _may(play: Scenario, act: Do) -> bool:
    match act.what:
        case "write":
            return may_write(play.room, act.who, act.deck)
        case "say":
            return may_speak(play.room, act.who)
        case "choose":
            return play.lead == act.who
        case _:
            return True


def _turn(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """In a circle: a peer whose turn it is puts down one card and passes on. A silent visitor is passed in the end."""
    speaker, phase = play.room.state.turns.speaker, play.room.phase
    if phase is None or phase.floor not in (Floor.ROUND_ROBIN, Floor.QUEUE) or speaker is None:
        return None
    if speaker == play.visitor:
        return None
    if not _waited(play, played, 6):
        return (), played
    who = next((name for name, seat in play.seats.items() if seat == speaker), "")
    card = _card(play, played, who)
    deck = next((out.key for out in play.room.outputs_for(speaker) if out.kind is Kind.CARDS), None)
    if card is None or deck is None:
        return (Do("finish", speaker),), played
    cards = {**played.cards, who: played.cards.get(who, 0) + 1}
    return (Do("write", speaker, card[1], deck, key=card[0]), Do("finish", speaker)), replace(played, cards=cards)


def _card(play: Scenario, played: Played, who: str) -> tuple[str, str] | None:
    """The person's next contribution: to the sample case, or to any."""
    number = played.cards.get(who, 0)
    if played.own_case:
        texts = play.script.any_case["turns"].get(who, ())
        return (f"{who}-{number + 1}", texts[number]) if number < len(texts) and play.scene.turns else None
    turns = (play.scene.turns or {}).get(who, ())
    return turns[number] if number < len(turns) else None


def _nudge(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """A friendly word to a visitor who is expected to do something and is silent."""
    nudges = play.script.nudges.get(play.part, ())
    expected = play.room.state.turns.speaker == play.visitor or play.room.leads == play.visitor
    if not expected or played.nudged >= len(nudges):
        return None
    nudge = nudges[played.nudged]
    if nudge.by not in play.seats or not may_speak(play.room, play.seats[nudge.by]):
        return None
    if not _waited(play, played, nudge.after):
        return None
    return (Do("say", play.seats[nudge.by], nudge.text),), replace(played, nudged=played.nudged + 1)


def _move(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """The simulated lead: a last word, then on to the next phase, or the door closes."""
    lead = play.lead
    if lead is None or not _waited(play, played, play.scene.moves_on):
        return None
    if _visitor_is_due(play):
        if not _waited(play, played, PATIENCE):
            return None
        if (
            play.room.state.turns.speaker == play.visitor
            and play.room.phase
            and play.room.phase.floor is not Floor.SINGLE
        ):
            return (Do("finish", lead, to=play.visitor),), played
    if play.room.last_step and rules.undecided(play.room):
        return _reminder(play, played, lead)
    if play.scene.reveal and not played.revealed:
        return (Do("say", lead, play.scene.reveal),), replace(played, revealed=True)
    if not play.room.last_step:
        return (Do("advance", lead),), played
    return (Do("close", lead),), played


def _reminder(play: Scenario, played: Played, lead: int) -> tuple[tuple[Do, ...], Played] | None:
    """Nothing is closed before the release is decided; after a while the lead says once that they wait for it."""
    if not play.scene.remind or played.nudged or not may_speak(play.room, lead) or not _waited(play, played, REMINDER):
        return None
    return (Do("say", lead, play.scene.remind),), replace(played, nudged=played.nudged + 1)


def _visitor_is_due(play: Scenario) -> bool:
    """The visitor has the floor, or the phase is theirs and they have not finished."""
    phase, me = play.room.phase, play.visitor
    if phase is None:
        return False
    if play.room.state.turns.speaker == me and phase.floor is not Floor.SINGLE:
        return True
    if play.room.state.module and any(out.of == "modules" for out in phase.outputs):
        return False  # it is chosen: nothing is waited for
    if play.room.last_step and me in play.room.state.decided:
        return False
    mine = play.room.speaks_now(me) and me in play.room.case_givers()
    if phase.floor in (Floor.SINGLE, Floor.QUEUE) and mine:
        started = play.room.state.clock.started if play.room.state.clock else play.now
        return play.spoke is None or play.spoke < started or play.now - play.spoke < timedelta(seconds=QUIET)
    return False
