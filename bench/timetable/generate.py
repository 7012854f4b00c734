"""Seeded instances for the timetable: people in correlated time zones, cases, moderators, slots over two weeks.

S: 120 people, 40 cases, 10 moderators, 60 slots. M: 250/80/20. L: 500/150/30. Availability about `density`, decided
by the hour where a person lives and by whole days that do not suit. Who meets whom costs nothing here, so that the scores
of one year compare with those of another.
"""

from datetime import UTC, datetime, timedelta
from random import Random

from app.matching.hours import ASLEEP, burden
from app.matching.problem import Case, Moderator, Person, Problem, Slot, Weights

SIZES = {"S": (120, 40, 10), "M": (250, 80, 20), "L": (500, 150, 30)}
ZONES = (
    "America/Managua", "America/Argentina/Buenos_Aires", "Africa/Ouagadougou", "Europe/Berlin", "Europe/Belgrade",
    "Europe/Tirane", "Europe/Chisinau", "Europe/Kyiv", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Kathmandu", "Asia/Ulaanbaatar",
)  # fmt: skip
LANGUAGES = ("en", "fr", "es", "ru")


def instance(size: str, *, density: float = 0.4, seed: int = 1) -> Problem:
    rng = Random(f"{size}-{density}-{seed}")
    people, cases, moderators = SIZES[size]
    slots = _slots()
    crowd = [_person(rng, number, slots, density) for number in range(people + moderators)]
    return Problem(
        people=tuple(crowd),
        cases=tuple(_case(rng, number, crowd[:people]) for number in range(cases)),
        moderators=tuple(
            Moderator(person=person.id, languages=person.languages | {"en"}, most=8) for person in crowd[people:]
        ),
        slots=slots,
        weights=Weights(again=0),
    )


def _slots() -> tuple[Slot, ...]:
    """Six a day on ten working days, 05:00 to 20:00 UTC every three hours."""
    first = datetime(2026, 10, 19, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(12) if day % 7 < 5]
    starts = [day + timedelta(hours=hour) for day in days for hour in (5, 8, 11, 14, 17, 20)]
    return tuple(Slot(id=f"{start:%Y%m%dT%H%MZ}", start=start, minutes=90, rooms=8) for start in starts)


def _person(rng: Random, number: int, slots: tuple[Slot, ...], density: float) -> Person:
    zone = rng.choice(ZONES)
    awake = [slot for slot in slots if burden(slot.start, slot.minutes, zone) < ASLEEP]
    busy_days = {slot.start.date() for slot in slots if rng.random() < 0.04}
    chance = min(1.0, density * len(slots) / max(1, len(awake)))
    free = {slot.id for slot in awake if rng.random() < chance and slot.start.date() not in busy_days}
    maybe = {slot for slot in sorted(free) if rng.random() < 0.1}
    spoken = {"en"} if rng.random() < 0.8 else set()
    return Person(
        id=number + 1,
        city=f"{zone.split('/')[-1]} {rng.randint(1, 3)}",
        zone=zone,
        languages=frozenset(spoken | {rng.choice(LANGUAGES)}),
        wishes=frozenset(f"topic {at}" for at in rng.sample(range(12), 3)),
        impossible=frozenset(slot.id for slot in slots if slot.id not in free),
        if_need_be=frozenset(maybe),
    )


def _case(rng: Random, number: int, crowd: list[Person]) -> Case:
    giver = crowd[number * len(crowd) // 160 if len(crowd) > 160 else number]
    topic = f"topic {rng.randrange(12)}"
    return Case(
        id=number + 1, giver=giver.id, city=giver.city, language=min(giver.languages), topic=topic, least=5, most=7
    )
