"""Office hours: their slots, and who may have which. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.errors import Invalid, Refused
from app.core.times import wall
from app.core.words import N_

MOST_SLOTS = 48


@dataclass(frozen=True, slots=True)
class Engagement:
    """Something a person has a part in."""

    title: str
    starts_at: datetime
    minutes: int


def slots_between(
    *, day: date, begins: time, ends: time, zone: str, minutes: int, first: date, last: date, now: datetime
) -> tuple[datetime, int]:
    """When the first talk begins and how many there are; refuses what holds none, too many, or lies elsewhere."""
    if not first <= day <= last:
        raise Invalid({"day": N_("This day is outside the event. Choose one of its days.")})
    starts_at = wall(day, begins, zone)
    if starts_at <= now:
        raise Invalid({"begins": N_("This time is over. Choose a later one.")})
    count = int((wall(day, ends, zone) - starts_at).total_seconds()) // (minutes * 60)
    if not 1 <= count <= MOST_SLOTS:
        raise Invalid({"ends": N_("Between 1 and {most} talks must fit in. Choose another end.")}, most=MOST_SLOTS)
    return starts_at, count


def slots_of(starts_at: datetime, *, minutes: int, slots: int) -> list[datetime]:
    return [starts_at + timedelta(minutes=minutes * number) for number in range(slots)]


def free(slots: Iterable[datetime], taken: Collection[datetime | None], *, now: datetime) -> list[datetime]:
    """What can still be booked."""
    return [slot for slot in slots if slot > now and slot not in taken]


def clash(busy: Iterable[Engagement], starts_at: datetime, minutes: int) -> Engagement | None:
    """What the person does at that time, if anything."""
    ends = starts_at + timedelta(minutes=minutes)
    return next(
        (
            each
            for each in busy
            if each.starts_at < ends and starts_at < each.starts_at + timedelta(minutes=each.minutes)
        ),
        None,
    )


def check_idle(busy: Iterable[Engagement], starts_at: datetime, minutes: int) -> None:
    found = clash(busy, starts_at, minutes)
    if found is not None:
        raise Refused(N_("At that time you are in “{title}”. Choose another one."), title=found.title)


def check_wish(slot: str, *, open_slots: Collection[str], held: int, most: int, over: bool) -> None:
    """`slot`: an empty one is the waiting list; `held`: slots the person has or waits for; `over`: the last has begun."""
    if held >= most:
        raise Refused(N_("You have as many slots here as one person may have. Give one back first."))
    if over:
        raise Refused(N_("This time is over. Choose a later one."))
    if not slot and open_slots:
        raise Refused(N_("There is a free slot again. Please book it."))
    if slot and slot not in open_slots:
        raise Refused(N_("This slot is no longer free. Choose another one, or wait for one."))
