"""Methods of an event: copied from the house or from each other, changed in forms, taken out of the choice."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.adapting import OWN, Document, as_document, as_text, copied, judged
from app.consultation.engine.library import methods
from app.consultation.models import EventMethod
from app.consultation.queries import hold_event
from app.consultation.queries_methods import MOST_OWN, is_planned_with, own_method, own_methods
from app.core.errors import Missing, Refused
from app.core.words import N_


async def copy_method(session: AsyncSession, *, event_id: int, original: str, by: int, key: str, now: datetime) -> str:
    """A copy of this method in the event; its key. The same client key again is the same copy."""
    await hold_event(session, event_id)
    name = OWN + hashlib.sha256(f"{event_id}:{by}:{key}".encode()).hexdigest()[:16]
    if await own_method(session, event_id, name) is not None:
        return name
    source = None if original in methods() else await own_method(session, event_id, original)
    if source is None and original not in methods():
        raise Missing
    if len(await own_methods(session, event_id)) >= MOST_OWN:
        raise Refused(N_("An event keeps at most {most} methods of its own. Change one of those."), most=MOST_OWN)
    made = copied(as_document(source.text) if source else original, key=name)
    session.add(EventMethod(event_id=event_id, key=name, text=as_text(made), by_id=by, change_key=key, saved_at=now))
    return name


async def change_method(
    session: AsyncSession, *, event_id: int, method: str, by: int, revision: int, key: str, now: datetime,
    change: Callable[[Document], Document], phase: str = "", names: Mapping[str, str] | None = None,
    parts: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """The method after `change`. A version that consultations were planned with stays; then this is the next one."""
    await hold_event(session, event_id)
    row = await own_method(session, event_id, method, lock=True)
    if row is None:
        raise Missing
    if row.change_key == key:
        return
    if row.revision != revision:
        raise Refused(N_("Somebody has changed this method since you opened the page. Open it again, then change it."))
    after = change(as_document(row.text))
    if await is_planned_with(session, method, row.version):
        row = EventMethod(
            event_id=event_id, key=method, version=row.version + 1, retired=row.retired, text="", saved_at=now
        )
    after["version"] = row.version
    judged(after, phase=phase, names=names, parts=parts)
    row.text, row.by_id, row.saved_at, row.change_key, row.revision = as_text(after), by, now, key, revision + 1
    session.add(row)


async def retire_method(session: AsyncSession, *, event_id: int, method: str, retired: bool) -> None:
    """Out of the choice, or back in it. What was planned with it goes on."""
    row = await own_method(session, event_id, method, lock=True)
    if row is None:
        raise Missing
    row.retired = retired
    session.add(row)
