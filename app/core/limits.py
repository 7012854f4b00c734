"""How often somebody may do something: counted in Redis for all processes, in this one while Redis is away.

Count by person where there is one: a hundred people may share one municipal address.
"""

import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from app.core import live
from app.core.errors import TooMany
from app.core.words import N_

_here = MovingWindowRateLimiter(MemoryStorage())
_together: tuple[object, MovingWindowRateLimiter] | None = None


async def check(what: str, who: str, allowed: str) -> None:
    """Count one `what` ("sign-in letter") by `who` (a person's id, an address); `allowed` is like "5/hour".

    Raises TooMany with the seconds to wait when it is one too often.
    """
    rate = parse(allowed)
    try:
        limiter = _limiter()
        if not await limiter.hit(rate, what, who):
            await _refuse(limiter, rate, what, who)
    except (StorageError, OSError):
        if not await _here.hit(rate, what, who):
            await _refuse(_here, rate, what, who)


async def _refuse(limiter: MovingWindowRateLimiter, rate: RateLimitItem, what: str, who: str) -> None:
    again_at = (await limiter.get_window_stats(rate, what, who)).reset_time
    seconds = max(int(again_at - time.time()) + 1, 1)
    raise TooMany(
        N_("That was too often in a short time. Please try again in {minutes} minutes."),
        seconds=seconds, minutes=-(-seconds // 60),
    )  # fmt: skip


def _limiter() -> MovingWindowRateLimiter:
    """The limiter on the connection there is now; without one, this process counts alone."""
    global _together
    if not live.connected():
        return _here
    pool = live.redis().connection_pool
    if _together is None or _together[0] is not pool:
        storage = RedisStorage("redis://", implementation="redispy", wrap_exceptions=True, connection_pool=pool)
        _together = (pool, MovingWindowRateLimiter(storage))
    return _together[1]
