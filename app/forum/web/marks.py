"""What is one reader's own on the page of a thread: where they go on, what is new for them, the line above it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from markupsafe import Markup

from app.core.kept import Page, hole
from app.core.pages import Visit
from app.core.render import render
from app.forum import rules
from app.forum.queries.shown import PostShown
from app.forum.rules import Line

Place = tuple[int, datetime]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Marks:
    """As the template draws them. `above`: (position, instant) of a post → what stands above it."""

    first: Markup
    news: Markup
    keys: Markup
    above: dict[Place, Markup]

    def before(self, post: PostShown) -> Markup:
        return self.above.get((post.position, post.at), Markup(""))


class Holes:
    """Where they go on a page that is kept for all."""

    first, news, keys = hole("first"), hole("news"), hole("keys")

    @staticmethod
    def before(post: PostShown) -> Markup:
        return hole(_name((post.position, post.at)))


def marks(
    visit: Visit, posts: Iterable[Place], *, line: Line, first_unread: int | None, last_position: int, first_shown: int
) -> Marks:
    """`posts`: those on the page, in order; the first of them is at `first_shown`, unless it has moved away."""
    here = f"/events/{visit.here.slug}/threads/{visit.params['thread']}"
    above: dict[Place, Markup] = {}
    shown = list(posts)

    def below(position: int | None) -> Place | None:
        if position is None or position < first_shown:
            return None
        return next((post for post in shown if post[0] >= position), None)

    if line.since is not None and (post := below(line.stands_before)) is not None:
        above[post] = _piece(visit, "line", since=line.since, later=post[1] >= line.since)
    if (post := below(first_unread)) is not None:
        above[post] = above.get(post, Markup("")) + ANCHOR
    if first_unread is None:
        return Marks(Markup(""), Markup(""), Markup(""), above)
    values = {"there": f"{here}?page={rules.page_of(first_unread)}#unread", "count": last_position - first_unread + 1}
    first, news, keys = (_piece(visit, piece, **values) for piece in ("first", "news", "keys"))
    return Marks(first, news, keys, above)


def own(found: Marks) -> dict[str, str]:
    """For the holes of a kept page."""
    above = {_name(post): html for post, html in found.above.items()}
    return {"first": found.first, "news": found.news, "keys": found.keys, **above}


def places(page: Page) -> list[Place]:
    """Where the posts of a kept page stand, and when they were written."""
    found = (re.fullmatch(r"before(\d+)at(\d+)", name) for name in page.holes)
    return sorted((int(name[1]), EPOCH + timedelta(microseconds=int(name[2]))) for name in found if name)


def _name(post: Place) -> str:
    return f"before{post[0]}at{(post[1] - EPOCH) // timedelta(microseconds=1)}"


def _piece(visit: Visit, piece: str, **values: Any) -> Markup:
    return Markup(render("forum/_marks.html", lang=visit.lang, zone=visit.zone, piece=piece, **values))


ANCHOR = Markup('<span id="unread"></span>')
