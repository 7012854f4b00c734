"""Eight in the morning, wherever the reader is and whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.notices import rules
from app.notices.rules import Kind, Level

FRIDAY, MONDAY = date(2026, 10, 23), date(2026, 10, 26)


@pytest.mark.parametrize(
    ("day", "zone", "utc"),
    [
        (FRIDAY, "Europe/Berlin", datetime(2026, 10, 23, 6, tzinfo=UTC)),
        (MONDAY, "Europe/Berlin", datetime(2026, 10, 26, 7, tzinfo=UTC)),  # clocks went back on 25 October
        (FRIDAY, "Asia/Tbilisi", datetime(2026, 10, 23, 4, tzinfo=UTC)),
        (MONDAY, "Asia/Tbilisi", datetime(2026, 10, 26, 4, tzinfo=UTC)),
        (FRIDAY, "America/Managua", datetime(2026, 10, 23, 14, tzinfo=UTC)),
        (date(2027, 3, 29), "Europe/Berlin", datetime(2027, 3, 29, 6, tzinfo=UTC)),  # forward on 28 March
    ],
)
def test_morning_is_eight_by_the_clock_on_the_readers_wall(day: date, zone: str, utc: datetime) -> None:
    assert rules.morning(day, zone) == utc


def test_every_morning_falls_into_one_plan() -> None:
    """Plans follow each other every six hours; a gap between them would be a morning without a letter."""
    days = [date(2026, 10, 19) + timedelta(days=n) for n in range(12)]
    start = datetime(2026, 10, 18, 3, 17, tzinfo=UTC)
    for zone in ("Pacific/Kiritimati", "Asia/Tbilisi", "Europe/Berlin", "America/Managua", "Pacific/Pago_Pago"):
        planned: set[date] = set()
        for n in range(60):
            now = start + n * rules.PLAN_EVERY
            found = rules.mornings_ahead(days, zone, now=now)
            assert all(rules.morning(day, zone) >= now or day in planned for day in found)  # in time, every one
            planned.update(found)
        assert planned == set(days)


def test_a_letter_that_is_hours_late_is_not_sent_at_noon() -> None:
    eight = rules.morning(MONDAY, "Europe/Berlin")
    assert not rules.is_too_late(MONDAY, "Europe/Berlin", now=eight + timedelta(hours=4))
    assert rules.is_too_late(MONDAY, "Europe/Berlin", now=eight + timedelta(hours=4, seconds=1))


def test_what_is_said_about_a_thread_goes_before_what_is_said_about_the_event() -> None:
    assert rules.wants_letter(Kind.REPLY, Level.EVERY, "")
    assert not rules.wants_letter(Kind.REPLY, Level.DAILY, "")
    assert rules.wants_letter(Kind.REPLY, Level.NOTHING, Level.EVERY)
    assert not rules.wants_letter(Kind.REPLY, Level.EVERY, Level.DAILY)
    assert not rules.wants_letter(Kind.THANKS, Level.EVERY, Level.EVERY)
