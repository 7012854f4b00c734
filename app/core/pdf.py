"""PDF: a document of headings, words and what people wrote in Markdown, set in every script we write, by a child process.

The fonts lie in `fonts/`. A document is tagged (PDF/UA-1), so that a screen reader finds its way.
"""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import anyio

from app.core.children import in_child
from app.core.errors import Refused
from app.core.text import Block, Span, blocks_of
from app.core.words import N_

MADE_WITHIN = 60  # seconds
LONGEST = 1_000_000
"""So many characters of one document: about 300 pages, two seconds, 200 MB while it is being set."""
AS_OFTEN = "20/10 minutes"
"""So often one person may have a document made."""
HERE = Path(__file__).parent
_one_at_a_time: list[anyio.CapacityLimiter] = []


@dataclass
class Document:
    """Built from top to bottom. `level`: of the heading we are below; `room`: how many characters still fit."""

    title: str
    lang: str
    foot: str = ""
    author: str = ""
    blocks: list[Block] = field(default_factory=list)
    level: int = 0
    room: int = field(default_factory=lambda: LONGEST)

    def heading(self, words: str, *, level: int = 2) -> None:
        self.level = level
        self._put({"kind": "heading", "level": level, "spans": [{"text": words}]}, words)

    def small(self, words: str) -> None:
        self._put({"kind": "small", "spans": [{"text": words}]}, words)

    def lines(self, words: str, *, lang: str) -> None:
        """Plain words; where a line ends it ends here, too."""
        spans: list[Span] = []
        for line in words.splitlines():
            spans += [*([{"br": True}] if spans else []), {"text": line}]
        self._put(_in(lang, [{"kind": "p", "spans": spans}]), words)

    def items(self, items: Sequence[str], *, lang: str) -> None:
        """A list; nothing where there is nothing."""
        if not items:
            return
        points = [[{"kind": "p", "spans": [{"text": item}]}] for item in items]
        self._put(_in(lang, [{"kind": "list", "items": points}]), "".join(items))

    def quote(self, words: str, *, lang: str) -> None:
        self._put(_in(lang, [{"kind": "quote", "blocks": [{"kind": "p", "spans": [{"text": words}]}]}]), words)

    def markdown(self, words: str, *, lang: str) -> None:
        """What somebody wrote; its headings stand below those of the document."""
        self._put(_in(lang, blocks_of(words, below=self.level)), words)

    def has_room_for(self, words: str) -> bool:
        return len(words) <= self.room

    def _put(self, block: Block, words: str) -> None:
        self.room -= len(words)
        self.blocks.append(block)


async def made(document: Document) -> bytes:
    """The document as a PDF file; raises Refused where it cannot be made in time."""
    given = json.dumps(
        {
            "title": _printable(document.title), "author": _printable(document.author), "lang": document.lang,
            "foot": _printable(document.foot), "blocks": _each_printable(document.blocks),
        }
    )  # fmt: skip
    if not _one_at_a_time:
        _one_at_a_time.append(anyio.CapacityLimiter(1))
    too_long = Refused(N_("This could not be made into a PDF file. Please take it along as Markdown."))
    return await in_child(set_type, given, within=MADE_WITHIN, otherwise=too_long, limiter=_one_at_a_time[0])


def set_type(given: str) -> bytes:
    """In the child process: what Typst makes of it; without the promise of PDF/UA where a character has no shape in our fonts."""
    import typst  # noqa: PLC0415 - 70 MB that only the child process needs

    def compiled(standard: Literal["ua-1", "1.7"]) -> bytes:
        return typst.compile(
            HERE / "document.typ", font_paths=[HERE / "fonts"], ignore_system_fonts=True,
            sys_inputs={"document": given}, pdf_standards=standard,
        )  # fmt: skip

    try:
        return compiled("ua-1")
    except typst.TypstError:
        return compiled("1.7")


def _in(lang: str, blocks: Sequence[Block]) -> Block:
    return {"kind": "in", "lang": lang.split("-")[0], "blocks": list(blocks)}


def _each_printable(value: Any) -> Any:
    if isinstance(value, str):
        return _printable(value)
    if isinstance(value, list):
        return [_each_printable(each) for each in value]
    if isinstance(value, dict):
        return {name: each if name == "href" else _each_printable(each) for name, each in value.items()}
    return value


def _printable(words: str) -> str:
    """Small pictures among the letters are said in words, as a screen reader would: no text font has them."""
    return "".join(_said(letter) for letter in words) if words and max(words) > "☀" else words


def _said(letter: str) -> str:
    if letter in "\ufe0e\ufe0f" or "\U0001f3fb" <= letter <= "\U0001f3ff":  # how the picture before them looks
        return ""
    if letter >= "☀" and unicodedata.category(letter) == "So":
        return f"[{unicodedata.name(letter, 'sign').lower()}]"
    return letter
