"""Reading a list of people to invite: one line a person, as people paste them from mail and spreadsheets. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from email_validator import EmailNotValidError, validate_email

from app.core import i18n
from app.core.words import N_
from app.events.rules import Role
from app.people.rules import as_address

MOST = 500
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
    """What is wrong with a line; `sentence` is marked for translation."""

    number: int
    line: str
    sentence: str


@dataclass
class Reading:
    guests: list[Guest] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def read(text: str, *, role: Role, lang: str = "en") -> Reading:
    """`address; name; role; language` a line, separated by ; , or tab; or `Name <address>`. A head line is skipped.

    Who says no role gets `role`, who says no language gets `lang`.
    """
    reading = Reading()
    seen: set[str] = set()
    for number, line in _lines(text):
        if not line or (number == 1 and "@" not in as_address(line)):
            continue
        found = _guest(line, role=role, lang=lang)
        if isinstance(found, Guest) and found.email in seen:
            found = N_("This address stands further up already.")
        if isinstance(found, Guest) and len(seen) >= MOST:
            found = N_("These are too many at once. Send the first 500 and then the rest.")
        if isinstance(found, str):
            reading.troubles.append(Trouble(number, line, found))
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


def _guest(line: str, *, role: Role, lang: str) -> Guest | str:
    named = _NAMED.match(line)
    parts = [part.strip().strip('"') for part in re.split(r"[;,\t]", line[named.end() :] if named else line)]
    if named:
        parts = [named["email"], named["name"].strip('" '), *parts[1:]]
    elif len(parts) > 1 and "@" not in as_address(parts[0]) and "@" in as_address(parts[1]):
        parts[0], parts[1] = parts[1], parts[0]
    email, name, wanted, speaks, *_ = [*parts, "", "", "", ""]
    try:
        address = validate_email(as_address(email), check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        return N_("There is no e-mail address in this line that we can read.")
    known = {each.value: each for each in Role}
    if wanted and wanted.lower().replace(" ", "_") not in known:
        return N_("We do not know this role. Use one of the words under the list, or leave it out.")
    if speaks and speaks.lower() not in i18n.CODES:
        return N_("We do not write letters in this language. Use one of the codes under the list, or leave it out.")
    roles = frozenset({known[wanted.lower().replace(" ", "_")] if wanted else role})
    return Guest(address, name[:120], roles, speaks.lower() or lang)
