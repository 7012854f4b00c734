"""Letters for thousands at the same hour: what all readers of a language and a zone are told is drawn once."""

import dataclasses
import pickle
import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from markupsafe import Markup, escape
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import db, mail
from app.core.jobs import schedule_many
from app.core.mail import Letter, Reader, SendLetter, Words

_MARK = secrets.token_hex(8)  # no letter says this by chance
_GAP = re.compile(f"{_MARK}-([a-z]+)-{_MARK}")
MOST_DRAWN = 2000
"""Kept in this process, about a kilobyte each."""
_drawn: dict[tuple[Any, ...], Any] = {}
T = TypeVar("T")


@dataclass(frozen=True)
class Piece:
    """A piece of a letter that knows no reader, only a language and a zone."""

    text: str
    html: Markup


@dataclass(frozen=True)
class Frame:
    """A letter with gaps where it speaks to one reader: words and the names of gaps by turns."""

    subject: str
    text: Sequence[str]
    html: Sequence[str]

    def filled(self, text: Mapping[str, str], html: Mapping[str, str]) -> Words:
        """What stands in the gaps: `text` as it is, `html` escaped unless it is Markup."""
        return Words(
            self.subject, _filled(self.text, text), _filled(self.html, {k: escape(v) for k, v in html.items()})
        )


def piece(template: str, *, lang: str, zone: str, values: Mapping[str, Any]) -> Piece:
    """Drawn from `<template>.txt` and `<template>.html`."""

    def draw() -> Piece:
        txt, html = (mail.draw(f"{template}.{kind}", lang=lang, zone=zone, values=values) for kind in ("txt", "html"))
        return Piece(txt, Markup(html))

    return _once((template, lang, zone), values, draw)


def frame(letter: str, *, to: Reader, values: Mapping[str, Any], gaps: Collection[str] = ()) -> Frame:
    """`templates/mail/<letter>/` for readers who differ in their `name` and in what they find in these `gaps`."""
    marks = {name: f"{_MARK}-{name}-{_MARK}" for name in ("name", *gaps)}
    anybody = dataclasses.replace(to, person_id=None, email="", name=marks.pop("name"))

    def draw() -> Frame:
        words = mail.words(letter, to=anybody, values={**values, **marks})
        return Frame(words.subject, _GAP.split(words.text), _GAP.split(words.html))

    return _once((letter, to.lang, to.zone, to.zone_known, *gaps), values, draw)


async def post_all(session: AsyncSession, letters: Sequence[Mapping[str, Any]], *, now: datetime) -> set[int]:
    """Store letters (see `mail.as_columns`) and let them leave; whose letters they were.

    One whose key is there already is passed over: it has left, or will.
    """
    stored = await db.add_new(session, Letter, letters, key="key", returning=("id", "person_id"))
    wanted = [(SendLetter(row.id), f"letter:{row.id}:0") for row in stored]
    await schedule_many(session, wanted, at=now)
    return {row.person_id for row in stored}


def _once(about: tuple[Any, ...], values: Mapping[str, Any], draw: Callable[[], T]) -> T:
    key = (about, mail.house(), pickle.dumps(values))
    found: T | None = _drawn.get(key)
    if found is None:
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        found = _drawn[key] = draw()
    return found


def _filled(words: Sequence[str], gaps: Mapping[str, str]) -> str:
    return "".join(gaps[each] if place % 2 else each for place, each in enumerate(words))
