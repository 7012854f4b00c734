"""What people hear of a new plan: one letter each, with all their changes and a calendar file for every one. Pure
but for the words of the templates; who is written to and when is publishing.py's business."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.answers import address_for
from app.core.mail import Attachment, House, Reader
from app.core.words import N_
from app.timetable.changes import Change, Kind, Part
from app.timetable.ical import Meeting, cancellation, entry, invitation

PARTS = {
    Part.GIVER: N_("You bring the case."),
    Part.MODERATOR: N_("You moderate."),
    Part.ADVISER: N_("You advise."),
}


ANSWERED = "session"
"""The topic under which calendars answer (app.core.answers); by_mail.py takes it."""


@dataclass(frozen=True)
class About:
    """What the letters of one event share. `answers_from`: the instant from which addresses for answers are counted; it
    never changes, because calendars take no change from another organiser than that of the invitation."""

    event_id: int
    slug: str
    title: str
    zone: str
    titles: Mapping[int, str]
    rooms: Mapping[int, int]
    house: House
    answers_from: datetime


def values(found: Sequence[Change], about: About) -> dict[str, Any]:
    """For templates/mail/timetable/changes: each change with its title, its sentence and both times."""
    return {
        "event": about.title,
        "event_zone": about.zone,
        "url": my_page(about),
        "changes": [_shown(change, about) for change in found],
        "answered": bool(about.house.answers_to),
        "only_new": all(change.kind is Kind.NEW for change in found),
    }


def _shown(change: Change, about: About) -> dict[str, Any]:
    return {
        "title": about.titles.get(change.case, ""),
        "kind": change.kind.value,
        "part": PARTS[change.part],
        "before": change.before,
        "after": change.after,
        "minutes": change.minutes,
        "room": room_page(about, change.case),
    }


def calendar_files(
    found: Sequence[Change], about: About, *, to: Reader, sequence: int, now: datetime
) -> list[Attachment]:
    """One file a session: calendars take REQUEST and CANCEL for one meeting at a time."""
    return [_file(change, about, to=to, sequence=sequence, now=now) for change in found]


def _file(change: Change, about: About, *, to: Reader, sequence: int, now: datetime) -> Attachment:
    gone = change.kind is Kind.GONE
    meeting = meeting_of(
        about, case=change.case, start=change.when, minutes=change.minutes, zone=to.zone, sequence=sequence,
        person_id=to.person_id,
    )  # fmt: skip
    write = cancellation if gone else invitation
    text = write(meeting, to=to.email, name=to.name, now=now).decode()
    method = "CANCEL" if gone else "REQUEST"
    return Attachment(f"session-{change.case}.ics", f"text/calendar; method={method}; charset=utf-8", text)


def calendar_entry(meeting: Meeting, *, now: datetime) -> str:
    return entry(meeting, now=now).decode()


def meeting_of(
    about: About, *, case: int, start: datetime, minutes: int, zone: str, sequence: int, gone: bool = False,
    person_id: int | None = None,
) -> Meeting:  # fmt: skip
    """The calendar entry of a case: its UID is the case's for ever. `person_id`: whose calendar may answer."""
    answered = address_for(ANSWERED, case, person_id=person_id, now=about.answers_from) if person_id else ""
    return Meeting(
        uid=f"case-{case}@{about.house.domain}",
        sequence=sequence,
        title=about.titles.get(case, ""),
        start=start,
        minutes=minutes,
        zone=zone,
        url=room_page(about, case),
        organiser=about.title,
        organiser_email=answered or f"timetable@{about.house.domain}",
        gone=gone,
        answered=bool(answered),
    )


def my_page(about: About) -> str:
    return f"{about.house.url}/events/{about.slug}/timetable/mine"


def room_page(about: About, case: int) -> str:
    """Where the session is held; the way there is on the person's own page as well."""
    room = about.rooms.get(case)
    return f"{about.house.url}/rooms/{room}" if room else my_page(about)
