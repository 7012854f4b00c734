"""The moderators' daily work as rules: the clock of first posts, whom to ask, who is silent and why. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import Refused
from app.core.text import folded
from app.core.words import N_

ANSWER_FIRST = timedelta(hours=4)
"""Somebody's first post is answered within this time; counted from the post, not from office hours."""
ANSWER_QUESTIONS = timedelta(hours=24)
SUGGESTED = 3
MOST_ASKED = 2
"""So many of the questions on one page suggest the same person: nobody is asked for everything."""
NOTE_EVERY = timedelta(hours=48)
SETTLING = timedelta(hours=24)
"""Who has joined just now is not silent."""
AWAY = timedelta(hours=48)
QUIET = timedelta(hours=72)
SHORTEST_WORD, STEM = 4, 5  # letters


# --- first posts ------------------------------------------------------------------------------------------------------


def is_late(at: datetime, within: timedelta, *, now: datetime) -> bool:
    return now - at >= within


# --- whom to ask ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """`text`: title, context and facts. `country`: the author's."""

    author_id: int | None
    text: str
    lang: str
    country: str


@dataclass(frozen=True)
class Knowing:
    """Somebody who might answer. `topics`: what they know, as keys of the vocabulary."""

    person_id: int
    name: str
    languages: frozenset[str]
    topics: tuple[str, ...]
    country: str
    seen_at: datetime | None


@dataclass(frozen=True)
class Reason:
    """Why somebody is suggested: a sentence and what fills it (a topic, a language or a country, by its key)."""

    words: str
    key: str = ""


@dataclass(frozen=True)
class Suggestion:
    person_id: int
    name: str
    reasons: tuple[Reason, ...]


KNOWS = N_("knows about: {what}")
SPEAKS = N_("speaks the language of the question: {what}")
NEIGHBOUR = N_("works in the same country: {what}")
WAS_HERE = N_("was here in the last two days")
_WEIGHTS = {KNOWS: 4, SPEAKS: 2, NEIGHBOUR: 2, WAS_HERE: 1}


def topics_in(text: str, vocabulary: Mapping[str, Iterable[str]]) -> set[str]:
    """The topics whose words begin like a word of the text; `vocabulary`: topic → how it is called, in any language."""
    stems = {word[:STEM] for word in _words(text)}
    return {
        topic for topic, names in vocabulary.items() if any(w[:STEM] in stems for name in names for w in _words(name))
    }


def suggest(
    questions: Sequence[Question], people: Sequence[Knowing], vocabulary: Mapping[str, Iterable[str]], *, now: datetime
) -> list[list[Suggestion]]:
    """For each question three people at most, each with reasons, the best first; nobody for more than a few questions.

    Being here lately is no reason by itself. Whoever is asked less often on this page goes first among equals.
    """
    asked: dict[int, int] = {}
    found = []
    for question in questions:
        topics = topics_in(question.text, vocabulary)
        rated = [(person, _reasons(question, topics, person, now=now)) for person in people]
        fitting = [
            (sum(_WEIGHTS[reason.words] for reason in reasons), person, reasons)
            for person, reasons in rated
            if any(reason.words != WAS_HERE for reason in reasons) and asked.get(person.person_id, 0) < MOST_ASKED
        ]
        fitting.sort(key=lambda rating: (-rating[0], asked.get(rating[1].person_id, 0), rating[1].person_id))
        chosen = [Suggestion(person.person_id, person.name, reasons) for _, person, reasons in fitting[:SUGGESTED]]
        for suggestion in chosen:
            asked[suggestion.person_id] = asked.get(suggestion.person_id, 0) + 1
        found.append(chosen)
    return found


def _reasons(question: Question, topics: set[str], person: Knowing, *, now: datetime) -> tuple[Reason, ...]:
    if person.person_id == question.author_id:
        return ()
    reasons = [Reason(KNOWS, topic) for topic in person.topics if topic in topics]
    if question.lang in person.languages:
        reasons.append(Reason(SPEAKS, question.lang))
    if question.country and question.country == person.country:
        reasons.append(Reason(NEIGHBOUR, question.country))
    if person.seen_at is not None and now - person.seen_at < AWAY:
        reasons.append(Reason(WAS_HERE))
    return tuple(reasons)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", folded(text)) if len(word) >= SHORTEST_WORD}


