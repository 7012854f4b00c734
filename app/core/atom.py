"""Atom feeds (RFC 4287): what anybody may read, for programs that look again by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Entry:
    """`url` never changes and so names the entry, too. `html`: safe, or "" when only the title is told.

    `changed`: a program that has read the entry shows it again.
    """

    url: str
    title: str
    at: datetime
    lang: str
    author: str = ""
    html: str = ""
    changed: datetime | None = None


def feed(
    title: str, *, url: str, own: str, author: str, lang: str, entries: Sequence[Entry], since: datetime
) -> Response:
    """`url`: the page for people, `own`: the feed's address; `since`: when it is of while it is empty."""
    root = Element("feed", {"xmlns": NAMESPACE, "xml:lang": lang})
    _text(root, "id", own)
    _text(root, "title", title)
    _text(root, "updated", _instant(max((entry.changed or entry.at for entry in entries), default=since)))
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": url})
    _text(SubElement(root, "author"), "name", author)
    for entry in entries:
        _add(root, entry)
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/atom+xml", headers={"cache-control": "private, max-age=600"})


def _add(root: Element, entry: Entry) -> None:
    node = SubElement(root, "entry", {"xml:lang": entry.lang})
    _text(node, "id", entry.url)
    _text(node, "title", entry.title)
    _text(node, "published", _instant(entry.at))
    _text(node, "updated", _instant(entry.changed or entry.at))
    SubElement(node, "link", {"rel": "alternate", "type": "text/html", "href": entry.url})
    if entry.author:
        _text(SubElement(node, "author"), "name", entry.author)
    if entry.html:
        _text(node, "content", entry.html, type="html")


def _text(parent: Element, name: str, words: str, **attributes: str) -> None:
    """Control characters that XML does not know are left out."""
    SubElement(parent, name, attributes).text = "".join(each for each in words if each >= " " or each in "\n\t")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
