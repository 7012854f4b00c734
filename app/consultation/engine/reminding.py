"""When somebody is told of a written step they have not read: awake, and early enough to write before it closes. Pure."""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from app.consultation.engine import clock
from app.consultation.engine.room import Room
from app.core import times
from app.events.days import is_working_day

MORNING, EVENING = time(7), time(21)  # between them people read what comes
LEAST = timedelta(hours=1)  # before the close: later it is no help


def reminder(
    *, opened: datetime, closes: datetime, wanted: timedelta, zone: str, off: Collection[str] = ()
) -> datetime | None:
    """`wanted` after the opening, or when they are awake next; where that comes too late, the evening before.

    None if no hour of a working day on their clocks lies between the opening and an hour before the close.
    """
    last = closes - LEAST
    at = opened + wanted
    later = _awake_from(at, zone, off=off, until=last)
    if later is not None:
        return later
    return _awake_before(min(at, last), zone, off=off, since=opened)


def of_step(room: Room, *, zone: str, now: datetime) -> datetime | None:
    """When whoever lives there is reminded of the step that is open, if they have not read it."""
    days, box = room.state.pace, room.state.clock
    closes = clock.ends_at(box, now=now) if box is not None else None
    if days is None or box is None or closes is None or not room.running or not room.written:
        return None
    wanted = timedelta(hours=room.method.steps.reminds)
    return reminder(opened=box.started, closes=closes, wanted=wanted, zone=zone or days.zone, off=days.off)


def _awake_from(at: datetime, zone: str, *, off: Collection[str], until: datetime) -> datetime | None:
    day = times.local(at, zone).date()
    while (begins := times.wall(day, MORNING, zone)) <= until:
        found = max(at, begins)
        if is_working_day(day, off=off) and found <= min(until, times.wall(day, EVENING, zone)):
            return found
        day += timedelta(days=1)
    return None


def _awake_before(at: datetime, zone: str, *, off: Collection[str], since: datetime) -> datetime | None:
    day = times.local(at, zone).date()
    while (ends := times.wall(day, EVENING, zone)) > since:
        found = min(at, ends)
        if is_working_day(day, off=off) and found >= times.wall(day, MORNING, zone) and found > since:
            return found
        day -= timedelta(days=1)
    return None
