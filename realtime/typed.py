"""The lines being typed, as far as this process has heard them: for who begins to follow in the middle of one.

Real-time text travels as the tail that changed. A page that polls may ask another process each time, and a newcomer has
heard nothing yet: they get each line whole. Kept for as long as a browser would show it, in memory alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FADE = 45.0
"""Seconds after which a line that nobody says again is no longer being typed (room-typing.js)."""


@dataclass(slots=True)
class Typed:
    """(topic, person) → (text, when it was last said); a line whose beginning was not heard is not known."""

    _lines: dict[tuple[str, int], tuple[str, float]] = field(default_factory=dict)
    _swept: float = 0.0

    def hear(self, topic: str, by: int, body: Mapping[str, Any], *, at: float) -> None:
        if at - self._swept > FADE:
            self._swept = at
            self._lines = {key: line for key, line in self._lines.items() if at - line[1] <= FADE}
        kept, tail = int(body.get("at", 0)), str(body.get("tail", ""))
        known = self._lines.pop((topic, by), ("", 0.0))[0]
        if kept <= len(known) and (text := known[:kept] + tail):
            self._lines[topic, by] = text, at

    def lines(self, topic: str, *, at: float) -> list[tuple[int, str]]:
        """Who types in `topic`, and what stands there."""
        return [(by, text) for (where, by), (text, said) in self._lines.items() if where == topic and at - said <= FADE]
