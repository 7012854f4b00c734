"""Answers by mail: addresses that only we can have written, and which slice takes an answer to what.

A letter about something that can be answered comes from `reply+WORD@…`: the word says who answers what, and until when. A
slice that takes answers has a module `by_mail.py` and is registered by main.py; what no slice takes cannot be answered,
and its letters carry no such address.
"""

import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import signs
from app.core.mail import house

LASTS = timedelta(days=60)
"""How long a letter can be answered."""
_ANSWER, _RETURN = "answer by mail", "letter came back"
_SHAPE = struct.Struct(">cIIH")  # topic, person, what, last day since 1970


@dataclass(frozen=True)
class Place:
    """Where an answer will stand. `audience_id`: who may read it there."""

    event_id: int
    audience_id: int
    title: str
    url: str


@dataclass(frozen=True)
class Answer:
    """What somebody wrote. The same key twice is one answer. `calendar`: the file of a calendar that answers for them."""

    ref: int
    person_id: int
    key: str
    text: str
    lang: str
    calendar: str = ""


@dataclass(frozen=True)
class Answering:
    """How a slice takes answers to a topic: where one would stand, and how it gets there (returns its address).

    `calendar`: calendars answer here (METHOD:REPLY), and no words: nobody has to read and settle them.
    """

    place: Callable[[AsyncSession, int], Awaitable[Place | None]]
    post: Callable[[AsyncSession, Answer, datetime], Awaitable[str]]
    calendar: bool = False


@dataclass(frozen=True)
class Asked:
    """What an address says: who answers what, and how long."""

    topic: str
    ref: int
    person_id: int
    until: datetime


@dataclass
class _Registry:
    topics: dict[str, Answering] = field(default_factory=dict)
    letters: dict[bytes, str] = field(default_factory=dict)


_registry = _Registry()


def register(topic: str, letter: str, answering: Answering) -> None:
    """`letter`: the topic in an address, one small letter that must not change once released."""
    code = letter.encode()
    if _registry.letters.setdefault(code, topic) != topic:
        raise TypeError(f"{letter!r} stands for {_registry.letters[code]} already")
    _registry.topics[topic] = answering


def answering(topic: str) -> Answering:
    return _registry.topics[topic]


def address_for(topic: str, ref: int, *, person_id: int, now: datetime) -> str:
    """The address for this person's answer to this; "" where mail is not taken, and for what cannot be answered."""
    code = next((code for code, known in _registry.letters.items() if known == topic), None)
    if code is None or not house().answers_to:
        return ""
    day = int((now + LASTS).timestamp() // 86_400)
    return _address(signs.seal(_SHAPE.pack(code, person_id, ref, day), purpose=_ANSWER))


def asked_by(address: str) -> Asked | None:
    """What the letter to this address answers; None if the address is not from us."""
    data = signs.unseal(_word(address), purpose=_ANSWER)
    if data is None or len(data) != _SHAPE.size:
        return None
    code, person_id, ref, day = _SHAPE.unpack(data)
    if code not in _registry.letters:
        return None
    return Asked(_registry.letters[code], ref, person_id, datetime.fromtimestamp((day + 1) * 86_400, UTC))


def return_path(letter_id: int) -> str:
    """Where this letter comes back to when it cannot be delivered; "" where mail is not taken."""
    return _address(signs.seal(struct.pack(">I", letter_id), purpose=_RETURN)) if house().answers_to else ""


def letter_returned_to(address: str) -> int | None:
    """Which letter has come back to this address; None if the address is not from us."""
    data = signs.unseal(_word(address), purpose=_RETURN)
    return struct.unpack(">I", data)[0] if data is not None and len(data) == 4 else None


def is_ours(address: str) -> bool:
    return asked_by(address) is not None or letter_returned_to(address) is not None


def _address(word: str) -> str:
    name, _, domain = house().answers_to.rpartition("@")
    return f"{name}+{word}@{domain}"


def _word(address: str) -> str:
    """The word in `reply+WORD@…`; "" if it is not our address."""
    name, _, domain = address.strip().casefold().rpartition("@")
    own_name, _, own_domain = house().answers_to.casefold().rpartition("@")
    before, _, word = name.rpartition("+")
    return word if own_name and (before, domain) == (own_name, own_domain) else ""
