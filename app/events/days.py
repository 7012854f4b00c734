"""Working days: which day of an event a date is, and on which date a day of the programme falls. Pure."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

WEEKEND = (5, 6)  # Saturday and Sunday, as date.weekday() counts


def is_working_day(day: date, *, off: Collection[str] = ()) -> bool:
    return day.weekday() not in WEEKEND and day.isoformat() not in off


def working_days(first: date, last: date, *, off: Collection[str] = ()) -> list[date]:
    """All working days from `first` to `last`, both included."""
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in span if is_working_day(day, off=off)]


def last_working_day(first: date, count: int, *, off: Collection[str] = ()) -> date:
    """The date on which the `count`-th working day falls, counted from `first` on."""
    day, left = first, count
    while True:
        left -= is_working_day(day, off=off)
        if left <= 0:
            return day
        day += timedelta(days=1)


def date_of(number: int, days: Sequence[date]) -> date:
    """The date of working day `number` (1 is the first). Day 0 and before, and days past the end, are counted on."""
    if 1 <= number <= len(days):
        return days[number - 1]
    step = 1 if number > len(days) else -1
    day = days[-1] if step > 0 else days[0]
    for _ in range(number - len(days) if step > 0 else 1 - number):
        day += timedelta(days=step)
        while not is_working_day(day):
            day += timedelta(days=step)
    return day


def number_of(day: date, days: Sequence[date]) -> int:
    """Which working day it is: 0 before the first; on a weekend and after the end the one that came last."""
    return sum(each <= day for each in days)
