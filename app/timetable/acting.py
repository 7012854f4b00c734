"""What the handlers of those who plan have in common: who changes what and when, and numbers in addresses."""

from datetime import datetime
from typing import TypedDict

from app.core.pages import Visit


class Acting(TypedDict):
    event_id: int
    by: int
    now: datetime


def acting(visit: Visit) -> Acting:
    """Where, by whom and when something is changed."""
    return {"event_id": visit.here.event_id, "by": visit.me.id, "now": visit.now}


def number(visit: Visit, name: str) -> int | None:
    asked = visit.query.get(name, "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None
