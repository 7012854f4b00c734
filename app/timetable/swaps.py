"""Exchanging seats with consent: the states of a request, and when it may be made. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import Refused
from app.core.words import N_

NEAR = timedelta(hours=2)  # what begins so soon is not exchanged any more
TOO_SOON = N_("One of these sessions begins too soon to exchange seats.")
MOST_OPEN = 3  # requests one person may have waiting


class SwapState(StrEnum):
    """GONE: the time has come near, the plan has changed, or one of the two has left."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    GONE = "gone"


def until(one: datetime, other: datetime) -> datetime:
    """The instant from which two sessions are too near to exchange seats."""
    return min(one, other) - NEAR


def is_near(one: datetime, other: datetime, *, now: datetime) -> bool:
    return now >= until(one, other)


def check_more(open_requests: int) -> None:
    if open_requests >= MOST_OPEN:
        raise Refused(N_("You have {most} requests waiting. Take one back, or wait for an answer."), most=MOST_OPEN)
