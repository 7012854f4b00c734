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


TOO_OFTEN = N_("That was too often in a short time. Please try again in {minutes} minutes.")


async def check(what: str, who: str, allowed: str, *, sentence: str = TOO_OFTEN) -> None:
    """Count one `what` ("sign-in letter") by `who` (a person's id, an address); `allowed` is like "5/hour".

    Raises TooMany with the seconds to wait when it is one too often; `sentence` may hold {minutes}.
    """
    rate = parse(allowed)
    try:
        limiter = _limiter()
        if not await limiter.hit(rate, what, who):
            raise await _too_many(limiter, rate, what, who, sentence)
    except (StorageError, OSError):
        if not await _here.hit(rate, what, who):
            raise await _too_many(_here, rate, what, who, sentence) from None


async def _too_many(
    limiter: MovingWindowRateLimiter, rate: RateLimitItem, what: str, who: str, sentence: str
) -> TooMany:
    again_at = (await limiter.get_window_stats(rate, what, who)).reset_time
    seconds = max(int(again_at - time.time()) + 1, 1)
    return TooMany(sentence, seconds=seconds, minutes=-(-seconds // 60))


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
