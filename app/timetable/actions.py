"""Offering cases and windows. Taking them back is in leaving.py, hours are in actions_hours.py, planning in planning.py, publishing in publishing.py."""

from datetime import date, datetime, time

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.queries_methods import method_to_plan
from app.core import live
from app.core.db import add_if_new, locked
from app.core.errors import Invalid
from app.core.words import N_
from app.timetable import queries
from app.timetable.models import Case, Timetable, Window
from app.timetable.rules import (
    METHOD,
    advisers_of,
    check_window,
    fits_a_session,
)


async def hold(session: AsyncSession, event_id: int) -> Timetable:
    """The event's timetable, held until the transaction ends: two coordinators write one after the other."""
    query = locked(select(Timetable).where(Timetable.event_id == event_id))
    found: Timetable | None = (await session.exec(query)).one_or_none()
    if found is None:
        await add_if_new(session, Timetable, event_id=event_id, weights={})
        found = (await session.exec(query)).one()
    return found


def changed(session: AsyncSession, timetable: Timetable) -> None:
    timetable.version += 1
    session.add(timetable)
    live.announce(session, f"timetable:{timetable.event_id}", version=timetable.version)


async def offer_case(
    session: AsyncSession,
    *,
    event_id: int,
    giver_id: int,
    title: str,
    theme: str,
    lang: str,
    key: str,
    now: datetime,
    city_shown: bool = False,
    text: str = "",
    method: str = METHOD,
    prefers_id: int | None = None,
    least: int = 4,
    most: int = 7,
) -> Case:
    """A case that waits for a time. The same `key` again is the same case."""
    timetable = await hold(session, event_id)
    known = await queries.case_with_key(session, key)
    if known is not None:
        return known
    if method != METHOD:
        chosen = await method_to_plan(session, event_id, method)
        if chosen is None or not fits_a_session(chosen):
            raise Invalid({"method": N_("Please choose one of the list.")})
        least, most = advisers_of(chosen)
    if prefers_id is not None and prefers_id not in dict(await queries.moderators(session, event_id)):
        raise Invalid({"prefers_id": N_("Please choose one of the list.")})
    case = Case(
        key=key, event_id=event_id, giver_id=giver_id, title=title, theme=theme, lang=lang, city=await queries.city_of(session, giver_id),
        city_shown=city_shown, text=text.strip(), method=method, least=least, most=most,
        prefers_id=prefers_id, offered_at=now,
    )  # fmt: skip
    session.add(case)
    await session.flush()
    changed(session, timetable)
    return case


async def open_window(
    session: AsyncSession,
    *,
    event_id: int,
    by: int,
    zone: str,
    day: date,
    begins: time,
    ends: time,
    minutes: int,
    rooms: int,
    key: str,
    now: datetime,
) -> Window:
    """Offer time for sessions. The same `key` again is the same window."""
    timetable = await hold(session, event_id)
    known = await queries.window_with_key(session, key)
    if known is not None:
        return known
    event = await queries.event_by_id(session, event_id)
    check_window(
        day=day, begins=begins, ends=ends, zone=zone, minutes=minutes, first=event.starts_on, last=event.ends_on, now=now,
    )  # fmt: skip
    window = Window(
        key=key, event_id=event_id, opened_by=by, zone=zone, day=day, begins=begins, ends=ends, minutes=minutes,
        rooms=rooms, created_at=now,
    )  # fmt: skip
    session.add(window)
    await session.flush()
    changed(session, timetable)
    return window


async def close_window(session: AsyncSession, *, event_id: int, window_id: int) -> None:
    """No new session goes there. Those that are planned stay until somebody moves them; closing twice is closing."""
    timetable = await hold(session, event_id)
    await session.exec(delete(Window).where(col(Window.id) == window_id, col(Window.event_id) == event_id))
    changed(session, timetable)
