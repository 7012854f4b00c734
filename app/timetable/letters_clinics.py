"""Letters and calendar entries of booked slots and of office hours. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from app.core.mail import Attachment, Reader
from app.timetable.ical import Meeting, cancellation, invitation
from app.timetable.letters import About
from app.timetable.models import Booking, Clinic


class News(StrEnum):
    BOOKED = "booked"
    FREED = "freed"  # from the waiting list
    BACK = "back"  # the person gave it back
    OFF = "off"  # the host called all of it off


def clinics_page(about: About) -> str:
    return f"{about.house.url}/events/{about.slug}/timetable/clinics"


def values(news: News, booking: Booking, clinic: Clinic, host: str, about: About) -> dict[str, Any]:
    """For templates/mail/timetable/booking; without `start` somebody waited in vain."""
    return {
        "news": news.value, "title": clinic.title, "host": host, "start": booking.starts_at, "minutes": clinic.minutes,
        "place": clinic.place, "event_zone": about.zone, "url": clinics_page(about),
    }  # fmt: skip


def calendar_files(booking: Booking, clinic: Clinic, about: About, *, to: Reader, now: datetime) -> list[Attachment]:
    if booking.starts_at is None:
        return []
    meeting = booked(booking, clinic, about, zone=to.zone)
    write, method = (cancellation, "CANCEL") if meeting.gone else (invitation, "REQUEST")
    text = write(meeting, to=to.email, name=to.name, now=now).decode()
    return [Attachment(f"booking-{booking.id}.ics", f"text/calendar; method={method}; charset=utf-8", text)]


def booked(booking: Booking, clinic: Clinic, about: About, *, zone: str) -> Meeting:
    """The entry of whoever has the slot."""
    assert booking.starts_at is not None
    return _meeting(
        f"booking-{booking.id}", clinic, about, zone, booking.starts_at, clinic.minutes,
        gone=booking.ended_at is not None,
    )  # fmt: skip


def given(clinic: Clinic, about: About, *, zone: str) -> Meeting:
    """The entry of whoever gives the office hours."""
    minutes, gone = clinic.minutes * clinic.slots, clinic.closed_at is not None
    return _meeting(f"clinic-{clinic.id}", clinic, about, zone, clinic.starts_at, minutes, gone=gone)


def _meeting(
    uid: str, clinic: Clinic, about: About, zone: str, start: datetime, minutes: int, *, gone: bool
) -> Meeting:
    return Meeting(
        uid=f"{uid}@{about.house.domain}", sequence=int(gone), title=clinic.title, start=start, minutes=minutes,
        zone=zone, url=clinic.place, organiser=about.title, organiser_email=f"timetable@{about.house.domain}", gone=gone,
    )  # fmt: skip
