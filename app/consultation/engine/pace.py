"""The days of a consultation in writing: when a step that opens now is to close. Pure."""

from datetime import date, datetime, time, timedelta

from app.consultation.engine.state import Pace
from app.core import times
from app.events.days import is_working_day

SHORTEST = timedelta(
    hours=21
)  # a step that opens in the afternoon has the next day, too; a late worker costs nobody a day


def opening(pace: Pace, *, day: date) -> datetime:
    """The instant at which a step may open on `day`."""
    return times.wall(day, time.fromisoformat(pace.opens), pace.zone)


def next_opening(pace: Pace, *, after: datetime) -> datetime:
    """The first opening hour of a working day at or after this instant."""
    day = times.local(after, pace.zone).date()
    while not is_working_day(day, off=pace.off) or opening(pace, day=day) < after:
        day += timedelta(days=1)
    return opening(pace, day=day)


def deadline(pace: Pace, *, now: datetime, days: int) -> datetime:
    """When a step of so many working days closes that opens now."""
    ends = next_opening(pace, after=now + SHORTEST)
    for _ in range(days - 1):
        ends = one_day_later(pace, ends)
    return ends


def one_day_later(pace: Pace, ends: datetime) -> datetime:
    return next_opening(pace, after=ends + timedelta(minutes=1))


def openings(pace: Pace, *, first: datetime, days: tuple[int, ...]) -> list[datetime]:
    """When each of the steps opens if all goes to plan, and at the end when the last one closes."""
    found = [first]
    for each in days:
        found.append(deadline(pace, now=found[-1], days=each))
    return found
