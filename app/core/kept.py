"""Pages kept while what they show stays the same, so that a thread that hundreds read is drawn once.

A kept page is a pure function of its key. Its template gets no visit but a `Look`: the few things about a visit that a
page may depend on, all of them part of the key, so nothing else of one reader can reach another. What differs for each
reader without changing the page (their name, tokens, names of writes) is drawn as a hole and filled at every answer.
Whoever keeps a page asks the database at each visit whether it may be read and what it would show.
"""

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from app.core.pages import Visit, new_key
from app.core.render import render

_SECRET = secrets.token_hex(12)  # nobody can write a hole into a post
_HOLE = re.compile(f"{_SECRET}-([a-z0-9]+)-")
_Value = TypeVar("_Value")
_all: "list[Kept[Any]]" = []


def hole(name: str) -> Markup:
    """What a template draws where `answer` puts something of the reader's own."""
    return Markup(f"{_SECRET}-{name}-")


class Kept(Generic[_Value]):
    """The values used last, `limit` bytes of them together."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self._values: OrderedDict[Hashable, tuple[_Value, int]] = OrderedDict()
        _all.append(self)

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> _Value | None:
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: _Value, *, size: int) -> None:
        self._drop(key)
        if size > self.limit:
            return
        self._values[key] = value, size
        self.size += size
        while self.size > self.limit:
            self._drop(next(iter(self._values)))

    def clear(self) -> None:
        self._values.clear()
        self.size = 0

    def _drop(self, key: Hashable) -> None:
        if (gone := self._values.pop(key, None)) is not None:
            self.size -= gone[1]


def forget() -> None:
    """Everything kept in this process: another database has other pages."""
    for each in _all:
        each.clear()


@dataclass(frozen=True)
class Reader:
    """A signed-in person, as far as a kept page knows them."""

    lang: str
    unread: int
    address_fails: bool
    id: str = hole("id")
    name: str = hole("name")
    initials: str = hole("initials")
    told: str = hole("told")


@dataclass(frozen=True)
class Look:
    """What a kept page may know of a visit; templates call it `visit`, and what is not here fails."""

    lang: str
    dir: str
    zone: str
    zone_words: str
    theme: str
    path: str
    back: str
    reads: str
    here: Any
    person: Reader | None
    query: Mapping[str, str] = field(default_factory=dict, compare=False)
    typed: Mapping[str, Any] = field(default_factory=dict, compare=False)
    errors: Mapping[str, str] = field(default_factory=dict, compare=False)
    labels: dict[str, str] = field(default_factory=dict, compare=False)
    refusal: str = field(default="", compare=False)


def look(visit: Visit, *, asked: frozenset[str] = frozenset({"lang", "page"})) -> Look | None:
    """How this visit looks to a kept page; None if the page must be drawn for it alone: something is said or sent, or
    the address asks for something else than `asked`."""
    if visit.request.method != "GET" or "said" in visit.request.cookies or not visit.query.keys() <= asked:
        return None
    person = visit.person
    return Look(
        lang=visit.lang, dir=visit.dir, zone=visit.zone, zone_words=visit.zone_words, theme=visit.theme, path=visit.path,
        back=visit.back, reads=visit.reads, here=visit.here,
        person=Reader(person.lang, person.unread, person.address_fails) if person is not None else None,
    )  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A drawn page, cut at its holes: words, hole, words, hole … words. `name`: of this drawing, among all."""

    parts: tuple[bytes, ...]
    holes: frozenset[str]
    name: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def size(self) -> int:
        return sum(len(part) + 64 for part in self.parts)


def draw(template: str, look: Look, visit: Visit, **values: Any) -> Page:
    """The page for everybody who looks like this. Of the visit itself it takes only what all visits share."""
    house = visit.house
    html = render(
        template, lang=look.lang, zone=look.zone, visit=look, house=house, programme=house.programme,
        asset=house.assets.url, csrf=_csrf, new_key=_key, said="", typed={}, errors={}, refusal="",
        places=house.places(look), **values,  # type: ignore[arg-type]  # a look has what places need
    )  # fmt: skip
    parts = _HOLE.split(html)
    return Page(tuple(part.encode() for part in parts), frozenset(parts[1::2]))


def house_key(visit: Visit) -> Hashable:
    """What pages show of the house and may change while it runs."""
    return tuple(str(visit.house.programme.get(name, "")) for name in ("name", "logo", "stylesheet"))


def answer(page: Page, visit: Visit, own: Mapping[str, str] | None = None) -> Response:
    """The page for this visitor, with what is theirs in its holes; nothing but its tag for who has it already."""
    own = own or {}
    tag = _tag(page, visit, own)
    headers = {"etag": tag} if tag else {}
    if tag and visit.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    fill = _filling(visit, own)
    filled = [part if number % 2 == 0 else fill(part) for number, part in enumerate(page.parts)]
    return HTMLResponse(b"".join(filled), headers=headers)


def _tag(page: Page, visit: Visit, own: Mapping[str, str]) -> str:
    """Names this drawing, filled for this person in this browser, whose token goes on being good."""
    seed = visit.request.state.seed
    if not seed:
        return ""
    person = visit.person
    about = (seed, own, person and (person.id, person.name, person.told))
    return f'W/"{page.name}{hashlib.blake2b(repr(about).encode(), digest_size=6).hexdigest()}"'


def _filling(visit: Visit, own: Mapping[str, str]) -> Callable[[bytes], bytes]:
    known = {name.encode(): html.encode() for name, html in own.items()}
    known[b"csrf"] = visit.csrf_token().encode()
    if (person := visit.person) is not None:
        words = {b"id": person.id, b"told": person.told, b"name": person.name, b"initials": person.initials}
        known |= {name: str(escape(word)).encode() for name, word in words.items()}
    return lambda hole: new_key().encode() if hole == b"key" else known.get(hole, b"")


def _csrf() -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(hole("csrf"))


def _key() -> str:
    return hole("key")
