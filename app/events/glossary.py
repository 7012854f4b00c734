"""A glossary as one reader sees it: in their language where it is said there, the other languages beside it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.core.text import folded

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Entry:
    """`others`: (language, term) in the order of the languages."""

    id: int
    lang: str
    term: str
    meaning: str
    others: tuple[tuple[str, str], ...]


def entries(rows: Iterable[tuple[int, Words]], *, lang: str, languages: Sequence[str]) -> list[Entry]:
    """In the reader's alphabet; what is not said in their language stands in the first one it is said in."""
    return sorted(
        (_entry(number, words, lang, languages) for number, words in rows), key=lambda each: folded(each.term)
    )


def _entry(number: int, words: Words, lang: str, languages: Sequence[str]) -> Entry:
    known = [code for code in languages if code in words] or sorted(words)
    shown = lang if lang in words else known[0]
    others = tuple((code, words[code]["term"]) for code in known if code != shown)
    return Entry(number, shown, words[shown]["term"], words[shown].get("meaning", ""), others)
