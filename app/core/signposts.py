"""Four hundred routes, found by the words of an address instead of asked one after the other.

Asking them all took a seventh of a page that is kept. An address has so many parts, a first word and mostly a third
(`/events/rain/threads/7`); routes that agree in these are asked in their order, as Starlette would.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

_Words = tuple[int, str, str]


class Signposts(BaseRoute):
    """Many routes as one."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self.routes = list(routes)
        numbers: defaultdict[_Words | None, list[int]] = defaultdict(list)
        for number, route in enumerate(self.routes):
            numbers[_words(route)].append(number)
        anywhere = numbers.pop(None, [])
        known = [words for words in numbers if words is not None]
        there = {*known, *((*words[:2], "") for words in known)}
        self._there = {
            words: self._in_order(anywhere, numbers.get(words, []), numbers.get((*words[:2], ""), []))
            for words in there
        }
        self._anywhere = self._in_order(anywhere)

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

    def _in_order(self, *numbers: list[int]) -> list[BaseRoute]:
        return [self.routes[number] for number in sorted({*chain.from_iterable(numbers)})]


def _words(route: Any) -> _Words | None:
    """Count of parts, first and third word of the addresses a route is for; None if they may be any."""
    if not isinstance(route, Route) or ":path}" in route.path:
        return None
    parts = route.path.removeprefix("/").split("/")
    if parts[0].startswith("{"):
        return None
    third = parts[2] if len(parts) > 2 and "{" not in parts[2] else ""
    return len(parts), parts[0], third
