"""Announcements wait in an outbox until somebody who may lets them go. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Forbidden, Refused
from app.core.words import N_
from app.events.rules import Role

RELEASERS = frozenset({Role.MANAGER, Role.LEAD_MODERATOR})
LONGEST = 8000
PAGE = 20
MOST_WAITING = 50


class State(StrEnum):
    WAITING = "waiting"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Whom(StrEnum):
    ALL = "all"
    STAFF = "staff"

    @property
    def words(self) -> str:
        return _WHOM[self]


_WHOM = {Whom.ALL: N_("Everybody in the event"), Whom.STAFF: N_("Those who run the event")}


@dataclass(frozen=True)
class Version:
    """An announcement in one language."""

    lang: str
    title: str
    text: str


def may_release(roles: Collection[str]) -> bool:
    return bool(RELEASERS & set(roles))


def check_change(state: str) -> None:
    if state == State.RELEASED:
        raise Refused(N_("This announcement has left already. Write another one that puts it right."))
    if state == State.WITHDRAWN:
        raise Refused(N_("This announcement was withdrawn. Write a new one."))


def check_release(state: str, roles: Collection[str]) -> bool:
    """Does it leave now? A second click changes nothing."""
    if not may_release(roles):
        raise Forbidden(N_("The event manager or the lead moderator lets announcements go."))
    if state == State.WITHDRAWN:
        raise Refused(N_("This announcement was withdrawn. Write a new one."))
    return state == State.WAITING


def check_withdraw(state: str, roles: Collection[str], *, own: bool) -> bool:
    if not own and not may_release(roles):
        raise Forbidden(N_("Whoever wrote it, the event manager or the lead moderator can withdraw it."))
    if state == State.RELEASED:
        raise Refused(N_("This announcement has left already. Write another one that puts it right."))
    return state == State.WAITING
