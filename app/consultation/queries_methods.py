"""Reading methods: those of the house and those that an event has adapted."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.adapting import method_in
from app.consultation.engine.library import methods
from app.consultation.engine.method import Method, Words
from app.consultation.models import Consultation, EventMethod
from app.core.db import locked
from app.core.errors import Missing

MOST_OWN = 40  # methods of one event


@dataclass(frozen=True)
class Offered:
    """A method as it can be chosen now. `own`: the event's row, none for methods of the house."""

    method: Method
    own: EventMethod | None = None


async def offered_methods(session: AsyncSession, event_id: int) -> dict[str, Offered]:
    """Key → what can be chosen in this event: its own methods first."""
    own = {row.key: Offered(method_in(row.text), row) for row in await own_methods(session, event_id)}
    return {key: each for key, each in own.items() if each.own and not each.own.retired} | {
        key: Offered(method) for key, method in methods().items()
    }


async def own_methods(session: AsyncSession, event_id: int) -> list[EventMethod]:
    """The newest version of each method of this event, the one that was changed last first."""
    newest = select(func.max(EventMethod.id)).where(EventMethod.event_id == event_id).group_by(col(EventMethod.key))
    query = select(EventMethod).where(col(EventMethod.id).in_(newest)).order_by(col(EventMethod.saved_at).desc())
    return list((await session.exec(query.limit(MOST_OWN))).all())


async def own_method(session: AsyncSession, event_id: int, key: str, *, lock: bool = False) -> EventMethod | None:
    """The newest version of this method of the event."""
    query = select(EventMethod).where(EventMethod.event_id == event_id, EventMethod.key == key)
    query = query.order_by(col(EventMethod.version).desc()).limit(1)
    return (await session.exec(locked(query) if lock else query)).one_or_none()


async def method_to_plan(session: AsyncSession, event_id: int, key: str) -> Method | None:
    """The method with this key as it is now, if it may be used in this event."""
    if key in methods():
        return methods()[key]
    row = await own_method(session, event_id, key)
    return None if row is None else method_in(row.text)


async def method_of(session: AsyncSession, key: str, version: int) -> Method:
    """The method a consultation was planned with."""
    return (await methods_of(session, [(key, version)]))[key, version]


async def methods_of(session: AsyncSession, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Method]:
    """(key, version) → method, for several consultations at once; raises Missing for one that was never there."""
    wanted = set(wanted)
    found = {(key, version): methods()[key] for key, version in wanted if key in methods()}
    others = {key for key, _ in wanted - found.keys()}
    if others:
        query = select(EventMethod).where(col(EventMethod.key).in_(others))
        for row in (await session.exec(query)).all():
            if (row.key, row.version) in wanted:
                found[row.key, row.version] = method_in(row.text)
    if wanted - found.keys():
        raise Missing
    return found


async def method_titles(session: AsyncSession, event_id: int) -> dict[str, Words]:
    """Key → title of every method that consultations of this event may have, retired ones too."""
    own = {row.key: method_in(row.text).title for row in await own_methods(session, event_id)}
    return own | {key: method.title for key, method in methods().items()}


async def is_planned_with(session: AsyncSession, key: str, version: int) -> bool:
    """Whether a consultation was planned with this version."""
    query = select(Consultation.id).where(Consultation.method == key, Consultation.method_version == version).limit(1)
    return (await session.exec(query)).first() is not None
