"""Which work is done by whom: every class of Work has exactly one handler, declared where it is written.

    @handles(RingBell)
    async def ring(session: AsyncSession, work: RingBell, *, now: datetime) -> None:
        await actions.ring(session, room_id=work.room_id, now=now)

What the handler writes is stored together with «done», or not at all. Work that talks to others or takes long is done
outside a transaction: `@handles_outside(SolvePlan)`, `async def solve(work: SolvePlan, *, turn: Turn) -> None`. Work that
comes in hundreds is done by a few at once: `@handles_many(SendLetter, at_once=8)`, see there.
Every handler re-checks the world: it may run late, and it may run twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from app.core.jobs import Work

W = TypeVar("W", bound=Work)


class Again(Exception):
    """Not now: the job is tried again later, the reason stands beside it."""


@dataclass(frozen=True)
class Turn:
    """One attempt at a piece of work: `last` means that no other will follow."""

    now: datetime
    attempt: int
    last: bool


Inside = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Entry:
    work: type[Work]
    handler: Inside
    outside: bool
    at_once: int = 1


_entries: dict[str, Entry] = {}
_beginnings: list[Inside] = []


def handles(work: type[W]) -> Callable[[Inside], Inside]:
    """The handler runs in one transaction with its job: (session, work, *, now)."""
    return _registered(work, outside=False)


def handles_outside(work: type[W]) -> Callable[[Inside], Inside]:
    """The handler opens its own transactions: (work, *, turn)."""
    return _registered(work, outside=True)


def handles_many(work: type[W], *, at_once: int) -> Callable[[Inside], Inside]:
    """The handler takes up to `at_once`: ([(work, turn), …]) -> for each, why it must be tried again, or an empty string.

    It opens its own transactions. When it is interrupted it has noted what it did.
    """
    return _registered(work, outside=True, at_once=at_once)


def begins(start: Inside) -> Inside:
    """Run in one transaction whenever a worker starts: (session, *, now). For work that schedules itself ever after."""
    if start not in _beginnings:
        _beginnings.append(start)
    return start


def beginnings() -> list[Inside]:
    return list(_beginnings)


def entry(name: str) -> Entry:
    return _entries[name]


def names() -> frozenset[str]:
    """The names of all work that can be done here."""
    return frozenset(_entries)


def work_from(name: str, args: dict[str, Any]) -> Work:
    return entry(name).work(**args)


def load() -> None:
    """Import every module of this package, so that all handlers are known."""
    for module in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        import_module(f"workers.{module.stem}")


def _registered(work: type[W], *, outside: bool, at_once: int = 1) -> Callable[[Inside], Inside]:
    def register(handler: Inside) -> Inside:
        known = _entries.get(work.name)
        if known is not None and known.handler is not handler:
            raise TypeError(f"{work.name} has a handler already: {known.handler.__qualname__}")
        _entries[work.name] = Entry(work, handler, outside, at_once)
        return handler

    return register
