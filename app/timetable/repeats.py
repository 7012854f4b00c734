"""On which days a repeating calendar entry happens (the rules of RFC 5545 that calendars write for days and longer). Pure.

Asked day by day, so that no rule, however it is written, costs more than the days between its beginning and its end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FOLLOWED = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}
OLDEST = timedelta(days=12 * 366)  # a counted series is followed for so long


@dataclass(frozen=True, slots=True)
class Repeat:
    """`by_day`: (which one of the month, 0 for every; weekday)."""

    freq: str
    first: date
    interval: int = 1
    count: int = 0
    until: date | None = None
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = field(default=())
    week_starts: int = 0

    def between(self, begins: date, ends: date) -> Iterator[date]:
        """Its days from `begins` to `ends`."""
        last = min(ends, self.until) if self.until else ends
        day, left = (self.first, self.count) if self.count else (max(begins, self.first), 0)
        if self.count and last - self.first > OLDEST:
            return
        while day <= last:
            if self.is_on(day):
                if day >= begins:
                    yield day
                left -= 1
                if self.count and left <= 0:
                    return
            day += timedelta(days=1)

    def is_on(self, day: date) -> bool:
        if day < self.first or (self.by_month and day.month not in self.by_month):
            return False
        return {"DAILY": self._daily, "WEEKLY": self._weekly, "MONTHLY": self._monthly, "YEARLY": self._yearly}[
            self.freq
        ](day)

    def _daily(self, day: date) -> bool:
        return (day - self.first).days % self.interval == 0 and self._weekday(day) and self._of_month(day)

    def _weekly(self, day: date) -> bool:
        weeks = (self._week(day) - self._week(self.first)).days // 7
        wanted = {weekday for _, weekday in self.by_day} or {self.first.weekday()}
        return weeks % self.interval == 0 and day.weekday() in wanted

    def _monthly(self, day: date) -> bool:
        months = (day.year - self.first.year) * 12 + day.month - self.first.month
        return months % self.interval == 0 and self._in_month(day)

    def _yearly(self, day: date) -> bool:
        if (day.year - self.first.year) % self.interval:
            return False
        if self.by_day or self.by_month_day:
            return self._in_month(day)
        return day.day == self.first.day and (bool(self.by_month) or day.month == self.first.month)

    def _in_month(self, day: date) -> bool:
        if not self.by_day and not self.by_month_day:
            return day.day == self.first.day
        return self._of_month(day) and self._weekday(day)

    def _of_month(self, day: date) -> bool:
        from_end = day.day - 1 - _length(day)
        return not self.by_month_day or day.day in self.by_month_day or from_end in self.by_month_day

    def _weekday(self, day: date) -> bool:
        nth, nth_from_end = (day.day - 1) // 7 + 1, -((_length(day) - day.day) // 7 + 1)
        return not self.by_day or any(
            day.weekday() == weekday and which in {0, nth, nth_from_end} for which, weekday in self.by_day
        )

    def _week(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.week_starts) % 7)


def repeat_from(rule: Mapping[str, Any], begins: datetime | date) -> Repeat | None:
    """The rule of an entry; None for one that we do not follow (by the hour, by week number, the last working day …)."""
    said = {str(name).upper(): value if isinstance(value, list) else [value] for name, value in rule.items()}
    freq = str(said.get("FREQ", [""])[0]).upper()
    if set(said) - _FOLLOWED or freq not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        return None
    by_day = [_weekday(str(each)) for each in said.get("BYDAY", [])]
    if None in by_day or (freq == "YEARLY" and any(each and each[0] for each in by_day) and "BYMONTH" not in said):
        return None
    until = said.get("UNTIL", [None])[0]
    return Repeat(
        freq=freq,
        first=begins.date() if isinstance(begins, datetime) else begins,
        interval=max(1, int(said.get("INTERVAL", [1])[0])),
        count=max(0, int(said.get("COUNT", [0])[0])),
        until=until.date() if isinstance(until, datetime) else until,
        by_day=tuple(each for each in by_day if each is not None),
        by_month_day=tuple(int(each) for each in said.get("BYMONTHDAY", [])),
        by_month=tuple(int(each) for each in said.get("BYMONTH", [])),
        week_starts=WEEKDAYS.index(str(said.get("WKST", ["MO"])[0]).upper()),
    )


def _weekday(word: str) -> tuple[int, int] | None:
    """`2MO`: the second Monday; `-1FR`: the last Friday; `TU`: every Tuesday."""
    which, name = word[:-2], word[-2:].upper()
    if name not in WEEKDAYS:
        return None
    return int(which) if which.lstrip("+-").isdecimal() else 0, WEEKDAYS.index(name)


def _length(day: date) -> int:
    following = day.replace(day=28) + timedelta(days=4)
    return (following - timedelta(days=following.day)).day
