"""Time: one clock that every process obeys, and zones in words.

The clock can be moved for tests and demonstrations: the file named by CLOCK holds an offset in seconds, and every
process that was started with it reads the same file. Without CLOCK it is the real time.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.dates import format_date, get_timezone_location

from app.core import i18n
from app.core.errors import Invalid
from app.core.words import N_

_shift_file: Path | None = Path(os.environ["CLOCK"]) if os.environ.get("CLOCK") else None


def now() -> datetime:
    """This instant, aware, in UTC."""
    instant = datetime.now(UTC)
    return instant if _shift_file is None else instant + timedelta(seconds=_shift())


def _shift() -> float:
    assert _shift_file is not None
    try:
        return float(_shift_file.read_text() or 0)
    except (FileNotFoundError, ValueError):
        return 0.0


@cache
def zone_names() -> frozenset[str]:
    """Every IANA name this machine knows that a person may live in."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


@cache
def zone(name: str) -> ZoneInfo:
    """The zone called `name`; raises Invalid(zone=…) for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid({"zone": N_("We do not know this time zone. Choose one from the list.")}) from None


def local(instant: datetime, zone_name: str) -> datetime:
    return instant.astimezone(zone(zone_name))


def wall(day: date, at: time, zone_name: str) -> datetime:
    """The instant (UTC) at which the clocks in `zone_name` show `at` on `day`.

    An hour that happens twice means the first; one that is skipped means the instant the clock jumps past it.
    """
    return datetime.combine(day, at, tzinfo=zone(zone_name)).astimezone(UTC)


def offset_in_words(instant: datetime, zone_name: str) -> str:
    """`UTC+4`, `UTC−3`, `UTC+5:45`, `UTC`."""
    minutes = int((local(instant, zone_name).utcoffset() or timedelta()).total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


def in_words(instant: datetime, zone_name: str, lang: str) -> str:
    """`Tue 9 June, 14:00 Tbilisi (UTC+4)`: a time never stands without its zone."""
    return f"{day_and_hour(instant, zone_name, lang)} {zone_in_words(instant, zone_name, lang)}"


def day_and_hour(instant: datetime, zone_name: str, lang: str) -> str:
    """`Tue 9 June, 14:00`; only beside zone_in_words()."""
    there = local(instant, zone_name)
    return f"{day_in_words(there.date(), lang)}{i18n.comma(lang)}{there:%H:%M}"


def hour(instant: datetime, zone_name: str) -> str:
    return f"{local(instant, zone_name):%H:%M}"


@lru_cache(maxsize=4096)
def day_in_words(day: date, lang: str, *, year: bool = False) -> str:
    pattern = _DAY.get(lang, _DAY["en"]) + (" y" if year else "")
    return str(format_date(day, pattern, locale=lang))


def zone_in_words(instant: datetime, zone_name: str, lang: str) -> str:
    """`Tbilisi (UTC+4)`; for UTC itself just `UTC`."""
    words = offset_in_words(instant, zone_name)
    return "UTC" if zone_name == "UTC" else f"{city(zone_name, lang)} ({words})"


@cache
def city(zone_name: str, lang: str) -> str:
    """The city that stands for a zone, in the reader's language: `Asia/Tbilisi` → `Tiflis` for a German."""
    return str(get_timezone_location(zone_name, locale=lang, return_city=True)).rsplit("/", 1)[-1]


_DAY = {"en": "EEE d MMMM", "de": "EEE d. MMMM", "es": "EEE d 'de' MMMM", "pt": "EEE d 'de' MMMM"}


def for_json(value: object) -> str:
    """For `json.dumps(…, default=for_json)`: instants and days as ISO 8601; raises TypeError for everything else."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError(type(value))
