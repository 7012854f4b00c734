"""What gathers from all slices imports none of them: each slice's sources.py is registered here by main.py."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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

    `place` says where it stands on the page ("main", "side"), `order` in which sequence (small first); `goes_to` where it
    is done, so that a page which lists that already leaves it out; `at` when it begins, if it is something one comes to.
    """

    template: str
    values: dict[str, Any]
    order: int = 50
    place: str = "main"
    goes_to: str = ""
    at: datetime | None = None


Source = Callable[[AsyncSession, Asking], Awaitable[Sequence[Part]]]
Many = Callable[[AsyncSession, Sequence[Asking]], Awaitable[Mapping[int, Sequence[Part]]]]
"""Asked for many people at the same event and moment: person → their parts, nothing for who has none."""


@dataclass(frozen=True)
class ForMany:
    """A source that asks the database once for many people. Asked for one, it is a crowd of one: there is one way only."""

    many: Many

    async def __call__(self, session: AsyncSession, asking: Asking) -> Sequence[Part]:
        return (await self.many(session, [asking])).get(asking.person_id, [])


def for_many(many: Many) -> ForMany:
    """@for_many
    async def digest(session: AsyncSession, readers: Sequence[Asking]) -> Mapping[int, Sequence[Part]]: …
    """
    return ForMany(many)


@dataclass
class _Registry:
    sources: dict[str, list[Source]] = field(default_factory=dict)


_registry = _Registry()


def register(topic: str, source: Source) -> None:
    """`topic`: "today", "digest", "calendar" (values: an entry each), "levels", "feed" (`values["entries"]`: of
    app.core.atom), "methods" of a live block; at "new event" a slice furnishes it."""
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


async def gathered_for_many(session: AsyncSession, topic: str, readers: Sequence[Asking]) -> dict[int, list[Part]]:
    """Person → everything the slices have to say to them, in order. The readers ask about one event, at one moment."""
    parts: dict[int, list[Part]] = {reader.person_id: [] for reader in readers}
    for source in _registry.sources.get(topic, ()):
        if isinstance(source, ForMany):
            said = await source.many(session, readers)
        else:
            said = {reader.person_id: await source(session, reader) for reader in readers}
        for person_id, theirs in said.items():
            parts[person_id].extend(theirs)
    return {person_id: sorted(theirs, key=lambda part: part.order) for person_id, theirs in parts.items()}


def by_since(readers: Iterable[Asking]) -> dict[datetime | None, list[int]]:
    """Since when → who asks since then; after a common morning, nearly all of them."""
    found: dict[datetime | None, list[int]] = {}
    for reader in readers:
        found.setdefault(reader.since, []).append(reader.person_id)
    return found
