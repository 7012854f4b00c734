"""Letters and calendar entries of booked slots and of office hours. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from app.core.answers import address_for
from app.core.mail import Attachment, Reader
from app.timetable.ical import Meeting, cancellation, invitation
from app.timetable.letters import About
from app.timetable.models import Booking, Clinic


class News(StrEnum):
    BOOKED = "booked"
    FREED = "freed"  # from the waiting list
    BACK = "back"  # the person gave it back
    OFF = "off"  # the host called all of it off
    LEFT = "left"  # the person takes no part in the event any more
    EARLY = "early"  # a day before
    SOON = "soon"  # a quarter of an hour before


TO_HOST = {
    News.BOOKED: "taken",
    News.FREED: "taken",
    News.BACK: "returned",
    News.LEFT: "returned",
    News.EARLY: "early",
    News.SOON: "soon",
}
"""What whoever gives the office hours reads at the same time; of their own calling off nothing."""
INVITES = {News.BOOKED, News.FREED, News.BACK, News.OFF, News.LEFT}
ANSWERED = "booking"
"""The topic under which calendars answer (app.core.answers); by_mail.py takes it."""


def clinics_page(about: About) -> str:
    return f"{about.house.url}/events/{about.slug}/timetable/clinics"


def values(news: str, booking: Booking, clinic: Clinic, other: str, about: About) -> dict[str, Any]:
    """For templates/mail/timetable/booking; without `start` somebody waited in vain. `other`: with whom they talk."""
    return {
        "news": news, "title": clinic.title, "other": other, "answered": bool(about.house.answers_to), "start": booking.starts_at, "minutes": clinic.minutes,
        "place": clinic.place, "event_zone": about.zone, "url": clinics_page(about),
    }  # fmt: skip


def calendar_files(booking: Booking, clinic: Clinic, about: About, *, to: Reader, now: datetime) -> list[Attachment]:
    if booking.starts_at is None:
        return []
    meeting = booked(booking, clinic, about, zone=to.zone, person_id=to.person_id)
    write, method = (cancellation, "CANCEL") if meeting.gone else (invitation, "REQUEST")
    text = write(meeting, to=to.email, name=to.name, now=now).decode()
    return [Attachment(f"booking-{booking.id}.ics", f"text/calendar; method={method}; charset=utf-8", text)]


def booked(booking: Booking, clinic: Clinic, about: About, *, zone: str, person_id: int | None = None) -> Meeting:
    """The entry of whoever has the slot. `person_id`: whose calendar may answer."""
    assert booking.starts_at is not None and booking.id is not None
    answered = address_for(ANSWERED, booking.id, person_id=person_id, now=about.answers_from) if person_id else ""
    return _meeting(
        f"booking-{booking.id}", clinic, about, zone, booking.starts_at, clinic.minutes,
        gone=booking.ended_at is not None, answered=answered,
    )  # fmt: skip


def given(clinic: Clinic, about: About, *, zone: str) -> Meeting:
    """The entry of whoever gives the office hours."""
    minutes, gone = clinic.minutes * clinic.slots, clinic.closed_at is not None
    return _meeting(f"clinic-{clinic.id}", clinic, about, zone, clinic.starts_at, minutes, gone=gone)


def _meeting(
    uid: str, clinic: Clinic, about: About, zone: str, start: datetime, minutes: int, *, gone: bool, answered: str = ""
) -> Meeting:
    return Meeting(
        uid=f"{uid}@{about.house.domain}", sequence=int(gone), title=clinic.title, start=start, minutes=minutes,
        zone=zone, url=clinic.place, organiser=about.title,
        organiser_email=answered or f"timetable@{about.house.domain}", gone=gone, answered=bool(answered),
    )  # fmt: skip
