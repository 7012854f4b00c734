"""Doors: who may use a route. Every route names one; without one there is no route.

A door looks at the visit, may find out more (the event, the roles) and lets through or raises. Doors that know events
are in `events/doors.py`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.core.errors import Forbidden, Refused
from app.core.words import N_


class SignInFirst(Refused):
    """Nobody is signed in, and this door is for people we know."""

    status = 401

    def __init__(self) -> None:
        super().__init__(N_("Please sign in first. What you typed is kept."))


@dataclass(frozen=True)
class Door:
    """`name` is for the table of rights; `opens` raises a Refused or returns."""

    name: str
    opens: Callable[[Any], Awaitable[None]]


async def _anyone(visit: Any) -> None:
    return None


async def _signed_in(visit: Any) -> None:
    if visit.person is None:
        raise SignInFirst


async def _admin(visit: Any) -> None:
    await _signed_in(visit)
    if not visit.person.admin:
        raise Forbidden(N_("This page is for the people who run this installation."))


anyone = Door("anyone", _anyone)
reader = Door("reader", _anyone)  # the thing's own audience decides; strangers are asked to sign in first
signed_in = Door("signed_in", _signed_in)
admin = Door("admin", _admin)
