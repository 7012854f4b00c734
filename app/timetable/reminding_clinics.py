"""Letters about booked talks: when they are booked or given back, and reminders, re-checked at their moment."""

from datetime import datetime
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.timetable import letters_clinics, queries
from app.timetable import queries_clinics as reads
from app.timetable.about import about_event
from app.timetable.jobs import RemindOfTalk
from app.timetable.letters_clinics import INVITES, TO_HOST, News
from app.timetable.models import Booking, Clinic
from app.timetable.reminding import drop_both, set_both
from app.timetable.rules import REMIND


async def write(session: AsyncSession, booking: Booking, clinic: Clinic, news: News, *, now: datetime) -> None:
    """To whoever has (or had) the slot, and to whoever gives the office hours, where it concerns them."""
    about = await about_event(session, clinic.event_id)
    names = await queries.names(session, [clinic.host_id, booking.person_id])
    readers = await queries.readers(session, [clinic.host_id, booking.person_id])
    to_both = [(booking.person_id, news.value, clinic.host_id)]
    if news in TO_HOST and booking.starts_at is not None:
        to_both.append((clinic.host_id, TO_HOST[news], booking.person_id))
    for person, said, other in to_both:
        if person not in readers:
            continue
        reader, guest = readers[person].in_zone(about.zone), person == booking.person_id
        await mail.write(
            session, letter="timetable/booking", to=reader, key=f"booking:{booking.id}:{news}{'' if guest else ':host'}",
            now=now, values=letters_clinics.values(said, booking, clinic, names.get(other, ""), about),
            event_id=clinic.event_id, attachments=(
                letters_clinics.calendar_files(booking, clinic, about, to=reader, now=now)
                if guest and news in INVITES else []
            ),
        )  # fmt: skip


async def set_reminders(session: AsyncSession, event_id: int, booking: Booking, *, now: datetime) -> None:
    if booking.starts_at is not None and booking.starts_at - REMIND > now:
        work = partial(RemindOfTalk, event_id, booking.id or 0, booking.starts_at.isoformat())
        await set_both(session, work, partial(_key, booking), now=now)


async def drop_reminders(session: AsyncSession, booking: Booking) -> None:
    await drop_both(session, partial(_key, booking))


def _key(booking: Booking, early: bool) -> str:
    return f"talk{'-early' if early else ''}:{booking.id}"


async def remind(session: AsyncSession, work: RemindOfTalk, *, now: datetime) -> bool:
    """Write to both if the talk still is to begin then; says whether it is."""
    found = await reads.booking_with_clinic(session, work.booking_id)
    if found is None or work.is_late(now):
        return False
    booking, clinic = found
    here = await reads.still_here(session, clinic.event_id, [booking.person_id, clinic.host_id])
    if booking.ended_at or clinic.closed_at or booking.starts_at != work.start or len(here) < 2:
        return False
    await write(session, booking, clinic, News.EARLY if work.early else News.SOON, now=now)
    return True
