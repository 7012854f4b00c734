"""Invitations for a person's own calendar: REQUEST and CANCEL, with the rules of the zone inside. Pure.

The same session has the same UID for ever; every letter about it has a higher SEQUENCE. Nothing is in the file but
what the letter says too: title, time, address of the page. Never the text of a case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from app.core.later import Later
from app.core.times import zone

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Later("icalendar")


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One live session as its calendar entry shows it; `start` is an instant, `zone` the reader's IANA zone."""

    uid: str
    sequence: int
    title: str
    start: datetime
    minutes: int
    zone: str
    url: str
    organiser: str
    organiser_email: str
    description: str = ""
    gone: bool = False  # in a feed: it was taken back, and calendars are told so
    answered: bool = False  # an answer to the organiser's address reaches us


def invitation(meeting: Meeting, *, to: str, name: str, now: datetime) -> bytes:
    """The REQUEST that puts the meeting into the calendar of the person at the address `to`."""
    return _file(meeting, Method.REQUEST, to=to, name=name, now=now)


def cancellation(meeting: Meeting, *, to: str, name: str, now: datetime) -> bytes:
    """The CANCEL that takes it out again; `meeting.sequence` must be higher than in the invitation."""
    return _file(meeting, Method.CANCEL, to=to, name=name, now=now)


def entry(meeting: Meeting, *, now: datetime) -> bytes:
    """The same meeting to keep, for "add to calendar": asks nobody for an answer."""
    return _file(meeting, Method.PUBLISH, to="", name="", now=now)


def feed(meetings: Sequence[Meeting], *, name: str, now: datetime) -> bytes:
    """Everything of one person for a calendar that comes back for news; what is gone is in it as cancelled."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Fortnight//Timetable//EN")
    calendar.add("version", "2.0")
    calendar.add("method", Method.PUBLISH.value)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval;value=duration", "PT1H")
    calendar.add("x-published-ttl", "PT1H")
    for meeting in meetings:
        kind = Method.CANCEL if meeting.gone else Method.PUBLISH
        calendar.add_component(_event(meeting, kind, to="", name="", now=now))
    if meetings:
        _add_zones(calendar, min(meeting.start for meeting in meetings), max(meeting.start for meeting in meetings))
    return bytes(calendar.to_ical())


def _file(meeting: Meeting, method: Method, *, to: str, name: str, now: datetime) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Fortnight//Timetable//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add_component(_event(meeting, method, to=to, name=name, now=now))
    _add_zones(calendar, meeting.start, meeting.start)
    return bytes(calendar.to_ical())


def _add_zones(calendar: "icalendar.Calendar", first: datetime, last: datetime) -> None:
    """The rules of every zone in the calendar, from more than a year before to more than a year after."""
    before, after = first - timedelta(days=400), last + timedelta(days=400)
    for number, name in enumerate(sorted(calendar.get_missing_tzids())):
        calendar.subcomponents.insert(number, _rules(name, before.date().replace(day=1), after.date().replace(day=1)))


@lru_cache(maxsize=512)
def _rules(name: str, first: date, last: date) -> "icalendar.Timezone":
    """Found by looking at every day between: ten times the work of all the rest of an invitation."""
    return icalendar.Timezone.from_tzid(name, first_date=first, last_date=last)


def _event(meeting: Meeting, method: Method, *, to: str, name: str, now: datetime) -> "icalendar.Event":
    event = icalendar.Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", meeting.start.astimezone(zone(meeting.zone)))
    event.add("dtend", (meeting.start + timedelta(minutes=meeting.minutes)).astimezone(zone(meeting.zone)))
    event.add("summary", meeting.title)
    event.add("url", meeting.url)
    event.add("location", meeting.url)
    if meeting.description:
        event.add("description", meeting.description)
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    event.add("organizer", _address(meeting.organiser_email, meeting.organiser), encode=False)
    if to:
        guest = _address(to, name)
        guest.params["partstat"] = icalendar.vText("NEEDS-ACTION")
        guest.params["rsvp"] = icalendar.vText("TRUE" if meeting.answered and method is Method.REQUEST else "FALSE")
        event.add("attendee", guest, encode=False)
    if method is not Method.CANCEL:
        event.add_component(_bell(meeting.title))
    return event


def _address(email: str, name: str) -> "icalendar.vCalAddress":
    address = icalendar.vCalAddress(f"mailto:{email}")
    address.params["cn"] = icalendar.vText(name)
    return address


def _bell(title: str) -> "icalendar.Alarm":
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(minutes=-15))
    return alarm
