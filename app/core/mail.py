"""Letters: rows first, sent later. What is written can be read in the outbox before, while and after it leaves."""

import dataclasses
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
from app.core.jobs import Work, schedule
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
class Words:
    """What a letter says."""

    subject: str
    text: str
    html: str


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
    row = Letter(**as_columns(
        letter, words(letter, to=to, values=values), to=to, key=key, now=now, event_id=event_id, headers=headers or {},
        attachments=[{"name": a.name, "type": a.type, "text": a.text} for a in attachments], until=until,
    ))  # fmt: skip
    if hold:
        row.state = LetterState.HELD
    session.add(row)
    await session.flush()
    if not hold:
        await post(session, row, now=now)
    return row


def words(letter: str, *, to: Reader, values: Mapping[str, Any]) -> Words:
    """What `templates/mail/<letter>/` says to this reader, in their language and zone."""
    return Words(
        " ".join(part(f"mail/{letter}/subject.txt", to=to, values=values).split()),
        part(f"mail/{letter}/body.txt", to=to, values=values).strip() + "\n",
        part(f"mail/{letter}/body.html", to=to, values=values),
    )


def as_columns(
    letter: str, said: Words, *, to: Reader, key: str, now: datetime, event_id: int | None,
    headers: Mapping[str, str], attachments: Sequence[Mapping[str, str]] = (), until: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A letter as the table keeps it, waiting to leave."""
    return {
        "key": key, "kind": letter, "event_id": event_id, "person_id": to.person_id, "address": to.email, "name": to.name,
        "lang": to.lang, "subject": said.subject, "text": said.text, "html": said.html, "headers": dict(headers),
        "attachments": list(attachments), "message_id": make_msgid(domain=_house.domain), "state": LetterState.WAITING,
        "error": "", "attempts": 0, "written_at": now, "sent_at": None, "until": until,
    }  # fmt: skip


async def written(session: AsyncSession, keys: Sequence[str]) -> set[str]:
    """Those of these keys for which there is a letter already."""
    return set((await session.exec(select(Letter.key).where(col(Letter.key).in_(keys)))).all())


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


def part(template: str, *, to: Reader, values: Mapping[str, Any]) -> str:
    """A template of a letter, in the reader's language and zone."""
    return draw(template, lang=to.lang, zone=to.zone, values={**values, "to": to})


def draw(template: str, *, lang: str, zone: str, values: Mapping[str, Any]) -> str:
    """A template that knows no reader, only a language and a zone."""
    return render(template, lang=lang, zone=zone, house=_house, **values)


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
