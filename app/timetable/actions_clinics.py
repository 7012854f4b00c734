"""Opening office hours, booking a slot and giving it back. Who writes holds the event's timetable, so that one slot
goes to one person and nobody is in two places."""

from datetime import date, datetime, time, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Missing, Refused
from app.core.words import N_
from app.timetable import queries
from app.timetable import queries_clinics as reads
from app.timetable.actions import hold
from app.timetable.clinics import check_idle, check_wish, clash, free, slots_between, slots_of
from app.timetable.letters_clinics import News
from app.timetable.models import Booking, Clinic
from app.timetable.problem import slot_id
from app.timetable.reminding_clinics import drop_reminders, set_reminders, write


async def open_clinic(
    session: AsyncSession, *, event_id: int, host_id: int, title: str, place: str, zone: str, day: date, begins: time,
    ends: time, minutes: int, most: int, key: str, now: datetime,
) -> Clinic:  # fmt: skip
    """Office hours by the clocks of `zone`. The same `key` again is the same ones."""
    await hold(session, event_id)
    known = await reads.clinic_with_key(session, key)
    if known is not None:
        return known
    event = await queries.event_by_id(session, event_id)
    starts_at, slots = slots_between(
        day=day, begins=begins, ends=ends, zone=zone, minutes=minutes, first=event.starts_on, last=event.ends_on, now=now,
    )  # fmt: skip
    check_idle(await reads.busy(session, event_id, host_id), starts_at, minutes * slots)
    clinic = Clinic(
        key=key, event_id=event_id, host_id=host_id, title=title, place=place, starts_at=starts_at, minutes=minutes,
        slots=slots, most=most, opened_at=now,
    )  # fmt: skip
    session.add(clinic)
    await session.flush()
    return clinic


async def close_clinic(session: AsyncSession, *, event_id: int, clinic_id: int, by: int, now: datetime) -> None:
    """Call it off: everybody who has a slot ahead, or waits, is written to. Twice is once."""
    await hold(session, event_id)
    clinic = await reads.clinic(session, event_id, clinic_id)
    if clinic is None or clinic.host_id != by:
        raise Missing
    await _close(session, clinic, now=now)


async def _close(session: AsyncSession, clinic: Clinic, *, now: datetime) -> None:
    if clinic.closed_at is None:
        clinic.closed_at = now
        session.add(clinic)
        for booking in await reads.bookings(session, [clinic.id or 0]):
            if booking.starts_at is None or booking.starts_at > now:
                await _end(session, booking, clinic, News.OFF, now=now)


async def book(
    session: AsyncSession, *, event_id: int, clinic_id: int, person_id: int, slot: str, key: str, now: datetime,
) -> Booking:  # fmt: skip
    """A slot (problem.slot_id of its beginning), or (none) a place on the waiting list. The same `key` again is the same booking."""
    await hold(session, event_id)
    known = await reads.booking_with_key(session, key, person_id)
    if known is not None:
        return known
    clinic = await reads.clinic(session, event_id, clinic_id)
    if clinic is None or clinic.closed_at is not None:
        raise Refused(N_("These office hours were called off."))
    if clinic.host_id == person_id:
        raise Refused(N_("These are your own office hours."))
    booked = await reads.bookings(session, [clinic_id])
    slots = slots_of(clinic.starts_at, minutes=clinic.minutes, slots=clinic.slots)
    open_slots = {slot_id(at): at for at in free(slots, {each.starts_at for each in booked}, now=now)}
    held = sum(each.person_id == person_id for each in booked)
    check_wish(slot, open_slots=open_slots.keys(), held=held, most=clinic.most, over=slots[-1] <= now)
    starts_at = open_slots.get(slot)
    if starts_at is not None:
        check_idle(await reads.busy(session, event_id, person_id), starts_at, clinic.minutes)
    booking = Booking(key=key, clinic_id=clinic_id, person_id=person_id, starts_at=starts_at, asked_at=now)
    session.add(booking)
    await session.flush()
    if starts_at is not None:
        await write(session, booking, clinic, News.BOOKED, now=now)
        await set_reminders(session, event_id, booking, now=now)
    return booking


async def give_back(session: AsyncSession, *, event_id: int, booking_id: int, person_id: int, now: datetime) -> None:
    """The slot is free again and goes to the first who waits and can; or the person leaves the list. Twice is once."""
    await hold(session, event_id)
    booking = await reads.my_booking(session, booking_id, person_id)
    clinic = await reads.clinic(session, event_id, booking.clinic_id) if booking else None
    if booking is None or clinic is None:
        raise Missing
    if booking.ended_at is not None:
        return
    if booking.starts_at is None:
        booking.ended_at = now
        session.add(booking)
    elif booking.starts_at <= now:
        raise Refused(N_("This talk has begun already."))
    else:
        await _end(session, booking, clinic, News.BACK, now=now)
        await _hand_on(session, clinic, booking.starts_at, now=now)


async def settle_for(session: AsyncSession, *, event_id: int, person_id: int, now: datetime) -> None:
    """Somebody has left the event: their slots ahead go to whoever waits, what they gave is called off."""
    await hold(session, event_id)
    for clinic in await reads.my_clinics(session, event_id, person_id):
        if clinic.starts_at + timedelta(minutes=clinic.minutes * clinic.slots) > now:
            await _close(session, clinic, now=now)
    for booking, clinic in await reads.held_by(session, event_id, person_id):
        if booking.starts_at is None:
            booking.ended_at = now
            session.add(booking)
        elif booking.starts_at > now:
            await _end(session, booking, clinic, News.LEFT, now=now)
            await _hand_on(session, clinic, booking.starts_at, now=now)


async def _hand_on(session: AsyncSession, clinic: Clinic, slot: datetime, *, now: datetime) -> None:
    assert clinic.id is not None
    waiting = [each for each in await reads.bookings(session, [clinic.id]) if each.starts_at is None]
    here = await reads.still_here(session, clinic.event_id, [each.person_id for each in waiting])
    for each in waiting:
        busy = await reads.busy(session, clinic.event_id, each.person_id) if each.person_id in here else []
        if each.person_id in here and clash(busy, slot, clinic.minutes) is None:
            each.starts_at = slot
            session.add(each)
            await write(session, each, clinic, News.FREED, now=now)
            await set_reminders(session, clinic.event_id, each, now=now)
            return


async def _end(session: AsyncSession, booking: Booking, clinic: Clinic, news: News, *, now: datetime) -> None:
    booking.ended_at = now
    session.add(booking)
    await session.flush()
    await drop_reminders(session, booking)
    await write(session, booking, clinic, news, now=now)
