"""Markdown, as people write it, to HTML that is safe to show to everybody."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import nh3
from markupsafe import Markup

from app.core.later import Later

if TYPE_CHECKING:
    import markdown_it
    from markdown_it.token import Token
else:
    markdown_it = Later("markdown_it")

MAX_LENGTH = 20_000  # characters of one text; forms refuse more with a sentence

_TAGS = set("p br hr h3 h4 h5 h6 strong em s code pre blockquote ul ol li a img table thead tbody tr th td".split())  # noqa: SIM905
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "th": {"align"},
    "td": {"align"},
    "ol": {"start"},
}
_HEADING = re.compile(r"<(/?)h([1-6])>")


@cache
def _markdown() -> "markdown_it.MarkdownIt":
    rules = {"html": False, "linkify": True, "typographer": False, "breaks": True}
    return markdown_it.MarkdownIt("commonmark", rules).enable(["table", "strikethrough", "linkify"])


def to_html(markdown: str) -> Markup:
    """Safe HTML: no script, no style, no frame; headings begin at h3, pictures come from this house only."""
    clean = nh3.clean(
        _stepped(_markdown().render(markdown[:MAX_LENGTH])),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_only_our_pictures,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
    )
    return Markup(_within_reach(clean))


def _stepped(rendered: str) -> str:
    """The first heading becomes h3, however many # it has, and no later one skips a step: readers leap by levels."""
    above: list[int] = []

    def step(tag: re.Match[str]) -> str:
        depth = len(above) if tag[1] else _step(int(tag[2]), above)
        return f"<{tag[1]}h{min(depth + 2, 6)}>"

    return _HEADING.sub(step, rendered)


def _step(level: int, above: list[int]) -> int:
    """How deep a heading stands; `above` are those it stands in."""
    while above and above[-1] >= level:
        above.pop()
    above.append(level)
    return len(above)


def _within_reach(html: str) -> str:
    """What may be wider than a phone is scrolled, and by keyboard, too. Cleaned HTML has these tags without attributes."""
    html = html.replace("<table>", '<div class="scroller" tabindex="0"><table>').replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')


Span = dict[str, Any]
"""Words of one kind: {"text", and where it applies "strong", "em", "gone", "code": True, "href"}, or {"br": True}."""
Block = dict[str, Any]
"""{"kind": "p" | "heading" | "list" | "numbers" | "quote" | "code" | "table" | "rule", …}: see `blocks_of`."""
_STYLES = {"strong_open": "strong", "em_open": "em", "s_open": "gone"}


def blocks_of(markdown: str, *, below: int = 2) -> list[Block]:
    """The text as values, for what is no web page. Headings begin `below` one; a picture is its description."""
    tokens = _markdown().parse(markdown[:MAX_LENGTH])
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            token.tag = f"h{min(_step(int(token.tag[1]), above) + below, 6)}"
    return _blocks(tokens)


def _blocks(tokens: Sequence["Token"]) -> list[Block]:
    found: list[Block] = []
    place = 0
    while place < len(tokens):
        end = _end_of(tokens, place)
        make = _BLOCKS.get(tokens[place].type)
        if make is not None:
            found.append(make(tokens[place], tokens[place + 1 : end]))
        place = end + 1
    return found


def _end_of(tokens: Sequence["Token"], place: int) -> int:
    """Where what begins here ends."""
    depth = 0
    for at in range(place, len(tokens)):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    return len(tokens) - 1


def _items(tokens: Sequence["Token"]) -> list[list[Block]]:
    items, place = [], 0
    while place < len(tokens):
        end = _end_of(tokens, place)
        items.append(_blocks(tokens[place + 1 : end]))
        place = end + 1
    return items


def _table(_: "Token", inside: Sequence["Token"]) -> Block:
    cells = [_spans(token.children or []) for token in inside if token.type == "inline"]
    columns = sum(token.type == "th_open" for token in inside)
    return {"kind": "table", "columns": columns, "head": cells[:columns], "cells": cells[columns:]}


_BLOCKS: dict[str, Callable[["Token", Sequence["Token"]], Block]] = {
    "paragraph_open": lambda _, inside: {"kind": "p", "spans": _spans(inside[0].children or [])},
    "heading_open": lambda token, inside: {
        "kind": "heading", "level": int(token.tag[1]), "spans": _spans(inside[0].children or []),
    },
    "bullet_list_open": lambda _, inside: {"kind": "list", "items": _items(inside)},
    "ordered_list_open": lambda token, inside: {
        "kind": "numbers", "start": int(token.attrs.get("start", 1)), "items": _items(inside),
    },
    "blockquote_open": lambda _, inside: {"kind": "quote", "blocks": _blocks(inside)},
    "fence": lambda token, _: {"kind": "code", "text": token.content.rstrip()},
    "code_block": lambda token, _: {"kind": "code", "text": token.content.rstrip()},
    "hr": lambda *_: {"kind": "rule"},
    "table_open": _table,
}  # fmt: skip


def _spans(tokens: Sequence["Token"]) -> list[Span]:
    spans: list[Span] = []
    style: Span = {}
    for token in tokens:
        if token.type in _STYLES:
            style = {**style, _STYLES[token.type]: True}
        elif token.type.removesuffix("_close") + "_open" in _STYLES:
            style = {
                name: on for name, on in style.items() if name != _STYLES[token.type.removesuffix("_close") + "_open"]
            }
        elif token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            style = {**style, "href": href} if href.startswith(("https://", "http://", "mailto:")) else style
        elif token.type == "link_close":
            style = {name: on for name, on in style.items() if name != "href"}
        elif token.type in {"softbreak", "hardbreak"}:
            spans.append({"br": True})
        elif token.content:
            spans.append({**style, "text": token.content, **({"code": True} if token.type == "code_inline" else {})})
    return spans


@lru_cache(maxsize=256)  # titles and texts that stand in hundreds of letters
def plain(markdown: str, *, length: int | None = None) -> str:
    """The words alone, on one line, cut at a word when longer than `length` characters."""
    words = " ".join(nh3.clean(_markdown().render(markdown[:MAX_LENGTH]), tags=set()).split())
    words = words.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    return words if length is None else shortened(words, length)


def shortened(words: str, length: int) -> str:
    """At most so many characters, cut at a word; it shows where there was more."""
    if len(words) <= length:
        return words
    return words[: length - 2].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


def folded(text: str) -> str:
    """Without accents and case, so that `Animees` finds `animées` in every script."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def _only_our_pictures(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and not value.startswith("/files/"):
        return None
    return value
