"""On every start of the demonstration it is day 5 of 10."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.core.times import local
from app.demo import material
from app.demo.days import fortnight
from app.demo.soon import next_session

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


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 11, 27, 22, 20, tzinfo=UTC), datetime(2026, 11, 30, 10, 0, tzinfo=UTC)),  # Friday night
        (datetime(2026, 11, 28, 3, 0, tzinfo=UTC), datetime(2026, 11, 30, 10, 0, tzinfo=UTC)),  # Saturday night
        (datetime(2026, 11, 30, 5, 0, tzinfo=UTC), datetime(2026, 11, 30, 9, 0, tzinfo=UTC)),  # early on Monday
        (datetime(2026, 11, 25, 12, 0, tzinfo=UTC), datetime(2026, 11, 25, 13, 0, tzinfo=UTC)),  # Wednesday noon
        (datetime(2026, 11, 25, 8, 25, tzinfo=UTC), datetime(2026, 11, 25, 9, 30, tzinfo=UTC)),
    ],
)
def test_the_next_session_is_at_once_by_day_and_on_the_next_working_morning_at_night(
    now: datetime, begins: datetime
) -> None:
    assert next_session(fortnight(now, BERLIN)) == begins


@given(some.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=some.just(UTC)))
def test_nobody_of_the_next_session_is_asked_outside_seven_to_nine_in_the_evening(now: datetime) -> None:
    begins = next_session(fortnight(now, BERLIN))
    assert timedelta(minutes=40) <= begins - now <= timedelta(days=4)
    (told,) = [each for each in material.timetable().placed if each.soon]
    giver = next(case.giver for case in material.timetable().cases if case.key == told.case)
    zones = {each.key: each.zone for each in material.people().people}
    for person in (giver, told.moderator, *told.advisers):
        here, there = (local(at, zones[person]) for at in (begins, begins + timedelta(hours=1)))
        assert here.hour >= 7 and (there.hour, there.minute) <= (21, 0) and here.date() == there.date(), person
