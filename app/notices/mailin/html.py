"""HTML of a mail as plain text: paragraphs, lists and links, what is quoted marked with >. Pure."""

import re
from html.parser import HTMLParser

_BLOCKS = {"p", "div", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "section", "article", "pre", "center"}
_SILENT = {"style", "script", "head", "title"}
_VOID = {"br", "img", "hr", "meta", "link", "input", "col", "base", "area", "wbr"}
_QUOTES = re.compile(
    r"gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|appendonsend|divRplyFwdMsg"
    r"|mail-editor-reference-message|zmail_extra|tutanota_quote|WordSection_quote",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-mobile-signature", re.IGNORECASE
)
_AND_ALL_AFTER = re.compile(r"appendonsend|divRplyFwdMsg|mail-editor-reference-message", re.IGNORECASE)


def as_text(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    return parser.text()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[bool, str]] = []
        self._line = ""
        self._open: list[tuple[str, bool, bool]] = []  # tag, quoted, silent
        self._rest_is_quoted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = " ".join(value or "" for name, value in attrs if name in {"class", "id", "type"})
        if tag in _BLOCKS or tag in {"blockquote", "li", "br", "hr"}:
            self._break()
        if _AND_ALL_AFTER.search(said):
            self._rest_is_quoted = True
        if tag == "li":
            self._line = "- "
        if tag in _VOID:
            return
        quoted = tag == "blockquote" or bool(_QUOTES.search(said))
        self._open.append((tag, quoted, tag in _SILENT or bool(_SIGNED.search(said))))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS or tag in {"blockquote", "li"}:
            self._break()
            if tag in {"p", "blockquote", "ul", "ol", "table"}:
                self._lines.append((self._is_quoted, ""))
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                break

    def handle_data(self, data: str) -> None:
        if any(silent for _, _, silent in self._open):
            return
        if any(tag == "pre" for tag, _, _ in self._open):
            first, *more = data.split("\n")
            self._line += first
            for line in more:
                self._break()
                self._line = line
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        self._line += words.lstrip() if not self._line or self._line.endswith(" ") else words

    @property
    def _is_quoted(self) -> bool:
        return self._rest_is_quoted or any(quoted for _, quoted, _ in self._open)

    def _break(self) -> None:
        if self._line.strip():
            self._lines.append((self._is_quoted, self._line.rstrip()))
        self._line = ""

    def text(self) -> str:
        self._break()
        return "\n".join(f"> {line}" if quoted else line for quoted, line in self._lines)
