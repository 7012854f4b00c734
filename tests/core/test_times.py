"""Times carry their zone, in words, through every change of clocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.core import times
from app.core.errors import Invalid

JUNE = datetime(2026, 6, 9, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "lang", "words"),
    [
        ("Asia/Tbilisi", "en", "Tue 9 June, 14:00 Tbilisi (UTC+4)"),
        ("Asia/Tbilisi", "de", "Di. 9. Juni, 14:00 Tiflis (UTC+4)"),
        ("Asia/Kathmandu", "en", "Tue 9 June, 15:45 Kathmandu (UTC+5:45)"),
        ("America/Argentina/Buenos_Aires", "en", "Tue 9 June, 07:00 Buenos Aires (UTC−3)"),
        ("UTC", "en", "Tue 9 June, 10:00 UTC"),
        ("Asia/Amman", "ar", "الثلاثاء 9 يونيو، 13:00 عمّان (UTC+3)"),
    ],
)
def test_a_time_is_said_with_its_zone(zone: str, lang: str, words: str) -> None:
    assert times.in_words(JUNE, zone, lang) == words


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2026, 10, 24), "Europe/Berlin", datetime(2026, 10, 24, 6, 0, tzinfo=UTC)),
        (date(2026, 10, 26), "Europe/Berlin", datetime(2026, 10, 26, 7, 0, tzinfo=UTC)),
        (date(2020, 10, 29), "Asia/Amman", datetime(2020, 10, 29, 5, 0, tzinfo=UTC)),
        (date(2020, 10, 30), "Asia/Amman", datetime(2020, 10, 30, 6, 0, tzinfo=UTC)),
        (date(2026, 11, 2), "America/New_York", datetime(2026, 11, 2, 13, 0, tzinfo=UTC)),
    ],
)
def test_eight_in_the_morning_stays_eight_when_the_clocks_change(day: date, zone: str, instant: datetime) -> None:
    assert times.wall(day, time(8, 0), zone) == instant


def test_a_skipped_hour_is_an_instant_that_exists() -> None:
    instant = times.wall(date(2026, 3, 29), time(2, 30), "Europe/Berlin")
    assert times.local(instant, "Europe/Berlin").time() in {time(1, 30), time(3, 30)}


def test_an_unknown_zone_is_refused_at_its_field() -> None:
    with pytest.raises(Invalid) as refusal:
        times.zone("Mars/Olympus")
    assert set(refusal.value.fields) == {"zone"}


def test_now_is_aware_and_real_without_a_clock_file() -> None:
    assert abs(times.now() - datetime.now(UTC)) < timedelta(seconds=2)
    assert times.now().tzinfo is UTC
