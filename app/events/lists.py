"""Reading a list of people to invite: one line a person, as people paste them from mail and spreadsheets. Pure."""

import re
from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email

from app.core import i18n
from app.core.words import N_
from app.events.rules import Role
from app.people.rules import as_address

MOST = 500
_NAMED = re.compile(r"^(?P<name>[^<]*)<(?P<email>[^>]+)>$")


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
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
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


def _guest(line: str, *, role: Role, lang: str) -> Guest | str:
    parts = [part.strip().strip('"') for part in re.split(r"[;,\t]", line)]
    if named := _NAMED.match(parts[0]):
        parts = [named["email"], named["name"].strip().strip('"'), *parts[1:]]
    elif len(parts) > 1 and "@" not in as_address(parts[0]) and "@" in as_address(parts[1]):
        parts[0], parts[1] = parts[1], parts[0]
    email, name, wanted, speaks, *_ = [*parts, "", "", "", ""]
    try:
        address = validate_email(as_address(email), check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        return N_("There is no e-mail address in this line that we can read.")
    known = {each.value: each for each in Role}
    if wanted and wanted.lower().replace(" ", "_") not in known:
        return N_("We do not know this role. Use one of the words below, or leave it out.")
    if speaks and speaks.lower() not in i18n.CODES:
        return N_("We write in English (en), German (de) and Arabic (ar).")
    roles = frozenset({known[wanted.lower().replace(" ", "_")] if wanted else role})
    return Guest(address, name[:120], roles, speaks.lower() or lang)
