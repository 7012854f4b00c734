"""The demonstration's calendar: on every start it is day 5 of 10. Pure.

From Monday to Friday, day 5 is today. On Saturday and Sunday day 5 was Friday: the event stands between day 5 and day 6.
The other days are counted in working days from there; weekends are left out, as in the event itself.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.times import local, wall
from app.events.days import date_of, is_working_day, last_working_day, working_days

TODAY = 5
DAYS = 10
NOTICE = timedelta(minutes=40)
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Fortnight:
    """The ten days as they fall when the demonstration is loaded at `now`; dates are those of `zone`."""

    days: tuple[date, ...]
    now: datetime
    zone: str

    def date(self, day: int) -> date:
        """The date of working day `day`; 0 and before, 11 and after are counted on."""
        return date_of(day, self.days)

    def instant(self, day: int, at: str, zone: str) -> datetime:
        """When the clocks in `zone` show `at` ("HH:MM") on working day `day`; never later than now.

        Posts of today are from the early morning; when the demonstration is loaded still earlier, what would lie ahead
        is put into the last minutes, in the same order.
        """
        exact = self.planned(day, at, zone)
        return exact if exact < self.now else self.now - timedelta(minutes=5) + self._early(exact)

    def planned(self, day: int, at: str, zone: str) -> datetime:
        """The same, also when it lies ahead."""
        return wall(self.date(day), time.fromisoformat(at), zone)

    def soon(self) -> datetime:
        """The next half hour that is at least 40 minutes away."""
        earliest = self.now + NOTICE
        past = timedelta(minutes=earliest.minute % 30, seconds=earliest.second, microseconds=earliest.microsecond)
        return earliest if not past else earliest - past + HALF_HOUR

    def _early(self, exact: datetime) -> timedelta:
        """A day ahead shrinks to four minutes."""
        return timedelta(minutes=4) * min(1.0, (exact - self.now) / timedelta(days=1))


def fortnight(now: datetime, zone: str) -> Fortnight:
    """The ten working days around `now`."""
    fifth = local(now, zone).date()
    while not is_working_day(fifth):
        fifth -= timedelta(days=1)
    first = date_of(2 - TODAY, [fifth])
    return Fortnight(tuple(working_days(first, last_working_day(first, DAYS))), now, zone)
