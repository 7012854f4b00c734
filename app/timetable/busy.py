"""A person's own calendar file read for one thing: at which of their hours they are busy. Pure.

Nothing but hours leaves this module: not what an entry is called, nor with whom. Repeating entries are followed within the days
asked about; a way of repeating that we do not follow is counted, and the person is told.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from app.core.errors import Refused
from app.core.later import Later
from app.core.times import wall, zone
from app.core.words import N_
from app.timetable.problem import Can, hour_key
from app.timetable.repeats import Repeat, repeat_from

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Later("icalendar")

LARGEST = 1_000_000  # bytes of a calendar file; a year of a busy person has half of it
MOST = 4000  # entries looked at
_NOT_BUSY = {"FREE", "WORKINGELSEWHERE"}


@dataclass
class Busy:
    """`hours`: key of an hour on the person's clocks → impossible, or if need be where they have only said perhaps."""

    hours: dict[str, Can] = field(default_factory=dict)
    entries: int = 0
    not_followed: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    begins: datetime | date
    length: timedelta
    says: Can


def busy_hours(text: str, *, zone_name: str, days: Sequence[date], hours: Collection[int], own_domain: str) -> Busy:
    """What the file says of these hours of these days; raises Refused for what is no calendar.

    `own_domain`: our own sessions (UID case-…@domain) keep nobody busy: they are what is being planned.
    """
    try:
        calendar = icalendar.Calendar.from_ical(text)
        events = calendar.walk("VEVENT")
    except (ValueError, IndexError, KeyError, AttributeError, TypeError):
        raise Refused(
            N_("This file is not a calendar that we can read. Export it again as .ics, then try once more.")
        ) from None
    busy = Busy()
    if not days:
        return busy
    replaced, spans = _replaced(events[:MOST]), _spans(zone_name, days, hours)
    for event in events[:MOST]:
        if not _keeps_busy(event, own_domain):
            continue
        try:
            entry = _entry(event)
            if entry is None:
                continue
            busy.entries += 1
            moved = frozenset() if "recurrence-id" in event else replaced.get(str(event.get("uid", "")), frozenset())
            for begins in _happens(event, entry, busy, days, moved):
                _mark(busy, begins, entry, zone_name, spans)
        except (ValueError, OverflowError, AttributeError):  # one entry that is written wrongly spoils no other
            busy.not_followed += 1
    return busy


def _keeps_busy(event: Any, own_domain: str) -> bool:
    uid = str(event.get("uid", ""))
    ours = uid.startswith("case-") and uid.endswith(f"@{own_domain}")
    free = str(event.get("transp", "")).upper() == "TRANSPARENT" or str(event.get("status", "")).upper() == "CANCELLED"
    return not (ours or free or str(event.get("x-microsoft-cdo-busystatus", "")).upper() in _NOT_BUSY)


def _entry(event: Any) -> _Entry | None:
    begins = getattr(event.get("dtstart"), "dt", None)
    ends, length = getattr(event.get("dtend"), "dt", None), getattr(event.get("duration"), "dt", None)
    if not isinstance(begins, date):
        return None
    whole = not isinstance(begins, datetime)
    if isinstance(ends, datetime) is isinstance(begins, datetime) and isinstance(ends, date):
        if (
            isinstance(ends, datetime)
            and isinstance(begins, datetime)
            and (ends.tzinfo is None) != (begins.tzinfo is None)
        ):
            return None
        length = ends - begins
    if not isinstance(length, timedelta):
        length = timedelta(days=1) if whole else timedelta(0)
    perhaps = "TENTATIVE" in {
        str(event.get("status", "")).upper(), str(event.get("x-microsoft-cdo-busystatus", "")).upper()
    }  # fmt: skip
    longest = timedelta(days=400)
    return _Entry(begins, min(max(length, timedelta(0)), longest), Can.IF_NEED_BE if perhaps else Can.IMPOSSIBLE)


def _happens(
    event: Any, entry: _Entry, busy: Busy, days: Sequence[date], moved: frozenset[date]
) -> Iterator[datetime | date]:
    """When it begins, each time that could touch the days."""
    if "rrule" not in event:
        yield entry.begins
        return
    repeat: Repeat | None = repeat_from(event["rrule"], entry.begins)
    if repeat is None:
        busy.not_followed += 1
        return
    gone = moved | set(_days_named(event, "exdate"))
    first, last = days[0] - entry.length - timedelta(days=1), days[-1] + timedelta(days=1)
    for day in repeat.between(first, last):
        if day not in gone:
            yield _on(entry.begins, day)


def _on(begins: datetime | date, day: date) -> datetime | date:
    """The same hour on another day, by the clocks of the entry."""
    return begins.replace(year=day.year, month=day.month, day=day.day)


def _days_named(event: Any, name: str) -> Iterator[date]:
    lists = event.get(name, [])
    for each in lists if isinstance(lists, list) else [lists]:
        for value in getattr(each, "dts", ()):
            yield value.dt.date() if isinstance(value.dt, datetime) else value.dt


def _replaced(events: Sequence[Any]) -> dict[str, frozenset[date]]:
    """UID → days of a repeating entry that have an entry of their own instead."""
    found: dict[str, set[date]] = {}
    for event in events:
        value = getattr(event.get("recurrence-id"), "dt", None)
        if isinstance(value, date):
            found.setdefault(str(event.get("uid", "")), set()).add(
                value.date() if isinstance(value, datetime) else value
            )
    return {uid: frozenset(days) for uid, days in found.items()}


def _spans(zone_name: str, days: Sequence[date], hours: Collection[int]) -> list[tuple[datetime, datetime, str]]:
    """The hours asked about as instants, in order; the one that a clock change repeats is twice as long."""
    return sorted(
        (wall(day, time(hour), zone_name), wall(day, time(hour + 1), zone_name), hour_key(day, hour))
        for day in days
        for hour in hours
    )


def _mark(
    busy: Busy,
    begins: datetime | date,
    entry: _Entry,
    zone_name: str,
    spans: Sequence[tuple[datetime, datetime, str]],
) -> None:
    if isinstance(begins, datetime):
        start = (begins if begins.tzinfo else begins.replace(tzinfo=zone(zone_name))).astimezone(UTC)
        end = start + entry.length
    else:
        start, end = wall(begins, time(0), zone_name), wall(begins + entry.length, time(0), zone_name)
    for opens, closes, key in spans[max(0, bisect_left(spans, (start,)) - 1) :]:
        if opens >= end:
            return
        if start < closes and busy.hours.get(key) is not Can.IMPOSSIBLE:
            busy.hours[key] = entry.says
