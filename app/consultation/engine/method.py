"""A method as data: roles, phases, who speaks, who writes, what it leaves. Pure values, read from YAML by `reading`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

Words = Mapping[str, str]  # language code → text; English is always there


def said(words: Words, lang: str) -> str:
    """The text in `lang`, else in English."""
    return words.get(lang) or words["en"]


class Floor(StrEnum):
    """Who may speak among those whose phase it is."""

    SINGLE = "single"  # one named person
    ROUND_ROBIN = "round_robin"  # the system gives the turns, one contribution each
    QUEUE = "queue"  # raised hands
    OPEN = "open"  # everybody named may speak
    SILENT = "silent"  # writing only
    TEXT = "text"  # posts over days


class Listening(StrEnum):
    NORMAL = "normal"
    BACKSTAGE = "backstage"  # hears and sees, is neither heard nor seen, keeps private notes
    OBSERVE = "observe"  # may react with symbols only


class Seen(StrEnum):
    """From when others see what somebody wrote."""

    AT_ONCE = "at_once"
    OWN_FIRST = "own_first"  # when I have written mine
    AT_REVEAL = "at_reveal"  # when it is read out: at the end of the writer's turn, or all together
    PHASE_END = "phase_end"
    MINE = "mine"  # never: a private note


class Kind(StrEnum):
    """What an output is made of."""

    ASSIGNMENT = "assignment"
    QUESTION = "question"  # the one question that stays in sight
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    LIST = "list"
    CARDS = "cards"
    SELECTION = "selection"  # marks on somebody else's cards
    CHOICE = "choice"
    RANKING = "ranking"
    RATING = "rating"
    ACTION_LIST = "action_list"  # a step with a date
    LINK = "link"
    RELEASE = "release"  # what may leave the room


# What is picked from what the phase offers, one each.
PICKED = frozenset({Kind.CHOICE, Kind.RATING})
# Outputs that are not typed: given by the lead, marked on cards, decided in a form of their own.
NOT_TYPED = frozenset({Kind.ASSIGNMENT, Kind.SELECTION, Kind.RELEASE})


@dataclass(frozen=True, slots=True)
class Role:
    key: str
    title: Words
    least: int
    most: int | None  # None: as many as there are
    owner: bool = False  # leads the process and is always heard
    case: bool = False  # brings the case: a lost line stops the clock, the release is theirs
    rotates: bool = False
    scribe: bool = False  # puts down for others what they say, and groups the cards


@dataclass(frozen=True, slots=True)
class Scale:
    """What a rating goes from and to, with the words at both ends."""

    least: int
    most: int
    low: Words
    high: Words


@dataclass(frozen=True, slots=True)
class Output:
    key: str
    title: Words
    kind: Kind
    writes: tuple[str, ...]  # role keys
    seen: Seen
    characters: int | None
    items: int | None  # per person
    of: str | None = None  # what is selected, ranked or chosen from: an output's key, `modules` or `seats`
    sorts: tuple[tuple[str, Words], ...] = ()  # kinds of cards: experience, idea, warning
    anonymous: bool = False  # whose card it is shows once it has been read: after the phase that follows its own
    options: tuple[tuple[str, Words], ...] = ()  # what a choice is made from, where it is from nothing in the room
    scale: Scale | None = None  # of a rating


@dataclass(frozen=True, slots=True)
class Phase:
    key: str
    title: Words
    prompt: Words
    seconds: int  # the time box; a written phase counts working days instead
    days: int
    once: bool
    space: str
    floor: Floor
    speaks: tuple[str, ...]
    listens: tuple[str, ...]
    listening: Listening
    outputs: tuple[Output, ...]
    turn: int | None  # seconds per turn
    by_itself: bool  # moves on when the time is up
    module: bool  # is done in the form of the module that was chosen

    def output(self, key: str) -> Output | None:
        return next((output for output in self.outputs if output.key == key), None)


@dataclass(frozen=True, slots=True)
class Module:
    """One way of advising, chosen in the room."""

    key: str
    title: Words
    starter: Words
    rule: Words
    seconds: int
    fits: tuple[str, ...]
    speaks: tuple[str, ...]  # roles that speak besides those of the phase


@dataclass(frozen=True, slots=True)
class Steps:
    """How the method moves when it is held in writing."""

    opens: str = "09:00"  # on the clocks of whoever leads
    quorum: int = 60  # so many of a hundred have written: the step may close
    reminds: int = 20  # hours after the opening, those who have not read
    grace: int = 1  # working days more, once, for a step in which few have written


@dataclass(frozen=True, slots=True)
class Loop:
    """A detour that the process owner may take after a phase."""

    after: str
    runs: str  # the phase that is run again
    module: str | None  # None: any of the palette
    seconds: int
    back: int  # seconds of `after` that follow the detour; 0: go on


@dataclass(frozen=True, slots=True)
class Method:
    key: str
    version: int
    title: Words
    family: str
    written: bool
    least: int
    most: int
    rounds: int
    rotates: bool
    roles: tuple[Role, ...]
    phases: tuple[Phase, ...]
    modules: tuple[Module, ...]
    loops: tuple[Loop, ...]
    capture: tuple[str, ...]  # outputs a protocol may hold, in its order
    steps: Steps = Steps()

    @property
    def owner(self) -> Role | None:
        """The process owner's role; None where the system leads."""
        return next((role for role in self.roles if role.owner), None)

    @property
    def everybody_releases(self) -> bool:
        """Nobody brings a case: what may leave the room everybody decides about their own words."""
        releases = any(output.kind is Kind.RELEASE for phase in self.phases for output in phase.outputs)
        return releases and not any(role.case for role in self.roles)

    @property
    def single_room(self) -> bool:
        return all(phase.space == "room" for phase in self.phases)

    def role(self, key: str) -> Role:
        return next(role for role in self.roles if role.key == key)

    def phase(self, key: str) -> Phase:
        return next(phase for phase in self.phases if phase.key == key)

    def module(self, key: str | None) -> Module | None:
        return next((module for module in self.modules if module.key == key), None)

    def output(self, key: str) -> Output | None:
        """The first phase's output of this key: decks that travel through phases share it."""
        found = (phase.output(key) for phase in self.phases)
        return next((output for output in found if output is not None), None)


def in_the_form_of(phase: Phase, module: Module | None) -> Phase:
    """The phase as it runs with `module`: whom the module lets speak no longer listens backstage."""
    if module is None or not module.speaks:
        return phase
    speaks = tuple(dict.fromkeys((*phase.speaks, *module.speaks)))
    return replace(phase, speaks=speaks, listens=tuple(key for key in phase.listens if key not in module.speaks))


def in_writing(phase: Phase) -> Phase:
    """The phase over days: everybody whose phase it is writes when they can, nobody has turns."""
    return replace(phase, floor=Floor.TEXT, turn=None, by_itself=False, days=phase.days or 1)


def face_to_face(phase: Phase) -> Phase:
    """A written phase when people meet for it."""
    return replace(phase, floor=Floor.OPEN, days=0) if phase.floor is Floor.TEXT else phase
