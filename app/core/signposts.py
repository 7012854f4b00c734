"""Four hundred routes, found by the words of an address instead of asked one after the other.

Asking them all took a seventh of a page that is kept. An address has so many parts, a first word and mostly a third
(`/events/rain/threads/7`); routes that agree in these are asked in their order, as Starlette would.
"""

from collections.abc import Iterable
from typing import Any

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

_Words = tuple[int, str, str]


class Signposts(BaseRoute):
    """Many routes as one."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self.routes = list(routes)
        wanted = [_words(route) for route in self.routes]
        known = {words for words in wanted if words is not None}
        self._there = {words: self._asked(wanted, words) for words in {*known, *((*words[:2], "") for words in known)}}
        self._anywhere = [route for route, words in zip(self.routes, wanted, strict=True) if words is None]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        partly: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._candidates(scope.get("path", "")):
            match, child = route.matches(scope)
            if match == Match.FULL:
                return match, {**child, "signpost": route}
            if match == Match.PARTIAL and partly[0] == Match.NONE:
                partly = match, {**child, "signpost": route}
        return partly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["signpost"].handle(scope, receive, send)

    def _candidates(self, path: str) -> list[BaseRoute]:
        parts = path.removeprefix("/").split("/")
        count, first = len(parts), parts[0]
        there = self._there.get((count, first, parts[2] if count > 2 else ""))
        return there or self._there.get((count, first, "")) or self._anywhere

    def _asked(self, wanted: list[_Words | None], words: _Words) -> list[BaseRoute]:
        fits = (None, words, (*words[:2], ""))
        return [route for route, each in zip(self.routes, wanted, strict=True) if each in fits]


def _words(route: Any) -> _Words | None:
    """Count of parts, first and third word of the addresses a route is for; None if they may be any."""
    if not isinstance(route, Route) or ":path}" in route.path:
        return None
    parts = route.path.removeprefix("/").split("/")
    if parts[0].startswith("{"):
        return None
    third = parts[2] if len(parts) > 2 and "{" not in parts[2] else ""
    return len(parts), parts[0], third