# --- who is silent ----------------------------------------------------------------------------------------------------


class Silence(StrEnum):
    """Why somebody may be silent, as far as one can see; a guess that a person checks, never a verdict."""

    ABSENT = "absent"
    AWAY = "away"
    LOST = "lost"
    LANGUAGE = "language"
    NEW = "new"
    READING = "reading"
    STOPPED = "stopped"

    @property
    def words(self) -> str:
        return _SILENCES[self][0]

    @property
    def advice(self) -> str:
        return _SILENCES[self][1]

    @property
    def note(self) -> str:
        """A beginning for a personal note; whoever sends it makes it their own."""
        return _SILENCES[self][2]


_SILENCES = {
    Silence.ABSENT: (
        N_("Has not been here yet"),
        N_("Perhaps the invitation got lost, or signing in did not work. Offer help."),
        N_("Hello {name}, we have not met you at “{event}” yet. Does signing in work? If not, answer this note or write to us in any language: we help. You are welcome whenever you can come."),
    ),
    Silence.AWAY: (
        N_("Has not been here for two days"),
        N_("Perhaps there is no time, or no line. Say what ten minutes are enough for."),
        N_("Hello {name}, two days of “{event}” have passed since you were here. Ten minutes are enough to catch up: Today shows what is due and who asked you something. Is there anything that keeps you away and that we could change?"),
    ),
    Silence.LOST: (
        N_("Came in, but has opened no thread"),
        N_("Perhaps the pages are confusing or do not work. Point to one place, offer help."),
        N_("Hello {name}, good that you found “{event}”. If you do not know where to begin: open the forum and read one introduction, that is enough for today. If something does not work, tell us, in any language."),
    ),
    Silence.LANGUAGE: (
        N_("Speaks none of the event's languages"),
        N_("Say that everybody may write in their own language."),
        N_("Hello {name}, you may write in your own language at “{event}”; others read and answer it. A few lines are enough, for example about one street in your city."),
    ),
    Silence.NEW: (
        N_("Reads, and the profile is empty"),
        N_("Perhaps they want to know the group first. Point to an introduction as a model."),
        N_("Hello {name}, thank you for reading along at “{event}”. If you like, tell the others in three sentences who you are and what your city works on; many wait for somebody with your view."),
    ),
    Silence.READING: (
        N_("Reads, and has written nothing yet"),
        N_("Reading is taking part. Ask one small question that only they can answer."),
        N_("Hello {name}, I see that you read along at “{event}”, and that counts. I would like to hear from you: what would you do differently in your city?"),
    ),
    Silence.STOPPED: (
        N_("Wrote before, now only reads"),
        N_("Perhaps an answer was missing or was not kind. Look at their last post first."),
        N_("Hello {name}, your contribution to “{event}” has stayed with me. You have been quiet since: did an answer miss the point, or was one missing? Tell me, only I read it."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Presence:
    """What one can see of somebody in an event."""

    joined_at: datetime | None
    seen_at: datetime | None
    wrote_at: datetime | None
    opened: int
    profiled: bool
    understands: bool


def silence(presence: Presence, *, now: datetime) -> Silence | None:
    """The first reason that fits; None for who is not silent."""
    if presence.joined_at is None or now - presence.joined_at < SETTLING:
        return None
    if presence.seen_at is None and presence.wrote_at is None:
        return Silence.ABSENT
    last = max(moment for moment in (presence.seen_at, presence.wrote_at) if moment is not None)
    if now - last >= AWAY:
        return Silence.AWAY
    if presence.wrote_at is not None:
        return Silence.STOPPED if now - presence.wrote_at >= QUIET else None
    if not presence.opened:
        return Silence.LOST
    if not presence.understands:
        return Silence.LANGUAGE
    return Silence.READING if presence.profiled else Silence.NEW


def check_note(*, wants_notes: bool, last: datetime | None, now: datetime) -> None:
    """Nobody gets two notes in two days, from whomever, and who wants none gets none."""
    if not wants_notes:
        raise Refused(N_("This person wants no personal notes. Please respect that."))
    if last is not None and now - last < NOTE_EVERY:
        raise Refused(N_("Somebody has written to this person in the last two days. Give them time."))
