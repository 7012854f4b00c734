"""May this person follow this topic, and at which version is it? One question per kind of topic, asked of its slice.

The gate is a security boundary: what it lets through is pushed without asking again, until a `standing:<person>`
ends every line of that person. A kind that is not in the table cannot be followed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation import queries as consultation
from app.forum.queries import reading as forum
from app.notices import queries as notices
from app.timetable import queries as timetable
from realtime.protocol import Topic

Gate = Callable[[AsyncSession, int, int], Awaitable[int | None]]
"""(session, person_id, ref) → the version if this person may follow it, otherwise None."""
Versions = Callable[[AsyncSession, Sequence[int]], Awaitable[Mapping[int, int]]]
"""(session, refs) → where each stands now, in one query; nobody's rights are asked here."""

STANDING = "standing"
"""The kind of news that ends a person's lines. It is heard by the processes, never followed by a browser."""


@dataclass(frozen=True)
class Kind:
    """How a kind of topic is asked. `present`: its followers see who else is there."""

    gate: Gate
    versions: Versions
    present: bool = False


Kinds = Mapping[str, Kind]


def _asked(version_for: Callable[..., Awaitable[int | None]]) -> Gate:
    """A slice's question `version_for(session, ref, person_id=…)` as a gate."""

    async def ask(session: AsyncSession, person: int, ref: int) -> int | None:
        return await version_for(session, ref, person_id=person)

    return ask


async def _rooms(session: AsyncSession, refs: Sequence[int]) -> dict[int, int]:
    return {ref: room for ref, (room, _) in (await consultation.room_versions(session, refs)).items()}


async def _desks(session: AsyncSession, refs: Sequence[int]) -> dict[int, int]:
    return {ref: desk for ref, (_, desk) in (await consultation.room_versions(session, refs)).items()}


KINDS: dict[str, Kind] = {
    "thread": Kind(_asked(forum.version_for), forum.versions),
    "room": Kind(_asked(consultation.room_version), _rooms, present=True),
    "desk": Kind(_asked(consultation.desk_version), _desks),
    "notices": Kind(_asked(notices.version_for), notices.versions),
    "timetable": Kind(timetable.version_for, timetable.versions),
}


async def version(kinds: Kinds, session: AsyncSession, topic: Topic, *, person: int) -> int | None:
    """Where `topic` stands if `person` may follow it, otherwise None."""
    kind = kinds.get(topic.kind)
    return None if kind is None else await kind.gate(session, person, topic.ref)


async def versions(kinds: Kinds, session: AsyncSession, kind: str, refs: Sequence[int]) -> dict[str, int]:
    """Where these topics of one kind stand now."""
    found = await kinds[kind].versions(session, refs) if kind in kinds else {}
    return {f"{kind}:{ref}": at for ref, at in found.items()}
