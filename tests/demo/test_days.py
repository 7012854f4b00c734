"""On every start of the demonstration it is day 5 of 10."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.core.times import local
from app.demo.days import fortnight

BERLIN = "Europe/Berlin"


@given(some.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=some.just(UTC)))
def test_there_are_ten_working_days_and_the_fifth_is_today_or_the_last_friday(now: datetime) -> None:
    event = fortnight(now, BERLIN)
    today = local(now, BERLIN).date()
    assert len(event.days) == 10 and all(day.weekday() < 5 for day in event.days)
    assert event.days == tuple(sorted(set(event.days)))
    assert timedelta(0) <= today - event.date(5) <= timedelta(days=3)
    assert event.date(0) < event.date(1) and (event.date(1) - event.date(0)).days in (1, 3)


@pytest.mark.parametrize(
    ("now", "first", "fifth", "last"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=UTC), date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 27)),
        (datetime(2026, 11, 21, 9, tzinfo=UTC), date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 27)),
        (datetime(2026, 11, 22, 9, tzinfo=UTC), date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 27)),
        (datetime(2026, 11, 25, 9, tzinfo=UTC), date(2026, 11, 19), date(2026, 11, 25), date(2026, 12, 2)),
        # Sunday evening in UTC is Monday in Berlin
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), date(2026, 11, 17), date(2026, 11, 23), date(2026, 11, 30)),
    ],
)
def test_weekends_are_left_out(now: datetime, first: date, fifth: date, last: date) -> None:
    event = fortnight(now, BERLIN)
    assert (event.date(1), event.date(5), event.date(10)) == (first, fifth, last)


def test_a_day_is_that_of_the_writer_and_the_clock_that_of_the_writer() -> None:
    event = fortnight(datetime(2026, 11, 25, 9, tzinfo=UTC), BERLIN)
    assert event.instant(4, "20:05", "Asia/Tbilisi") == datetime(2026, 11, 24, 16, 5, tzinfo=UTC)


def test_at_night_posts_of_this_morning_are_already_there_and_in_order() -> None:
    event = fortnight(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), BERLIN)  # half past midnight in Berlin, day 5
    seven, eight = event.instant(5, "07:00", BERLIN), event.instant(5, "08:00", BERLIN)
    assert event.instant(4, "23:10", BERLIN) < seven < eight < event.now


@given(some.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=some.just(UTC)))
def test_soon_is_a_full_or_half_hour_between_40_and_70_minutes_away(now: datetime) -> None:
    soon = fortnight(now, BERLIN).soon()
    assert timedelta(minutes=40) <= soon - now <= timedelta(minutes=70)
    assert soon.minute in (0, 30) and (soon.second, soon.microsecond) == (0, 0)
