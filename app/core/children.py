"""Work that takes the processor for long, or may have been made to take for ever, is done by a child process."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_process

Result = TypeVar("Result")


async def in_child(
    work: Callable[..., Result],
    *given: object,
    within: float,
    otherwise: Exception,
    limiter: anyio.CapacityLimiter | None = None,
) -> Result:
    """What `work` makes of `given`; raises `otherwise` when that takes longer than `within` seconds, or breaks the child.

    Both travel pickled, and so does what it raises: keep to built-in exceptions and Refused.
    """
    try:
        with anyio.fail_after(within):
            return await anyio.to_process.run_sync(work, *given, cancellable=True, limiter=limiter)
    except (TimeoutError, anyio.BrokenWorkerProcess):
        raise otherwise from None
