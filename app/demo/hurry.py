"""Thousands of small statements in one go, on the embedded database.

The driver hands every statement to a thread of its own and waits for it; that costs more than the statements. While
the demonstration is loaded, the connection of this one session works in our own thread instead. On a server's
database nothing changes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

BREATH = 200  # statements, after which others in this process get their turn


@contextlib.asynccontextmanager
async def hurried(session: AsyncSession) -> AsyncIterator[None]:
    driver = (await (await session.connection()).get_raw_connection()).driver_connection
    if type(driver).__module__.partition(".")[0] != "aiosqlite":
        yield
        return
    count = 0

    async def here(work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        nonlocal count
        count += 1
        if count % BREATH == 0:
            await asyncio.sleep(0)
        return work(*args, **more)

    driver._execute = here  # type: ignore[union-attr]
    try:
        yield
    finally:
        del driver._execute  # type: ignore[union-attr]
