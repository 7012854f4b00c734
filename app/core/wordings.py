"""Two people change the same words: a form names those that were before its sender's eyes, and the later one is told."""

import hashlib
import json

from app.core.errors import Refused
from app.core.words import N_


def seal(words: object) -> str:
    """A short name of exactly these words, whatever JSON can say of them (dates as they are written)."""
    return hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).hexdigest()[:16]


def check_seen(seen: str | int | None, now: str | int) -> None:
    """`seen`: a seal, or how often the words had changed; another one than `now` means that somebody was faster.

    A form that names nothing is not asked.
    """
    if seen not in {None, ""} and seen != now:
        raise Refused(N_("This was changed meanwhile. Your text is still here: compare, then send it again."))
