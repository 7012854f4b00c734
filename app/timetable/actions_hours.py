"""What a person says of their hours: the whole sheet, or what their own calendar adds to it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Forbidden
from app.core.times import local
from app.core.words import N_
from app.timetable import queries
from app.timetable.actions import changed, hold
from app.timetable.daysoff import days_off
from app.timetable.models import Sheet
from app.timetable.problem import SAID, Can, on_other_clocks
from app.timetable.rules import copied_to_later_weeks, days_ahead, marks_from, of_days_over, whole_days


async def save_hours(
    session: AsyncSession,
    *,
    event_id: int,
    person_id: int,
    zone: str,
    impossible: list[str],
    if_need_be: list[str],
    copy: bool,
    now: datetime,
    without_days_off: bool = False,
    methods: Sequence[str] = (),
    gender: str = "",
) -> Sheet:
    """What a person can, as the whole sheet says it from today on; what it said of days that are over stays.

    `copy`: the first week goes for the later ones too.

    `methods`: what they lead, if they moderate. `without_days_off`: weekends and holidays of the person's country are impossible as a whole.
    """
    timetable = await hold(session, event_id)
    days = await _days_still_asked(session, event_id, zone=zone, now=now)
    marks = marks_from(impossible, if_need_be, days=days)
    if copy:
        marks = copied_to_later_weeks({hour: SAID[said] for hour, said in marks.items()}, days=days)
    if without_days_off:
        country = await queries.country_of(session, person_id)
        marks |= whole_days(days_off(country, days, "en"))
    sheet = await _sheet(session, event_id, person_id, zone=zone, now=now)
    before = on_other_clocks(sheet.marks, was=sheet.zone, zone=zone)
    sheet.zone, sheet.saved_at, sheet.gender = zone, now, gender
    sheet.marks = {**of_days_over(before, today=local(now, zone).date()), **marks}
    sheet.methods = sorted(set(methods))
    session.add(sheet)
    changed(session, timetable)
    return sheet


async def add_busy(
    session: AsyncSession, *, event_id: int, person_id: int, zone: str, busy: Mapping[str, Can], now: datetime
) -> int:
    """Mark what the person's calendar says beside what they said, the worse of both; returns how many hours it says."""
    timetable = await hold(session, event_id)
    await _days_still_asked(session, event_id, zone=zone, now=now)
    sheet = await _sheet(session, event_id, person_id, zone=zone, now=now)
    kept = on_other_clocks(sheet.marks, was=sheet.zone, zone=zone)
    added = {hour: said.value for hour, said in busy.items() if kept.get(hour) != Can.IMPOSSIBLE}
    sheet.zone, sheet.marks, sheet.saved_at = zone, {**kept, **added}, now
    session.add(sheet)
    changed(session, timetable)
    return len(busy)


async def _days_still_asked(session: AsyncSession, event_id: int, *, zone: str, now: datetime) -> list[date]:
    event = await queries.event_by_id(session, event_id)
    if event.ends_on < now.date():
        raise Forbidden(N_("This event is over, so there is nothing left to plan."))
    return days_ahead(await queries.days_asked(session, event_id, zone=zone), today=local(now, zone).date())


async def _sheet(session: AsyncSession, event_id: int, person_id: int, *, zone: str, now: datetime) -> Sheet:
    known = await queries.sheet(session, event_id, person_id)
    return known or Sheet(event_id=event_id, person_id=person_id, zone=zone, saved_at=now)
