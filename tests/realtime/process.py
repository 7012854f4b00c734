"""A live line as a process of its own: python -m tests.realtime.process DATABASE REDIS FILES PORT [house]

Over the notes of the small world, or (`house`) over everything the slices offer.
"""

import asyncio
import sys
from pathlib import Path

import uvicorn

from app.main import Setup
from realtime.lines import LiveProtocol
from realtime.server import LiveLine, create_app
from tests.realtime.conftest import QUICK, line_of_notes


async def main(database: str, redis: str, files: str, port: str, world: str = "notes") -> None:
    setup = Setup(database_url=database, redis_url=redis, files=Path(files), secret="for tests " * 4)
    app = create_app(setup, live_line=LiveLine(rhythm=QUICK) if world == "house" else line_of_notes())
    options = {"ws": LiveProtocol, "log_level": "warning", "timeout_graceful_shutdown": 2}
    await uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=int(port), **options)).serve()  # type: ignore[arg-type]


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
