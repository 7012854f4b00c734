"""Passwords: argon2 in threads, two at once at most (each takes 64 MB and a tenth of a second)."""

from functools import cache
from pathlib import Path

import anyio
import anyio.to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_hasher = PasswordHash((Argon2Hasher(),))
_turns: list[anyio.CapacityLimiter] = []


async def hashed(password: str) -> str:
    return await anyio.to_thread.run_sync(_hasher.hash, password, limiter=_turn())


async def matches(password: str, stored: str) -> bool:
    """Does it match? Takes as long when there is nothing to compare with (`stored` is "")."""
    right = await anyio.to_thread.run_sync(_hasher.verify, password, stored or _nobodys(), limiter=_turn())
    return right and bool(stored)


@cache
def breached() -> frozenset[str]:
    """The most common passwords of our length and more, as found in published breaches."""
    return frozenset(Path(__file__).with_name("breached.txt").read_text("utf-8").split())


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def _turn() -> anyio.CapacityLimiter:
    if not _turns:
        _turns.append(anyio.CapacityLimiter(2))
    return _turns[0]
