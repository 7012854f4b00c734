"""What one statement costs on the embedded SQLite, as SQLAlchemy's driver comes and as ours is: `python -m bench.trips`.

A row by its key, 3,000 times in one session; then 300 sessions of three statements. Milliseconds of processor each.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.sqlite import driver

TIMES, SESSIONS = 3000, 300


async def measured(**how: object) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_async_engine(f"sqlite+aiosqlite:///{Path(folder) / 'x.db'}", **how)  # type: ignore[arg-type]
        async with engine.begin() as line:
            await line.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, words TEXT)"))
            await line.execute(
                text("INSERT INTO t VALUES (:id, :words)"), [{"id": n, "words": "w" * 50} for n in range(99)]
            )
        one = text("SELECT id, words FROM t WHERE id = :id")
        async with engine.connect() as line:
            began = time.process_time()
            for n in range(TIMES):
                (await line.execute(one, {"id": n % 99})).all()
            statements = time.process_time() - began
        began = time.process_time()
        for n in range(SESSIONS):
            async with engine.connect() as line:
                for more in range(3):
                    (await line.execute(one, {"id": (n + more) % 99})).all()
        sessions = time.process_time() - began
        await engine.dispose()
    return statements / TIMES * 1000, sessions / SESSIONS * 1000


async def main() -> None:
    print(f"{'ms of processor':<18}{'statement':>12}{'session of 3':>14}")
    for _ in range(3):
        for name, how in (("as it comes", {}), ("one trip", {"module": driver()})):
            statement, session = await measured(**how)
            print(f"{name:<18}{statement:>12.3f}{session:>14.3f}")


asyncio.run(main())
