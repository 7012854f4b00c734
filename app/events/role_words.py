"""How people write roles in a list: in any of our languages, one or many, however gender is written. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from app.core import i18n
from app.events.rules import ROLE_WORDS, Role


def role_named(word: str) -> Role | None:
    """The role that this word or code means; `one / the other` when both mean the same."""
    known = _known()
    if (found := known.get(_key(word))) is not None:
        return found
    parts = {known.get(_key(part)) for part in re.split(r"[/,|]|\s(?:or|oder|ou|o|или|або|أو)\s", word)}
    return parts.pop() if len(parts) == 1 else None


def words_for_roles(lang: str) -> str:
    """The word of each role in this language, as a sentence lists them."""
    return i18n.listed(lang, (i18n.say(lang, word) for word in ROLE_WORDS.values()))


@cache
def _known() -> dict[str, Role]:
    """Two roles that share a word stop the start, so that nobody is invited as somebody else."""
    known: dict[str, Role] = {}
    for role in Role:
        for word in _words(role):
            if known.setdefault(_key(word), role) is not role:
                raise ValueError(f"{word} means {role} and {known[_key(word)]}")
    return known


def _words(role: Role) -> Iterator[str]:
    yield role
    for lang in i18n.CODES:
        word = i18n.say(lang, ROLE_WORDS[role])
        yield from (word, *word.split(" / "))
    for line in _more()[role]:
        for written in line.split(", "):
            stem, *endings = written.split("|")
            yield from (stem, *(stem + ending for ending in endings))


@cache
def _more() -> dict[str, list[str]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, list[str]] = yaml.load(Path(__file__).with_suffix(".yaml").read_text("utf-8"), Loader=loader)
    return found


def _key(word: str) -> str:
    """Letters alone: no sign, space, accent or Arabic article makes another word of it."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    words = (re.sub(r"^ال(?=..)", "", part) for part in re.split(r"[\W\d_]+", plain))
    return "".join(words)
