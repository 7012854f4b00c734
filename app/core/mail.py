"""Letters: rows first, sent later. What is written can be read in the outbox before, while and after it leaves."""

import dataclasses
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import Row
from app.core.jobs import Work, schedule, schedule_many
from app.core.render import render


class LetterState(StrEnum):
    HELD = "held"  # waits in the outbox until a person releases it
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Letter(Row, table=True):
    """`attachments`: [{"name", "type", "text"}], text parts only (calendar files); bigger things travel as links."""

    __tablename__ = "letter"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=200, unique=True)
    kind: str = Field(max_length=80)
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True, ondelete="CASCADE")
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="SET NULL")
    address: str = Field(max_length=320)
    name: str = Field(max_length=200)
    lang: str = Field(max_length=10)
    subject: str = Field(max_length=400)
    text: str = Field(sa_column=Column(Text, nullable=False))
    html: str = Field(sa_column=Column(Text, nullable=False))
    headers: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    attachments: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    message_id: str = Field(max_length=255)
    state: str = Field(default=LetterState.WAITING, max_length=10, index=True)
    error: str = Field(default="", max_length=2000)
    attempts: int = 0
    written_at: datetime
    sent_at: datetime | None = None
    until: datetime | None = None  # from then on it is of no use, and does not leave any more


@dataclass(frozen=True)
class Reader:
    """Somebody who gets a letter, and how to speak to them. `zone_known`: it is theirs, not what everybody begins with."""

    person_id: int | None
    email: str
    name: str
    lang: str
    zone: str
    zone_known: bool = True

    def in_zone(self, zone: str) -> "Reader":
        """The same person, spoken to by these clocks where we do not know theirs; the letter says so."""
        return self if self.zone_known else dataclasses.replace(self, zone=zone)


@dataclass(frozen=True)
class Attachment:
    name: str
    type: str  # "text/calendar; method=REQUEST"
    text: str


@dataclass(frozen=True)
class SendLetter(Work):
    letter_id: int


async def write(
    session: AsyncSession,
    *,
    letter: str,
    to: Reader,
    values: Mapping[str, Any],
    key: str,
    now: datetime,
    event_id: int | None = None,
    attachments: Sequence[Attachment] = (),
    headers: Mapping[str, str] | None = None,
    hold: bool = False,
    until: datetime | None = None,
) -> Letter:
    """Write one letter from `templates/mail/<letter>/`, in the reader's language and zone, once per `key`.

    The same key again returns the letter already written. `hold` keeps it in the outbox until somebody releases it.
    One that could not leave by `until` is not sent.
    """
    written = (await session.exec(select(Letter).where(Letter.key == key))).one_or_none()
    if written is not None:
        return written
    row = composed(
        letter=letter, to=to, values=values, key=key, now=now, event_id=event_id, attachments=attachments,
        headers=headers, hold=hold,
    )  # fmt: skip
    row.until = until
    session.add(row)
    await session.flush()
    if not hold:
        await post(session, row, now=now)
    return row


def composed(
    *,
    letter: str,
    to: Reader,
    values: Mapping[str, Any],
    key: str,
    now: datetime,
    event_id: int | None = None,
    attachments: Sequence[Attachment] = (),
    headers: Mapping[str, str] | None = None,
    hold: bool = False,
) -> Letter:
    """What `write` stores, not yet stored."""
    return Letter(
        key=key, kind=letter, event_id=event_id, person_id=to.person_id, address=to.email, name=to.name, lang=to.lang,
        subject=" ".join(part(f"mail/{letter}/subject.txt", to=to, values=values).split()),
        text=part(f"mail/{letter}/body.txt", to=to, values=values).strip() + "\n",
        html=part(f"mail/{letter}/body.html", to=to, values=values),
        headers=dict(headers or {}),
        attachments=[{"name": a.name, "type": a.type, "text": a.text} for a in attachments],
        message_id=make_msgid(domain=_house.domain),
        state=LetterState.HELD if hold else LetterState.WAITING,
        written_at=now,
    )  # fmt: skip


async def written(session: AsyncSession, keys: Sequence[str]) -> set[str]:
    """Those of these keys for which there is a letter already."""
    return set((await session.exec(select(Letter.key).where(col(Letter.key).in_(keys)))).all())


async def post_all(session: AsyncSession, letters: Sequence[Letter], *, now: datetime) -> None:
    """Store letters that were composed, and let them leave; their keys are new (see `written`)."""
    session.add_all(letters)
    await session.flush()
    wanted = [(SendLetter(letter.id or 0), f"letter:{letter.id}:0") for letter in letters]
    await schedule_many(session, wanted, at=now)


async def post(session: AsyncSession, letter: Letter, *, now: datetime) -> None:
    """Let a letter leave: from the outbox, or again after it failed."""
    assert letter.id is not None
    letter.state = LetterState.WAITING
    session.add(letter)
    await schedule(session, SendLetter(letter.id), at=now, key=f"letter:{letter.id}:{letter.attempts}")


async def forget_texts(session: AsyncSession, *, before: datetime) -> None:
    """What letters said that left before then; that they left, when and to whom stays in the outbox."""
    old = (col(Letter.state) == LetterState.SENT, col(Letter.sent_at) < before, col(Letter.text) != "")
    await session.exec(update(Letter).where(*old).values(text="", html="", attachments=[]))


def piece(template: str, *, lang: str, zone: str, values: Mapping[str, Any]) -> str:
    """A piece of a letter that knows no reader, only a language and a zone. Many readers get the same words on the same
    morning: they are drawn once."""
    key = (template, lang, zone, _house, pickle.dumps(values))
    words = _pieces.get(key)
    if words is None:
        if len(_pieces) >= MOST_PIECES:
            _pieces.clear()
        words = _pieces[key] = render(template, lang=lang, zone=zone, house=_house, **values)
    return words


MOST_PIECES = 2000
"""Kept in this process, about a kilobyte each."""
_pieces: dict[tuple[Any, ...], str] = {}


def part(template: str, *, to: Reader, values: Mapping[str, Any]) -> str:
    """A template of a letter, or of a piece of one, in the reader's language and zone."""
    return render(template, lang=to.lang, zone=to.zone, to=to, house=_house, **values)


@dataclass(frozen=True)
class House:
    """What every letter says about the house it comes from."""

    name: str = "Fortnight"
    url: str = "http://127.0.0.1:8000"
    domain: str = "localhost"
    answers_to: str = ""  # "reply@…": letters can be answered; see app.core.answers


_house = House()


def rename_house(name: str) -> None:
    """An administrator has called the programme something else."""
    global _house
    _house = dataclasses.replace(_house, name=name)


def set_house(*, name: str, url: str, domain: str, answers_to: str = "") -> None:
    global _house
    _house = House(name, url.rstrip("/"), domain, answers_to)


def house() -> House:
    """The installation's name, address and mail domain, as its letters give them."""
    return _house
