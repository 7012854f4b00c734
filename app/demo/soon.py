"""When the next live session of the demonstration is: as soon as may be, at an hour at which everybody in it can.

In the evening, at night and early in the morning it is the next working morning instead: nobody sits at three o'clock
because somebody looked at the demonstration before going to bed. Pure.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache

from app.core.times import local
from app.demo import material
from app.demo.days import HALF_HOUR, Fortnight
from app.demo.rooms import Placed, hours
from app.events.days import is_working_day

LENGTH = timedelta(minutes=60)
FIRST, LAST = 7, 21  # it begins and ends between these hours where people live
MORNING, EVENING = 8, 18  # in the event's zone: what is looked at when it cannot be at once


def next_session(when: Fortnight) -> datetime:
    """The next half hour that is at least 40 minutes away, or the first one on a working day at which all can."""
    (told,) = [each for each in material.timetable().placed if each.soon]
    ways = (start for start in _starts(when) if _all_can(when, told, start))
    return next(ways)


def _starts(when: Fortnight) -> Iterator[datetime]:
    soon = when.soon()
    yield soon
    for number in range(1, 14 * 48):
        start = soon + number * HALF_HOUR
        there = local(start, when.zone)
        if is_working_day(there.date()) and MORNING <= there.hour < EVENING:
            yield start


def _all_can(when: Fortnight, told: Placed, start: datetime) -> bool:
    cases = {case.key: case.giver for case in material.timetable().cases}
    people = {cases[told.case], told.moderator, *told.advisers}
    busy = [
        each
        for each in (*material.timetable().placed, *material.timetable().what_if.placed)
        if not each.soon and people & {cases[each.case], each.moderator, *each.advisers}
    ]
    return all(_can(when, person, start) for person in people) and not any(
        abs(when.planned(each.day, each.at, when.zone) - start) < LENGTH for each in busy
    )


def _can(when: Fortnight, person: str, start: datetime) -> bool:
    begins, ends = (local(instant, _zones()[person]) for instant in (start, start + LENGTH))
    last = local(start + LENGTH - timedelta(minutes=1), _zones()[person])
    by_day = begins.date() == last.date() and begins.hour >= FIRST and (ends.hour, ends.minute) <= (LAST, 0)
    return by_day and not {begins.hour, last.hour} & _cannot(person, _number(when, begins.date()))


def _cannot(person: str, day: int) -> set[int]:
    said = material.timetable().availability.get(person)
    return set(hours(f"{said.every} {said.impossible.get(day, '')}")) if said and day else set()


def _number(when: Fortnight, day: date) -> int:
    """The number of a day of the event; 0 for every other, of which nobody said anything."""
    return when.days.index(day) + 1 if day in when.days else 0


@cache
def _zones() -> dict[str, str]:
    return {person.key: person.zone for person in material.people().people}
