"""Where a consultation stands: its plan, its step, its clock, its floor. Plain values, to and from JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    LOBBY = "lobby"
    RUNNING = "running"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Step:
    """One phase in one round. The plan is a row of steps; a detour adds some."""

    phase: str
    round: int
    seconds: int
    module: str | None = None
    of: int | None = None  # the earlier step that goes on here, after another one was reopened


@dataclass(frozen=True, slots=True)
class Pace:
    """When a consultation in writing moves: at `opens` (HH:MM) on the clocks of `zone`, on working days."""

    zone: str
    opens: str = "09:00"
    off: tuple[str, ...] = ()  # days without work, as ISO dates


@dataclass(frozen=True, slots=True)
class Clock:
    """Server time of the step: what is left follows from this and the present instant."""

    started: datetime
    seconds: int  # the time box, with what was added
    paused: datetime | None = None
    rested: float = 0.0  # seconds spent in earlier pauses
    waits_for: int | None = None  # whose lost line stopped it


@dataclass(frozen=True, slots=True)
class Turns:
    """Who has the floor, who comes next, who wishes to."""

    speaker: int | None = None
    since: datetime | None = None
    order: tuple[int, ...] = ()  # still to come in this round robin
    missed: tuple[int, ...] = ()  # lost the line; their turn comes again at the end
    done: tuple[int, ...] = ()
    hands: tuple[int, ...] = ()
    allowed: int | None = None  # one person whom the process owner lets speak outside the rule
    given: tuple[tuple[str, int], ...] = ()  # what the speaker has said or put down in this turn: (deck, number)
    shares: int = 0  # among how many the phase's time is shared, where the method says nothing of a turn's length


@dataclass(frozen=True, slots=True)
class Still:
    """A silence in which everybody writes; `speaker` had the floor before it, for `heard` seconds."""

    started: datetime
    seconds: int
    speaker: int | None = None
    heard: float = 0.0


@dataclass(frozen=True, slots=True)
class Poll:
    """`given`: (person, number of the answer) while it is open; afterwards only `counts`. `step`: when it was asked or closed."""

    key: str
    question: str
    answers: tuple[str, ...]
    step: int
    given: tuple[tuple[int, int], ...] = ()
    counts: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What was read out: the deck's cards written up to `step` by `author`, or by everybody."""

    deck: str
    step: int
    author: int | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """A small group asks to come into another room; `room` is, to each of the two, the other one."""

    room: int
    until: datetime
    count: int = 0  # how many are there


