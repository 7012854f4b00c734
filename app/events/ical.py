"""Events as calendar entries: whole days for those who look, live blocks with their zone for those who come. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.core.later import Later

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Later("icalendar")


@dataclass(frozen=True)
class Dates:
    """Something in a calendar: from `first` to `last`, both days (included) or both instants; `zone` for instants."""

    uid: str
    title: str
    text: str
    url: str
    first: date | datetime
    last: date | datetime
    stamp: datetime
    zone: str = "UTC"


def calendar(entries: Iterable[Dates], *, name: str) -> bytes:
    """An iCalendar file with the time zones it needs."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Fortnight//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    made.add("refresh-interval;value=duration", "PT6H")
    for entry in entries:
        made.add_component(_entry(entry))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _entry(dates: Dates) -> "icalendar.Event":
    entry = icalendar.Event()
    entry.add("uid", dates.uid)
    entry.add("dtstamp", dates.stamp)
    entry.add("summary", dates.title)
    entry.add("description", f"{dates.text}\n\n{dates.url}".strip())
    entry.add("url", dates.url)
    if isinstance(dates.first, datetime) and isinstance(dates.last, datetime):
        entry.add("dtstart", dates.first.astimezone(ZoneInfo(dates.zone)))
        entry.add("dtend", dates.last.astimezone(ZoneInfo(dates.zone)))
    else:
        entry.add("dtstart", dates.first)
        entry.add("dtend", dates.last + timedelta(days=1))  # the day after the last one, as calendars count
        entry.add("transp", "TRANSPARENT")
    return entry
