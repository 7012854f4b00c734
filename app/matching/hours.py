"""How inconvenient an hour is where a person lives."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ASLEEP = 10
_STEPS = ((9, 17, 0), (8, 18, 1), (7, 20, 2), (6, 22, 4))


def burden(start: datetime, minutes: int, zone: str) -> int:
    """0 in office hours, 1, 2 or 4 early and late, ASLEEP if any part lies between 22 and 6 on the clocks of `zone`."""
    begins = start.astimezone(ZoneInfo(zone))
    ends = (start + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    first = begins.hour * 60 + begins.minute
    last = ends.hour * 60 + ends.minute + (24 * 60 if ends.date() > begins.date() else 0)
    return next((cost for early, late, cost in _STEPS if early * 60 <= first and last <= late * 60), ASLEEP)