@dataclass(frozen=True, slots=True)
class State:
    status: Status = Status.LOBBY
    plan: tuple[Step, ...] = ()
    step: int = -1
    clock: Clock | None = None
    turns: Turns = Turns()
    shown: tuple[Shown, ...] = ()
    still: Still | None = None
    polls: tuple[Poll, ...] = ()
    module: str | None = None
    acting: int | None = None  # who leads in the process owner's place
    standing_in: bool = False  # because the lead was gone: gives the lead back
    away: tuple[int, ...] = ()
    slow: tuple[int, ...] = ()  # their turns last twice as long
    typing: tuple[int, ...] = ()  # whose lines the others see letter by letter, as they are typed
    queue: str = "came"  # in which order raised hands are called: queue.Order
    volunteers: tuple[tuple[int, str], ...] = ()  # (person, part): what somebody would take, while parts are given
    signs: tuple[tuple[int, str], ...] = ()  # of those who listen, in this step: (person, signs.Sign)
    decided: tuple[int, ...] = ()  # who has said what may leave the room
    short_since: datetime | None = None  # fewer people than the method needs
    asks: Asking | None = None  # whether another room takes its people in
    asked: Asking | None = None  # by another room
    declined: tuple[int, ...] = ()  # rooms that could not take them in now
    log: tuple[datetime, ...] = ()  # when each step began
    closed: datetime | None = None
    pace: Pace | None = None  # None: it is held live
    meeting: bool = False  # held in writing, but this step live
    meets_next: bool = False  # this step in writing, and live again for the next one
    due: datetime | None = None  # what is written in this step after it is late
    grace: int = 0  # working days that the step has been given because few had written

    def to_json(self) -> dict[str, Any]:
        clock, turns, still = self.clock, self.turns, self.still
        return {
            "status": self.status.value,
            "plan": [[step.phase, step.round, step.seconds, step.module, step.of] for step in self.plan],
            "step": self.step,
            "clock": clock and [_out(clock.started), clock.seconds, _out(clock.paused), clock.rested, clock.waits_for],
            "turns": {
                "speaker": turns.speaker,
                "since": _out(turns.since),
                "order": list(turns.order),
                "missed": list(turns.missed),
                "done": list(turns.done),
                "hands": list(turns.hands),
                "allowed": turns.allowed,
                "shares": turns.shares,
                "given": [list(each) for each in turns.given],
            },
            "shown": [[shown.deck, shown.step, shown.author] for shown in self.shown],
            "still": still and [_out(still.started), still.seconds, still.speaker, still.heard],
            "polls": [
                [
                    poll.key,
                    poll.question,
                    list(poll.answers),
                    poll.step,
                    [list(each) for each in poll.given],
                    None if poll.counts is None else list(poll.counts),
                ]
                for poll in self.polls
            ],
            "module": self.module,
            "acting": self.acting,
            "standing_in": self.standing_in,
            "away": list(self.away),
            "slow": list(self.slow),
            "typing": list(self.typing),
            "queue": self.queue,
            "volunteers": [list(each) for each in self.volunteers],
            "signs": [list(each) for each in self.signs],
            "decided": list(self.decided),
            "short_since": _out(self.short_since),
            "asks": _asking_out(self.asks),
            "asked": _asking_out(self.asked),
            "declined": list(self.declined),
            "log": [_out(instant) for instant in self.log],
            "closed": _out(self.closed),
            "pace": self.pace and [self.pace.zone, self.pace.opens, list(self.pace.off)],
            "meeting": self.meeting,
            "meets_next": self.meets_next,
            "due": _out(self.due),
            "grace": self.grace,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        clock, turns, still = data["clock"], data["turns"], data.get("still")
        return cls(
            status=Status(data["status"]),
            plan=tuple(Step(*step) for step in data["plan"]),
            step=data["step"],
            clock=clock and Clock(datetime.fromisoformat(clock[0]), clock[1], _in(clock[2]), clock[3], clock[4]),
            turns=Turns(
                speaker=turns["speaker"],
                since=_in(turns["since"]),
                order=tuple(turns["order"]),
                missed=tuple(turns["missed"]),
                done=tuple(turns["done"]),
                hands=tuple(turns["hands"]),
                allowed=turns["allowed"],
                given=tuple((deck, number) for deck, number in turns.get("given", ())),
                shares=turns.get("shares", 0),  # rooms older than the clock of a turn
            ),
            shown=tuple(Shown(*shown) for shown in data["shown"]),
            still=still and Still(datetime.fromisoformat(still[0]), *still[1:]),
            polls=tuple(_poll(poll) for poll in data.get("polls", ())),
            module=data["module"],
            acting=data["acting"],
            standing_in=data.get("standing_in", False),
            away=tuple(data["away"]),
            slow=tuple(data["slow"]),
            typing=tuple(data.get("typing", ())),  # rooms older than real-time text
            queue=data.get("queue", "came"),
            volunteers=tuple((person, part) for person, part in data.get("volunteers", ())),
            signs=tuple((who, sign) for who, sign in data.get("signs", ())),
            decided=tuple(data["decided"]),
            short_since=_in(data["short_since"]),
            asks=_asking(data.get("asks")),
            asked=_asking(data.get("asked")),
            declined=tuple(data.get("declined", ())),
            log=tuple(datetime.fromisoformat(instant) for instant in data["log"]),
            closed=_in(data["closed"]),
            pace=_pace(data.get("pace")),
            meeting=data.get("meeting", False),
            meets_next=data.get("meets_next", False),
            due=_in(data.get("due")),
            grace=data.get("grace", 0),
        )


def _poll(data: Sequence[Any]) -> Poll:
    key, question, answers, step, given, counts = data
    found = tuple((who, what) for who, what in given)
    return Poll(key, question, tuple(answers), step, found, None if counts is None else tuple(counts))


def _asking(data: Sequence[Any] | None) -> Asking | None:
    return None if data is None else Asking(data[0], datetime.fromisoformat(data[1]), data[2])


def _asking_out(asking: Asking | None) -> list[Any] | None:
    return None if asking is None else [asking.room, asking.until.isoformat(), asking.count]


def _pace(data: Sequence[Any] | None) -> Pace | None:
    return None if data is None else Pace(data[0], data[1], tuple(data[2]))


def _out(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _in(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
