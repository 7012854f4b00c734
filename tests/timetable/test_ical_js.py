"""What we write is read right by a second parser, ical.js; it runs in the node that Playwright brings with it."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright._impl._driver import compute_driver_executable

from app.timetable.ical import cancellation, feed, invitation
from tests.timetable.test_ical import DAYS, NOW, ZONES, meeting

READER = Path(__file__).parent / "icaljs" / "read.mjs"
# Berlin and its neighbours, Jordan in the years when its clocks still changed, and the USA: the night itself, by the hour
NIGHTS = (datetime(2026, 10, 25), datetime(2020, 10, 30), datetime(2026, 10, 30), datetime(2026, 11, 1))


def read_by_ical_js(files: list[bytes]) -> list[dict[str, Any]]:
    node = compute_driver_executable()[0]
    done = subprocess.run(
        [node, str(READER)], input=json.dumps([file.decode() for file in files]), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(found) == len(files)
    return found


def test_every_zone_is_read_right_before_and_after_every_clock_change() -> None:
    asked = [(zone, day.replace(hour=9, minute=30, tzinfo=UTC)) for zone in ZONES for day in DAYS]
    files = [invitation(meeting(start, zone), to="ana@example.org", name="Ana", now=NOW) for zone, start in asked]
    for (zone, start), found in zip(asked, read_by_ical_js(files), strict=True):
        (entry,) = found["entries"]
        assert found["method"] == "REQUEST"
        assert (zone, entry["start"], entry["end"]) == (
            zone,
            start.timestamp(),
            (start + timedelta(minutes=90)).timestamp(),
        )
        here = start.astimezone(ZoneInfo(zone))
        assert entry["face"] == [here.hour, here.minute]
        assert entry["attendees"] == ["mailto:ana@example.org"]


def test_the_hours_of_the_night_itself_are_read_right() -> None:
    """All but the hour that comes twice: a clock face alone cannot say which of the two it is (RFC 5545 takes the first)."""
    asked = [
        (zone, start)
        for zone in ("Europe/Berlin", "Europe/Chisinau", "Asia/Amman", "America/New_York", "Asia/Kathmandu")
        for night in NIGHTS
        for start in ((night - timedelta(hours=6) + timedelta(hours=hour)).replace(tzinfo=UTC) for hour in range(20))
        if not twice(start, zone)
    ]
    files = [invitation(meeting(start, zone), to="ana@example.org", name="Ana", now=NOW) for zone, start in asked]
    read = read_by_ical_js(files)
    wrong = [
        (zone, start.isoformat())
        for (zone, start), found in zip(asked, read, strict=True)
        if found["entries"][0]["start"] != start.timestamp()
    ]
    assert wrong == []


def twice(start: datetime, zone: str) -> bool:
    """Whether the clock shows this time, or the end an hour and a half later, a second time in that night."""
    ends = (start, start + timedelta(minutes=90))
    faces = [each.astimezone(ZoneInfo(zone)) for each in ends]
    return any(face.replace(fold=0).utcoffset() != face.replace(fold=1).utcoffset() for face in faces)


def test_a_cancellation_and_a_feed_are_read_as_what_they_are() -> None:
    start = DAYS[0].replace(hour=9, tzinfo=UTC)
    gone = cancellation(meeting(start, "Asia/Amman", sequence=4), to="ana@example.org", name="Ana", now=NOW)
    several = feed([meeting(day.replace(hour=9, tzinfo=UTC), "Asia/Hovd") for day in DAYS], name="Mine", now=NOW)
    first, second = read_by_ical_js([gone, several])
    assert (first["method"], first["entries"][0]["status"], first["entries"][0]["sequence"]) == (
        "CANCEL",
        "CANCELLED",
        4,
    )
    assert [entry["start"] for entry in second["entries"]] == [
        day.replace(hour=9, tzinfo=UTC).timestamp() for day in DAYS
    ]
