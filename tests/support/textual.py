"""A text browser: reads HTML, follows links by their words, fills fields by their labels, presses buttons. No scripts.

What is not in the HTML cannot be reached with it, and what a browser would refuse to send (a required field left empty)
is not sent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement

from httpx2 import Response

from tests.support.site import Visitor

ALONE = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
UNSEEN = frozenset({"script", "style", "template", "svg", "head"})
CONTROLS = frozenset({"input", "select", "textarea"})
PRESSED = frozenset({"submit", "button", "reset", "image"})
File = tuple[str, bytes]


class Tree(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("page")
        self._open = [self.root]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = self.handle_startendtag(tag, attributes)
        if tag not in ALONE:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> Element:
        return SubElement(self._open[-1], tag, {name: value or "" for name, value in attributes})

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        inside = self._open[-1]
        if len(inside):
            inside[-1].tail = (inside[-1].tail or "") + data
        else:
            inside.text = (inside.text or "") + data


def seen(element: Element) -> Iterator[Element]:
    """The element and what stands in it, as far as it is shown."""
    if element.tag in UNSEEN or "hidden" in element.attrib:
        return
    yield element
    for each in element:
        yield from seen(each)


def words(element: Element) -> str:
    return " ".join("".join(_words(element)).split())


def _words(element: Element) -> Iterator[str]:
    if element.tag not in UNSEEN and "hidden" not in element.attrib:
        yield f" {element.get('alt', '')} " if element.tag == "img" else element.text or ""
        for each in element:
            yield from _words(each)
            yield each.tail or ""


@dataclass
class TextBrowser:
    """`page` is the tree that is shown, `address` where it is."""

    visitor: Visitor
    address: str = ""
    page: Element = field(default_factory=lambda: Element("page"))

    async def open(self, address: str) -> None:
        """Type an address: the first page, or a link from a letter."""
        await self._show(await self.visitor.get(address, follow_redirects=True))

    async def follow(self, name: str, *, within: str = "") -> None:
        """The first link with exactly these words; `within`: inside the list item or article that says this."""
        links = [each for each in self._inside(within) if each.tag == "a" and each.get("href")]
        link = next((each for each in links if words(each) == name), None)
        assert link is not None, f"no link “{name}” on {self.address}, but {sorted({words(each) for each in links})}"
        await self.open(urljoin(self.address, link.get("href", "")))

    async def press(
        self, name: str, fills: Mapping[str, str | File] | None = None, *, within: str = "", status: int = 200
    ) -> None:
        """Fill the fields of a form by their labels and press its button with exactly these words."""
        forms = [each for each in self._inside(within) if each.tag == "form"]
        buttons = [(form, each) for form in forms for each in seen(form) if each.tag == "button"]
        found = next(((form, each) for form, each in buttons if words(each) == name), None)
        assert found is not None, f"no button “{name}” on {self.address}, but {[words(each) for _, each in buttons]}"
        form, button = found
        assert "disabled" not in button.attrib
        assert button.get("type", "submit") == "submit", f"“{name}” does nothing without a script"
        filled = {id(self._field(form, label)): value for label, value in (fills or {}).items()}
        sent = [pair for control in form.iter() for pair in _sent(control, filled, form)]
        if "formnovalidate" not in button.attrib:
            _complete(form, filled)
        if button.get("name"):
            sent.append((button.get("name", ""), button.get("value", "")))
        await self._send(
            urljoin(self.address, button.get("formaction") or form.get("action") or ""), form, sent, status
        )

    def text(self) -> str:
        return words(self.page)

    def says(self, *sentences: str) -> None:
        for sentence in sentences:
            assert sentence in self.text(), f"“{sentence}” is not on {self.address}: {self.text()}"

    def lacks(self, sentence: str) -> None:
        assert sentence not in self.text(), f"“{sentence}” is on {self.address}"

    def checked(self) -> list[str]:
        """The labels of what is chosen on the page."""
        return [
            words(label) for label in seen(self.page) if label.tag == "label"
            for control in label.iter("input") if "checked" in control.attrib
        ]  # fmt: skip

    async def _send(self, there: str, form: Element, sent: list[tuple[str, str | File]], status: int) -> None:
        if form.get("method", "get") == "get":
            await self.open(f"{there.partition('?')[0]}?{urlencode([(name, str(value)) for name, value in sent])}")
            return
        if form.get("enctype") == "multipart/form-data":
            kind, body = _multipart(sent)
        else:  # such a form sends the name of a file, never the file
            flat = [(name, value[0] if isinstance(value, tuple) else value) for name, value in sent]
            kind, body = "application/x-www-form-urlencoded", urlencode(flat).encode()
        answer = await self.visitor.post(there, content=body, headers={"content-type": kind}, follow_redirects=True)
        await self._show(answer, status)

    async def _show(self, answer: Response, status: int = 200) -> None:
        assert answer.status_code == status, f"{answer.status_code} from {answer.url}: {words(Tree(answer.text).root)}"
        self.address, self.page = str(answer.url), Tree(answer.text).root

    def _inside(self, within: str) -> list[Element]:
        shown = list(seen(self.page))
        if not within:
            return shown
        places = [each for each in shown if each.tag in {"li", "article", "form"} and within in words(each)]
        assert places, f"nothing says “{within}” on {self.address}"
        return list(seen(min(places, key=lambda each: len(words(each)))))

    def _field(self, form: Element, label: str) -> Element:
        labels = [each for each in seen(form) if each.tag == "label"]
        found = next((each for each in labels if words(each) == label), None)
        assert found is not None, f"no field “{label}” beside {[words(each) for each in labels]}"
        if found.get("for"):
            return next(each for each in form.iter() if each.get("id") == found.get("for"))
        return next(each for each in found.iter() if each.tag in CONTROLS)


def _sent(control: Element, filled: Mapping[int, str | File], form: Element) -> Iterator[tuple[str, str | File]]:
    """What the control sends: as it was filled, or as the page had it."""
    name, kind, value = control.get("name", ""), control.get("type", "text"), filled.get(id(control))
    if control.tag not in CONTROLS or not name or "disabled" in control.attrib or kind in PRESSED:
        return
    if control.tag == "select":
        yield name, _option(control, value)
    elif control.tag == "textarea":
        yield name, value if value is not None else (control.text or "").removeprefix("\n")
    elif kind == "file":
        yield name, value if value is not None else ("", b"")
    elif kind not in {"radio", "checkbox"}:
        yield name, value if value is not None else control.get("value", "")
    elif value is not None or ("checked" in control.attrib and not _chosen_instead(control, filled, form)):
        yield name, control.get("value", "on")


def _chosen_instead(control: Element, filled: Mapping[int, str | File], form: Element) -> bool:
    same = [each for each in form.iter("input") if each.get("name") == control.get("name")]
    return control.get("type") == "radio" and any(id(each) in filled for each in same)


def _option(control: Element, wanted: str | File | None) -> str:
    options = list(control.iter("option"))
    chosen = [each for each in options if (words(each) == wanted if wanted is not None else "selected" in each.attrib)]
    assert chosen or wanted is None, f"no “{wanted}” among {[words(each) for each in options]}"
    return (chosen or options)[0].get("value", "")


def _complete(form: Element, filled: Mapping[int, str | File]) -> None:
    for control in form.iter():
        if control.tag in CONTROLS and "required" in control.attrib:
            (value,) = [value for _, value in _sent(control, filled, form)] or [""]
            assert value, f"a browser asks for {control.get('name')} first"


def _multipart(sent: list[tuple[str, str | File]]) -> tuple[str, bytes]:
    between, parts = uuid4().hex, []
    for name, value in sent:
        head, body = f'Content-Disposition: form-data; name="{name}"', value
        if isinstance(value, tuple):
            head += f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream'
            body = value[1]
        parts.append(f"--{between}\r\n{head}\r\n\r\n".encode() + (body.encode() if isinstance(body, str) else body))  # type: ignore[union-attr]
    return f"multipart/form-data; boundary={between}", b"\r\n".join([*parts, f"--{between}--\r\n".encode()])
