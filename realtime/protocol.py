"""The messages of the live line: what a browser may say, parsed and limited, and what it hears, written once.

Pure text in, values out. `docs/protocol.md` draws the same messages as arrows.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.words import N_

LONGEST_MESSAGE = 16 * 1024
"""Characters a browser may send in one message; the server refuses longer ones before reading them whole."""
LONGEST_WHISPER = 4 * 1024
"""Characters of a whisper's body as JSON: a line being typed or a WebRTC offer fits, a document does not."""
MOST_TOPICS = 64
"""Topics one browser tab may follow at once."""
HIGHEST_VERSION = 2**53 - 1
"""The last whole number JavaScript counts exactly."""

MOST_WHISPERS = 16
"""Whispers in one request, where there is no socket."""
A_LIST = N_("Without a socket whispers come up as a short JSON list.")
TOO_LONG = N_("This message is too long.")
PAIRS = N_("Long polling asks for topic and version in pairs, at least one.")

_TOPIC = re.compile(r"([a-z]{2,16}):([1-9][0-9]{0,17})")
_WORD = re.compile(r"[a-z][a-z0-9-]{0,31}")


class Unclear(Exception):
    """The message cannot be understood; `why` is a sentence for whoever wrote the browser's side."""

    def __init__(self, why: str, *, topic: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.topic = topic


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that can change: its kind and its number, written `room:7`."""

    kind: str
    ref: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.ref}"


@dataclass(frozen=True, slots=True)
class Follow:
    """Tell me when this changes; `version` is what I have already (0: nothing)."""

    topic: Topic
    version: int


@dataclass(frozen=True, slots=True)
class Leave:
    """I no longer look at this."""

    topic: Topic


@dataclass(frozen=True, slots=True)
class Whisper:
    """Something fleeting for those who follow the topic now, or for one person among them (`to`)."""

    topic: Topic
    kind: str
    body: Mapping[str, Any]
    to: int | None


Asked = Follow | Leave | Whisper


def topic(text: object) -> Topic:
    """`room:7` as a value; raises Unclear for anything else."""
    match = _TOPIC.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise Unclear(N_("A topic is written as a kind and a number, for example room:7."))
    return Topic(match[1], int(match[2]))


def read(text: str) -> Asked:
    """What the browser asks for; raises Unclear with the reason when it is not in the protocol."""
    if len(text) > LONGEST_MESSAGE:
        raise Unclear(TOO_LONG)
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise Unclear(N_("A message is one JSON object.")) from None
    return _asked(said)


def read_whispers(text: str) -> list[Whisper]:
    """What a page without a socket sends up at once; raises Unclear."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise Unclear(A_LIST) from None
    if not isinstance(said, list) or not 0 < len(said) <= MOST_WHISPERS:
        raise Unclear(A_LIST)
    asked = [_asked(each) for each in said]
    if not all(isinstance(each, Whisper) for each in asked):
        raise Unclear(N_("This type of message is not known here."))
    return [each for each in asked if isinstance(each, Whisper)]


def _asked(said: object) -> Asked:
    if not isinstance(said, dict):
        raise Unclear(N_("A message is one JSON object."))
    kind = said.get("type")
    parse = _READERS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        raise Unclear(N_("This type of message is not known here."))
    about = topic(said.get("topic"))
    try:
        return parse(about, said)
    except Unclear as unclear:
        raise Unclear(unclear.why, topic=str(about)) from None


def version(value: object) -> int:
    """A version as the browser sends it: a whole number from 0; raises Unclear."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST_VERSION:
        raise Unclear(N_("A version is a whole number from 0."))
    return value


def _follow(about: Topic, said: Mapping[str, Any]) -> Follow:
    return Follow(about, version(said.get("version", 0)))


def _leave(about: Topic, said: Mapping[str, Any]) -> Leave:
    return Leave(about)


def _whisper(about: Topic, said: Mapping[str, Any]) -> Whisper:
    kind, body, to = said.get("kind"), said.get("body", {}), said.get("to")
    if not isinstance(kind, str) or not _WORD.fullmatch(kind):
        raise Unclear(N_("A whisper says its kind in one short word."))
    if not isinstance(body, dict) or len(json.dumps(body)) > LONGEST_WHISPER:
        raise Unclear(N_("A whisper carries one small JSON object."))
    if to is not None and (isinstance(to, bool) or not isinstance(to, int) or to < 1):
        raise Unclear(N_("A whisper goes to everybody in the topic or to one person's number."))
    return Whisper(about, kind, body, to)


_READERS: dict[str, Callable[[Topic, Mapping[str, Any]], Asked]] = {
    "follow": _follow,
    "leave": _leave,
    "whisper": _whisper,
}


def following(about: Topic, *, version: int, now: datetime) -> str:
    """You follow it from here; `version` is where it stands."""
    return _written(type="following", topic=str(about), version=version, now=now.isoformat())


def changed(about: Topic, *, version: int, after: int | None = None, html: str | None = None) -> str:
    """It is at `version`. With `html`: what came after version `after`, for every reader alike. Without: fetch."""
    if html is None:
        return _written(type="changed", topic=str(about), version=version)
    return _written(type="changed", topic=str(about), after=after, version=version, html=html)


def refused(why: str, *, about: str | None = None) -> str:
    """A whole sentence saying why not; `about` is the topic it concerns, if one could be read."""
    return _written(type="refused", topic=about, why=why)


def whispered(whisper: Whisper, *, by: int) -> str:
    """A whisper as its hearers get it: `by` is the number of the person who whispered."""
    return _written(type="whisper", topic=str(whisper.topic), kind=whisper.kind, body=whisper.body, by=by)


def present(about: Topic, people: Iterable[int]) -> str:
    """Who is here now: the numbers of the persons, each once."""
    return _written(type="present", topic=str(about), people=sorted(people))


def heartbeat(now: datetime) -> str:
    """Nothing happened, the line is alive; `now` corrects the browser's countdowns."""
    return _written(type="heartbeat", now=now.isoformat())


def _written(**message: object) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


class Close:
    """Why the server ends a line; the browser decides by the number whether to come back at once, later or not."""

    SIGN_IN = 4401
    """No session, or it has ended: sign in, then come back."""
    STANDING = 4409
    """A role or membership changed: come back at once and follow again."""
    RESTART = 1012
    """This process stops: come back at once, another one takes over."""
    UNCLEAR = 1008
    """Too many messages that are not in the protocol: come back later."""
    BINARY = 1003
    """Binary messages are not spoken here yet."""
    LATER = 1013
    """The line took nothing for too long, or something is out of order here: come back later."""
