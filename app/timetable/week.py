"""The week grid on which a person paints what is impossible. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date, format_interval

from app.matching.problem import Slot
from app.timetable.problem import Can, hours_touched


def by_week(days: Sequence[date]) -> list[list[date]]:
    weeks: dict[date, list[date]] = {}
    for day in days:
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(day)
    return [weeks[monday] for monday in sorted(weeks)]


def week_in_words(days: Sequence[date], lang: str) -> str:
    """`19–23 Oct`, `19.–23. Okt.`: the days of a week, as short as the language can say it."""
    return str(format_interval(days[0], days[-1], "MMMd", locale="en_GB" if lang == "en" else lang))


def day_in_short(day: date, lang: str) -> tuple[str, int]:
    """`Mon` and 19, for two lines of a narrow column; the month stands above the grid."""
    name = str(format_date(day, "ccc", locale=lang)).rstrip(".")
    return name.removeprefix(
        "ال"
    ) if lang == "ar" else name, day.day  # Arabic has no shorter one than without its article


def hours_asked(slots: Iterable[Slot], zone: str) -> set[str]:
    """The hours on the clocks of `zone` in which sessions may lie: they matter most, so the page marks them."""
    return {key for slot in slots for key in hours_touched(slot.start, slot.minutes, zone)}


def marks_shown(typed: Mapping[str, Any], saved: Mapping[str, str] | None) -> dict[str, str]:
    """What the grid shows: what was just typed if the form came back, otherwise what is saved."""
    if not typed:
        return dict(saved or {})
    return dict.fromkeys(_many(typed.get("if_need_be")), Can.IF_NEED_BE.value) | dict.fromkeys(
        _many(typed.get("impossible")), Can.IMPOSSIBLE.value
    )


def _many(value: Any) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else list(value)
