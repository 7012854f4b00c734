"""Invitations are read back as a calendar would read them, in every zone, before and after each clock change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from app.timetable.ical import Meeting, cancellation, entry, feed, invitation

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
ZONES = (
    "Europe/Berlin", "Europe/Tirane", "Europe/Sarajevo", "Europe/Belgrade", "Europe/Podgorica", "Europe/Skopje",
    "Europe/Ljubljana", "Europe/Chisinau", "Europe/Kyiv", "Europe/Minsk", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Baku",
    "Africa/Ouagadougou", "America/Argentina/Buenos_Aires", "America/Managua", "Asia/Ulaanbaatar", "Asia/Hovd",
    "America/Sao_Paulo", "America/Bogota", "America/Mexico_City", "America/New_York", "Africa/Tunis", "Asia/Amman",
    "Asia/Hebron", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Jakarta", "Asia/Manila", "UTC",
)  # fmt: skip
WRITTEN_AS_UTC = ("UTC", "Africa/Ouagadougou")
DAYS = (
    datetime(2026, 10, 24),
    datetime(2026, 10, 26),
    datetime(2026, 10, 30),
    datetime(2026, 10, 31),
    datetime(2026, 11, 2),
)


def meeting(start: datetime, zone: str, *, sequence: int = 0) -> Meeting:
    return Meeting(
        uid="session-7@fortnight.example.org",
        sequence=sequence,
        title="Who owns the rain?",
        start=start,
        minutes=90,
        zone=zone,
        url="https://fortnight.example.org/rooms/7",
        organiser="Rain in the Street",
        organiser_email="events@example.org",
    )


def read(file: bytes) -> Calendar:
    return Calendar.from_ical(file)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day:%d-%b}")
def test_the_instant_is_read_back_and_the_clock_face_is_the_readers(zone: str, day: datetime) -> None:
    start = day.replace(hour=9, minute=30, tzinfo=UTC)
    calendar = read(invitation(meeting(start, zone), to="ana@example.org", name="Ana", now=NOW))
    (event,) = calendar.walk("VEVENT")
    assert event["dtstart"].dt.astimezone(UTC) == start
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=90)
    assert event["dtstart"].dt.replace(tzinfo=None) == start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone not in WRITTEN_AS_UTC])
@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day:%d-%b}")
def test_the_zone_rules_inside_the_file_give_the_same_instant_without_any_other_table(zone: str, day: datetime) -> None:
    start = day.replace(hour=9, minute=30, tzinfo=UTC)
    calendar = read(invitation(meeting(start, zone), to="ana@example.org", name="Ana", now=NOW))
    (rules,) = calendar.walk("VTIMEZONE")
    assert rules["tzid"] == zone
    face = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert face - offset_at(rules, face) == start.replace(tzinfo=None)


def offset_at(rules: Calendar, face: datetime) -> timedelta:
    """The offset that holds at a clock face, from the onsets written in VTIMEZONE alone (RFC 5545, 3.6.5)."""
    onsets = []
    for part in rules.subcomponents:
        dates = [part["dtstart"].dt]
        repeated = part.get("rdate", [])
        for listed in repeated if isinstance(repeated, list) else [repeated]:
            dates += [each.dt for each in listed.dts]
        assert "rrule" not in part
        onsets += [(onset.replace(tzinfo=None), part["tzoffsetto"].td) for onset in dates]
    return max((onset, offset) for onset, offset in onsets if onset <= face)[1]


def test_a_change_has_the_same_uid_and_a_higher_sequence_and_a_cancel_takes_it_out() -> None:
    start = datetime(2026, 10, 26, 9, tzinfo=UTC)
    first = read(invitation(meeting(start, "Europe/Kyiv"), to="ana@example.org", name="Ana", now=NOW))
    moved = read(
        invitation(
            meeting(start + timedelta(days=1), "Europe/Kyiv", sequence=1), to="ana@example.org", name="Ana", now=NOW
        )
    )
    gone = read(cancellation(meeting(start, "Europe/Kyiv", sequence=2), to="ana@example.org", name="Ana", now=NOW))
    events = [calendar.walk("VEVENT")[0] for calendar in (first, moved, gone)]
    assert [calendar["method"] for calendar in (first, moved, gone)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["uid"]) for event in events} == {"session-7@fortnight.example.org"}
    assert [int(event["sequence"]) for event in events] == [0, 1, 2]
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [len(event.walk("VALARM")) for event in events] == [1, 1, 0]


def test_guest_and_organiser_are_named_and_a_kept_entry_asks_nobody() -> None:
    start = datetime(2026, 10, 26, 9, tzinfo=UTC)
    (event,) = read(invitation(meeting(start, "UTC"), to="ana@example.org", name="Ana, Kiel", now=NOW)).walk("VEVENT")
    assert event["attendee"] == "mailto:ana@example.org"
    assert event["attendee"].params["cn"] == "Ana, Kiel"
    assert event["organizer"] == "mailto:events@example.org"
    kept = read(entry(meeting(start, "UTC"), now=NOW))
    assert kept["method"] == "PUBLISH"
    assert "attendee" not in kept.walk("VEVENT")[0]


def test_lines_are_short_and_end_as_the_standard_says() -> None:
    start = datetime(2026, 10, 26, 9, tzinfo=UTC)
    long = replace(meeting(start, "UTC"), title="دشوار, or not; " * 40)
    file = invitation(long, to="ana@example.org", name="Ana", now=NOW)
    assert max(len(line) for line in file.split(b"\r\n")) in range(60, 76)
    assert str(read(file).walk("VEVENT")[0]["summary"]) == long.title


@pytest.mark.parametrize("zone", ZONES)
def test_a_feed_across_every_clock_change_gives_the_same_instants_from_its_own_rules_alone(zone: str) -> None:
    starts = [day.replace(hour=hour, minute=30, tzinfo=UTC) for day in DAYS for hour in (6, 14)]
    meetings = [replace(meeting(start, zone), uid=f"case-{at}", gone=at == 3) for at, start in enumerate(starts)]
    calendar = read(feed(meetings, name="Rain in the Street", now=NOW))
    assert (calendar["method"], calendar["x-wr-calname"]) == ("PUBLISH", "Rain in the Street")
    events = calendar.walk("VEVENT")
    assert [event["dtstart"].dt.astimezone(UTC) for event in events] == starts
    assert [str(event["status"]) for event in events].count("CANCELLED") == 1
    rules = calendar.walk("VTIMEZONE")
    assert [str(each["tzid"]) for each in rules] == ([] if zone in WRITTEN_AS_UTC else [zone])
    for event, start in zip(events, starts, strict=True) if rules else ():
        face = event["dtstart"].dt.replace(tzinfo=None)
        assert face - offset_at(rules[0], face) == start.replace(tzinfo=None)


def test_a_feed_of_nothing_is_a_calendar_too() -> None:
    assert read(feed([], name="Rain in the Street", now=NOW)).walk("VEVENT") == []
