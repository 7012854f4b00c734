"""Newsletters: an address is written to only after its owner has said so in a letter of ours, too. Pure."""

from datetime import datetime, timedelta

from app.core.errors import Refused
from app.core.words import N_
from app.notices.rules_announcing import State

CONFIRM_WITHIN = timedelta(days=7)
BATCH = 200
"""So many letters of an issue are written in one transaction."""
PAGE = 20


def is_fresh(asked_at: datetime, *, now: datetime) -> bool:
    """Does the link in the letter still work?"""
    return now - asked_at <= CONFIRM_WITHIN


def wants_letter(confirmed_at: datetime | None, returned_at: datetime | None) -> bool:
    """Is a letter with a link due for whoever asks for the newsletter? Not for an address that gets it already."""
    return confirmed_at is None or returned_at is not None


def check_release(state: str) -> bool:
    """Does it leave now? A second click changes nothing."""
    if state == State.WITHDRAWN:
        raise Refused(N_("This issue was withdrawn. Write a new one."))
    return state == State.WAITING


def check_change(state: str) -> None:
    if state != State.WAITING:
        raise Refused(N_("This issue has left or was withdrawn; it stays as it is."))
