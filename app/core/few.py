"""A few at once: for work that many ask for in the same moment, so that what others do comes in between."""

import asyncio


class Few:
    """`async with few.place():` holds one of `most` places of this process; whoever finds none waits in line."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._places: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    def place(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._places is None or self._places[0] is not loop:
            self._places = loop, asyncio.Semaphore(self._most)
        return self._places[1]
