"""What is one reader's own on the page of a thread: where they go on, what is new for them, the line above it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from app.core.kept import Page, hole
from app.core.pages import Visit
from app.core.render import render
from app.forum import rules
from app.forum.rules import Line


@dataclass(frozen=True)
class Marks:
    """As the template draws them. `above`: position of a post → what stands above it."""

    first: Markup
    news: Markup
    keys: Markup
    above: dict[int, Markup]

    def before(self, position: int) -> Markup:
        return self.above.get(position, Markup(""))


class Holes:
    """Where they go on a page that is kept for all."""

    first, news, keys = hole("first"), hole("news"), hole("keys")

    @staticmethod
    def before(position: int) -> Markup:
        return hole(f"before{position}")


def marks(
    visit: Visit,
    positions: Iterable[int],
    *,
    line: Line,
    first_unread: int | None,
    last_position: int,
    first_shown: int,
) -> Marks:
    """`positions`: of the posts on the page, in order; the first of them is `first_shown`, unless it has moved away."""
    here = f"/events/{visit.here.slug}/threads/{visit.params['thread']}"
    above: dict[int, Markup] = {}
    shown = list(positions)
    for position, html in ((line.stands_before, _line(visit, line.since)), (first_unread, ANCHOR)):
        if position is not None and position >= first_shown:
            at = next((each for each in shown if each >= position), None)
            if at is not None:
                above[at] = above.get(at, Markup("")) + html
    if first_unread is None:
        return Marks(Markup(""), Markup(""), Markup(""), above)
    values = {"there": f"{here}?page={rules.page_of(first_unread)}#unread", "count": last_position - first_unread + 1}
    first, news, keys = (_piece(visit, piece, **values) for piece in ("first", "news", "keys"))
    return Marks(first, news, keys, above)


def own(found: Marks) -> dict[str, str]:
    """For the holes of a kept page."""
    above = {f"before{position}": html for position, html in found.above.items()}
    return {"first": found.first, "news": found.news, "keys": found.keys, **above}


def positions(page: Page) -> list[int]:
    """Of the posts on a kept page."""
    return sorted(int(name.removeprefix("before")) for name in page.holes if name.startswith("before"))


def _line(visit: Visit, since: datetime | None) -> Markup:
    return _piece(visit, "line", since=since) if since is not None else Markup("")


def _piece(visit: Visit, piece: str, **values: Any) -> Markup:
    return Markup(render("forum/_marks.html", lang=visit.lang, zone=visit.zone, piece=piece, **values))


ANCHOR = Markup('<span id="unread"></span>')
