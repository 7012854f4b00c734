"""Markdown, as people write it, to HTML that is safe to show to everybody."""

import re
import unicodedata

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

MAX_LENGTH = 20_000  # characters of one text; forms refuse more with a sentence

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": True, "typographer": False, "breaks": True}).enable(
    ["table", "strikethrough", "linkify"]
)
_TAGS = set("p br hr h3 h4 h5 h6 strong em s code pre blockquote ul ol li a img table thead tbody tr th td".split())  # noqa: SIM905
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "th": {"align"},
    "td": {"align"},
    "ol": {"start"},
}
_HEADING = re.compile(r"<(/?)h([1-6])>")


def to_html(markdown: str) -> Markup:
    """Safe HTML: no script, no style, no frame; headings begin at h3, pictures come from this house only."""
    clean = nh3.clean(
        _stepped(_markdown.render(markdown[:MAX_LENGTH])),
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
        if not tag[1]:
            while above and above[-1] >= int(tag[2]):
                above.pop()
            above.append(int(tag[2]))
        return f"<{tag[1]}h{min(len(above) + 2, 6)}>"

    return _HEADING.sub(step, rendered)


def _within_reach(html: str) -> str:
    """What may be wider than a phone is scrolled, and by keyboard, too. Cleaned HTML has these tags without attributes."""
    html = html.replace("<table>", '<div class="scroller" tabindex="0"><table>').replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')


def plain(markdown: str, *, length: int | None = None) -> str:
    """The words alone, on one line, cut at a word when longer than `length` characters."""
    words = " ".join(nh3.clean(_markdown.render(markdown[:MAX_LENGTH]), tags=set()).split())
    words = words.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    if length is None or len(words) <= length:
        return words
    return words[:length].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


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
