"""Who follows what in this process, and at which version each topic stands. Pure: no socket, clock or database.

Versions only grow, so news that comes twice, late or in the wrong order is simply not news. Readers are any hashable
objects; they are grouped by language because what travels as HTML is rendered once per version and language.
"""

from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

R = TypeVar("R", bound=Hashable)

Group = tuple[str, str]
"""(topic, language): everybody in it hears the same bytes."""


@dataclass(slots=True)
class _Topic(Generic[R]):
    heard: int = 0
    """The newest version this process knows of."""
    told: int = 0
    """The version up to which its readers were told."""
    readers: dict[str, set[R]] = field(default_factory=dict)
    at_the_gate: int = 0
    """Readers whose right to follow is being looked up: news in between must not be lost."""

    @property
    def idle(self) -> bool:
        return not self.readers and not self.at_the_gate


@dataclass(slots=True)
class _Reader:
    person: int
    lang: str
    topics: set[str] = field(default_factory=set)
    missed: set[str] | None = None


class Hub(Generic[R]):
    """The memory of one loudspeaker."""

    def __init__(self) -> None:
        self._topics: dict[str, _Topic[R]] = {}
        self._readers: dict[R, _Reader] = {}
        self._people: dict[int, set[R]] = {}

    # --- readers -----------------------------------------------------------------------------------------------

    def arrive(self, reader: R, *, person: int, lang: str) -> None:
        """A line is open; nothing is followed yet."""
        self._readers[reader] = _Reader(person, lang)
        self._people.setdefault(person, set()).add(reader)

    def gone(self, reader: R) -> None:
        """The line is closed, for whatever reason; harmless when said twice."""
        record = self._readers.get(reader)
        if record is None:
            return
        for topic in tuple(record.topics):
            self.leave(reader, topic)
        del self._readers[reader]
        lines = self._people[record.person]
        lines.discard(reader)
        if not lines:
            del self._people[record.person]

    def everybody(self) -> Collection[R]:
        return self._readers.keys()

    def lines_of(self, person: int) -> frozenset[R]:
        """Every open line of one person: tabs, telephone, long polling."""
        return frozenset(self._people.get(person, ()))

    def people(self) -> Collection[int]:
        return self._people.keys()

    def person(self, reader: R) -> int | None:
        record = self._readers.get(reader)
        return record.person if record else None

    # --- following ---------------------------------------------------------------------------------------------

    def ask(self, topic: str) -> None:
        """Somebody stands at the gate of `topic`: from here on its news is heard. Each ask is answered by one admit or turn_away."""
        self._topics.setdefault(topic, _Topic()).at_the_gate += 1

    def turn_away(self, topic: str) -> None:
        """The gate said no."""
        self._topics[topic].at_the_gate -= 1
        self._forget_idle(topic)

    def admit(self, reader: R, topic: str, *, version: int) -> int:
        """The gate said yes, at `version`; returns where the topic stands now, which news may have moved further."""
        record, place = self._readers.get(reader), self._topics[topic]
        place.at_the_gate -= 1
        if not place.readers:
            place.told = max(version, place.heard)
        place.heard = max(version, place.heard)
        if record is not None:
            place.readers.setdefault(record.lang, set()).add(reader)
            record.topics.add(topic)
        here = place.heard
        self._forget_idle(topic)
        return here

    def leave(self, reader: R, topic: str) -> None:
        record, place = self._readers.get(reader), self._topics.get(topic)
        if record is None or place is None or topic not in record.topics:
            return
        record.topics.discard(topic)
        if record.missed:
            record.missed.discard(topic)
        group = place.readers[record.lang]
        group.discard(reader)
        if not group:
            del place.readers[record.lang]
        self._forget_idle(topic)

    def follows(self, reader: R, topic: str) -> bool:
        record = self._readers.get(reader)
        return record is not None and topic in record.topics

    def topics_of(self, reader: R) -> Collection[str]:
        record = self._readers.get(reader)
        return record.topics if record else ()

    def _forget_idle(self, topic: str) -> None:
        if self._topics[topic].idle:
            del self._topics[topic]

    # --- news --------------------------------------------------------------------------------------------------

    def hear(self, topic: str, version: int) -> bool:
        """News: `topic` is at `version`. True if somebody here follows it and did not know."""
        place = self._topics.get(topic)
        if place is None or version <= place.heard:
            return False
        place.heard = version
        return bool(place.readers)

    def untold(self, topic: str) -> tuple[int, int] | None:
        """(after, version) that the readers of `topic` still have to be told, or None."""
        place = self._topics.get(topic)
        if place is None or not place.readers or place.told >= place.heard:
            return None
        return place.told, place.heard

    def told(self, topic: str, version: int) -> None:
        place = self._topics.get(topic)
        if place is not None:
            place.told = max(place.told, version)

    def version(self, topic: str) -> int | None:
        """Where a followed topic stands, or None if nobody here follows it."""
        place = self._topics.get(topic)
        return place.heard if place else None

    def topics(self) -> dict[str, int]:
        """Every topic followed here and the version it is believed to be at: what is re-read now and then."""
        return {topic: place.heard for topic, place in self._topics.items()}

    def languages(self, topic: str) -> frozenset[str]:
        place = self._topics.get(topic)
        return frozenset(place.readers) if place else frozenset()

    def readers(self, group: Group) -> Collection[R]:
        """Those who follow a topic in one language."""
        place = self._topics.get(group[0])
        return place.readers.get(group[1], ()) if place else ()

    def followers(self, topic: str) -> Iterator[R]:
        """Those who follow a topic in any language."""
        place = self._topics.get(topic)
        for group in tuple(place.readers.values()) if place else ():
            yield from group

    # --- slow readers ------------------------------------------------------------------------------------------

    def miss(self, reader: R, topic: str) -> None:
        """The line is full: instead of what was to be said, this reader gets one bare signal later."""
        record = self._readers.get(reader)
        if record is not None and topic in record.topics:
            record.missed = record.missed or set()
            record.missed.add(topic)

    def catch_up(self, reader: R) -> dict[str, int]:
        """The line takes words again: the topics it missed, each with the version to fetch. Asked once."""
        record = self._readers.get(reader)
        if record is None or not record.missed:
            return {}
        missed, record.missed = record.missed, None
        return {topic: self._topics[topic].heard for topic in missed if topic in self._topics}
