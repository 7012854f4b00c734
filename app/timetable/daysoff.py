"""Holidays and weekends of a person's country, from the library `holidays` (its tables lie in the package). Pure.

National days only: where a region has more, the person marks them. Islamic days that depend on the moon are estimated, and
the name says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


@dataclass(frozen=True, slots=True)
class DayOff:
    """`name`: of the holiday, "" for a weekend; `lang`: the language the name is in."""

    name: str = ""
    lang: str = "en"


def days_off(country: str, days: Iterable[date], lang: str) -> dict[date, DayOff]:
    """The days of these on which people in `country` (ISO code) do not work; nothing for a country nobody knows."""
    asked = list(days)
    found: dict[date, DayOff] = {}
    for year in {day.year for day in asked}:
        known = _of(country, year, lang)
        if known is None:
            continue
        calendar, spoken = known
        for day in asked:
            if day.year == year and (name := calendar.get(day)):
                found[day] = DayOff(name, spoken)
            elif day.year == year and day.weekday() in calendar.weekend:
                found[day] = DayOff()
    return found


def in_countries(countries: Iterable[str], days: Iterable[date], lang: str) -> dict[date, dict[str, DayOff]]:
    """Day → country → why people do not work there; days on which everybody works are not in it."""
    asked, found = list(days), dict[date, dict[str, DayOff]]()
    for country in sorted(set(countries)):
        for day, why in days_off(country, asked, lang).items():
            found.setdefault(day, {})[country] = why
    return dict(sorted(found.items()))


@lru_cache(maxsize=400)
def _of(country: str, year: int, lang: str) -> "tuple[HolidayBase, str] | None":
    """The country's year and the language of its names: the reader's, else English, else whatever it has."""
    from holidays import country_holidays  # noqa: PLC0415 - a fifth of a second, which a start does not pay for

    try:
        calendar = country_holidays(country, years=year, expand=False)
    except NotImplementedError:
        return None
    names = calendar.supported_languages
    spoken = next((name for name in names if name.split("_")[0] == lang), "en_US" if "en_US" in names else None)
    if spoken:
        calendar = country_holidays(country, years=year, language=spoken, expand=False)
    return calendar, (spoken or calendar.default_language or "en").split("_")[0]
