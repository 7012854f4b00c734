"""What gathers from all slices imports none of them: each slice's sources.py is registered here by main.py."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession


@dataclass(frozen=True)
class Asking:
    """Who asks, about which event, when. `since` is the last visit, where the question has one."""

    person_id: int
    event_id: int
    event_slug: str
    zone: str
    lang: str
    now: datetime
    since: datetime | None = None


@dataclass(frozen=True)
class Part:
    """One part of a page or a letter: a template of the slice that knows, and its values.

    `place` says where it stands on the page ("main", "side"), `order` in which sequence (small first).
    """

    template: str
    values: dict[str, Any]
    order: int = 50
    place: str = "main"


Source = Callable[[AsyncSession, Asking], Awaitable[Sequence[Part]]]


@dataclass
class _Registry:
    sources: dict[str, list[Source]] = field(default_factory=dict)


_registry = _Registry()


def register(topic: str, source: Source) -> None:
    """`topic`: "today", "digest", "calendar", "levels", "methods" of a live block; at "new event" a slice furnishes it."""
    known = _registry.sources.setdefault(topic, [])
    if source not in known:
        known.append(source)


def topics() -> set[str]:
    """Everything on which some slice has something to say."""
    return set(_registry.sources)


async def gathered(session: AsyncSession, topic: str, asking: Asking) -> list[Part]:
    """Everything the slices have to say on this topic, in order."""
    parts = [part for source in _registry.sources.get(topic, ()) for part in await source(session, asking)]
    return sorted(parts, key=lambda part: part.order)
