"""The board of one week: hours in the coordinator's zone downwards, cities and days across. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from app.core.times import city, local, offset_in_words, wall
from app.matching.hours import ASLEEP, burden
from app.timetable.problem import Attendant, Can, hour_key, hours_touched

DAY_HOURS = (7, 22)
_SHARES = (35, 50, 65, 75)  # per cent of all from which the next tint begins


@dataclass(frozen=True, slots=True)
class Strip:
    """A city that stands for everybody in its zone."""

    name: str
    offset: str
    zone: str


@dataclass(frozen=True, slots=True)
class LocalHour:
    hour: str
    state: str  # day | edge | night


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of one day: how many can, in figure and tint. `start` is its instant; `open`: a window is open then."""

    start: datetime
    can: int
    heat: int
    open: bool = False


@dataclass(frozen=True, slots=True)
class HourRow:
    hour: int
    there: tuple[LocalHour, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Board:
    zone: str
    offset: str  # of our own clocks on the first day
    days: tuple[date, ...]
    cities: tuple[Strip, ...]
    rows: tuple[HourRow, ...]
    people: int
    steps: tuple[int, ...]  # from how many people each tint begins
    clock_changes: tuple[str, ...]  # cities whose clocks change against ours within these days

    @property
    def tints(self) -> list[tuple[int, int]]:
        """(from how many people, tint) for the legend: with few people several tints begin at once, the last is seen."""
        return [(step, heat) for heat, step in enumerate(self.steps, 1) if step not in self.steps[heat:]]


def board(
    attendants: Sequence[Attendant], *, days: Sequence[date], zone: str, lang: str, night: bool = False,
    opened: Collection[str] = (),
) -> Board:  # fmt: skip
    """`days` are one week's days on the clocks of `zone`; `night` shows all 24 hours; `opened`: hour keys in windows."""
    hours = range(24) if night else range(*DAY_HOURS)
    starts = {(day, hour): wall(day, time(hour), zone) for day in days for hour in hours}
    strips = _strips(attendants, at=starts[days[0], hours[0]], lang=lang) if days else ()
    steps = tuple(-(-len(attendants) * share // 100) for share in _SHARES)
    able = _able(attendants, sorted(set(starts.values())))
    rows = [
        HourRow(
            hour=hour,
            there=tuple(_there(starts[days[0], hour], strip.zone) for strip in strips),
            cells=tuple(_cell(starts[day, hour], able, steps, hour_key(day, hour) in opened) for day in days),
        )
        for hour in hours
    ]
    return Board(
        zone=zone, offset=offset_in_words(starts[days[0], hours[0]], zone) if days else "",
        days=tuple(days), cities=strips, rows=tuple(rows) if days else (), people=len(attendants),
        steps=steps, clock_changes=tuple(strip.name for strip in strips if _changes(strip.zone, zone, days)),
    )  # fmt: skip


def _strips(attendants: Sequence[Attendant], *, at: datetime, lang: str) -> tuple[Strip, ...]:
    """One city for each local hour that occurs, west to east: the one most people live in."""
    zones: dict[timedelta, Counter[tuple[str, str]]] = {}
    for attendant in attendants:
        offset = local(at, attendant.zone).utcoffset() or timedelta()
        zones.setdefault(offset, Counter())[attendant.city or city(attendant.zone, lang), attendant.zone] += 1
    found = []
    for offset in sorted(zones):
        name, zone = min(zones[offset], key=lambda place: (-zones[offset][place], place))
        found.append(Strip(name=name, offset=offset_in_words(at, zone).removeprefix("UTC") or "0", zone=zone))
    return tuple(found)


def _there(start: datetime, zone: str) -> LocalHour:
    cost = burden(start, 60, zone)
    state = "night" if cost >= ASLEEP else "edge" if cost >= 2 else "day"
    there = local(start, zone)
    return LocalHour(hour=f"{there:%H}" if there.minute == 0 else f"{there:%H:%M}", state=state)


def _able(attendants: Sequence[Attendant], starts: Sequence[datetime]) -> Counter[datetime]:
    touched, trouble = cache(hours_touched), cache(burden)
    able: Counter[datetime] = Counter()
    for attendant in attendants:
        marked = {hour for hour, said in attendant.marks.items() if said == Can.IMPOSSIBLE}
        for start in starts:
            keys = touched(start, 60, attendant.marks_zone or attendant.zone)
            if trouble(start, 60, attendant.zone) < ASLEEP and marked.isdisjoint(keys):
                able[start] += 1
    return able


def _cell(start: datetime, able: Counter[datetime], steps: tuple[int, ...], is_open: bool) -> Cell:
    heat = sum(1 for step in steps if able[start] >= step and able[start])
    return Cell(start=start, can=able[start], heat=heat, open=is_open)


def _changes(zone: str, mine: str, days: Sequence[date]) -> bool:
    apart = {
        (local(noon, zone).utcoffset() or timedelta()) - (local(noon, mine).utcoffset() or timedelta())
        for noon in (wall(day, time(12), mine) for day in days)
    }
    return len(apart) > 1
