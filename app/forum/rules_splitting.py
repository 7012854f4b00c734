"""When posts may begin a thread of their own, and when that may be taken back. Pure."""

from datetime import datetime

from app.core.errors import Invalid, Refused
from app.core.words import N_
from app.forum.rules import UNDO

MOST = 200
"""So many posts of a thread are offered at once to begin a new one."""


def check_split(*, chosen: int, found: int) -> None:
    if not chosen:
        raise Invalid({"post": N_("Please choose the posts that go into the new thread.")})
    if found != chosen:
        raise Refused(N_("Some of these posts are not in this thread any more. Please look again."))


def check_undo(started_at: datetime, *, over: bool, moved: bool, now: datetime) -> None:
    """`over`: posts of the new thread stand in others by now; `moved`: it has other readers than the old one."""
    if over or moved or now - started_at > UNDO:
        raise Refused(N_("This cannot be taken back any more. You can merge the two threads."))


def pages(last_position: int) -> int:
    return max(0, last_position - 1) // MOST + 1
