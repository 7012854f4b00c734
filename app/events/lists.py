"""Reading a list of people to invite: one line a person, as people paste them from mail and spreadsheets. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from pydantic import validate_email
from pydantic_core import PydanticCustomError

from app.core import i18n, places
from app.core.words import N_
from app.events.role_words import role_named, words_for_roles
from app.events.rules import Role
from app.events.spreadsheets import is_head, unread
from app.people.rules import as_address

MOST = 500
NO_ROLE = N_("“{word}” is no role that we know. It may be left out, or be one of: {words}.")
_NAMED = re.compile(r'\s*(?P<name>"[^"]*"|[^"<;\t]*?)\s*<(?P<email>[^<>]+)>')


@dataclass(frozen=True)
class Guest:
    """Somebody on a list of people to invite."""

    email: str
    name: str
    roles: frozenset[Role]
    lang: str = "en"


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a line; `sentence` is marked for translation, its {fields} filled from `values`."""

    number: int
    line: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Reading:
    guests: list[Guest] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Headings of columns that nobody reads."""


def read(text: str, *, role: Role, lang: str = "en") -> Reading:
    """`address; name; role; language` a line, separated by tabs, else by ; else by commas; or `Name <address>`. A head line is skipped.

    Role and language may be codes or words of any language we speak. Who says no role gets `role`, who says no language gets `lang`.
    """
    reading = Reading()
    seen: set[str] = set()
    for number, line in _lines(text):
        if not line:
            continue
        if number == 1 and is_head(head := _cells(line)):
            reading.unread = unread(head)
            continue
        found = _guest(line, role=role, lang=lang)
        if isinstance(found, Guest) and found.email in seen:
            found = N_("This address stands further up already.")
        if isinstance(found, Guest) and len(seen) >= MOST:
            found = N_("These are too many at once. Send the first 500 and then the rest.")
        if isinstance(found, str):
            words = {"word": _parts(line)[2][:60], "words": words_for_roles(lang)} if found == NO_ROLE else {}
            reading.troubles.append(Trouble(number, line, found, words))
        else:
            seen.add(found.email)
            reading.guests.append(found)
    return reading


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Line by line; the address line of a letter (`Dora <a>, "Bo, E" <b>`) is one line a person."""
    for number, line in enumerate(text.splitlines(), 1):
        people = list(_NAMED.finditer(line))
        between = {line[a.end() : b.start()].strip() for a, b in pairwise(people)}
        if len(people) > 1 and between <= {"", ",", ";"}:
            yield from ((number, person[0].strip(" ,;")) for person in people)
        else:
            yield number, line.strip()


def _cells(line: str) -> list[str]:
    """What stands between tabs, else between semicolons, else between commas: a name may hold a comma."""
    return line.split(next((sign for sign in "\t;" if sign in line), ","))


def _parts(line: str) -> list[str]:
    """Address, name, role and language, as they were written; empty where nothing was."""
    named = _NAMED.match(line)
    parts = [part.strip().strip('"') for part in _cells(line[named.end() :] if named else line)]
    if named:
        parts = [named["email"], named["name"].strip('" '), *parts[1:]]
    elif len(parts) > 1 and "@" not in as_address(parts[0]) and "@" in as_address(parts[1]):
        parts[0], parts[1] = parts[1], parts[0]
    return [*parts, "", "", "", ""][:4]


def _guest(line: str, *, role: Role, lang: str) -> Guest | str:
    email, name, wanted, speaks = _parts(line)
    try:
        address = validate_email(as_address(email))[1].casefold()
    except PydanticCustomError:
        return N_("There is no e-mail address in this line that we can read.")
    found = role_named(wanted) if wanted else role
    if found is None:
        return NO_ROLE
    if speaks and _folded(speaks) not in language_names():
        return N_("We do not write letters in this language. Use one of the words under the list, or leave it out.")
    return Guest(address, name[:120], frozenset({found}), language_names()[_folded(speaks)] if speaks else lang)


@cache
def language_names() -> dict[str, str]:
    """Every way to write a language of the interface: its code, its own name, and its name in each of the languages."""
    words = {_folded(name): each.code for each in i18n.LANGUAGES for name in (each.code, each.name)}
    return words | {_folded(places.spoken_language(code, lang)): code for code in i18n.CODES for lang in i18n.CODES}


def _folded(word: str) -> str:
    return " ".join(word.replace("_", " ").replace("’", "'").casefold().split())
