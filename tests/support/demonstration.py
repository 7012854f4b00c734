"""The demonstration as it is loaded at some instant: loaded once in a test run, by whoever comes first, then copied."""

import asyncio
import fcntl
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from app.core import db, files
from app.demo.load import load
from tests.support.databases import SqliteCopies


def load_into(url: str, now: datetime, folder: Path) -> None:
    """What it holds lies in `folder`."""

    async def work() -> None:
        db.connect(url)
        await load(now)
        await db.disconnect()

    before = files._folder
    files.use_folder(folder)
    try:
        with ThreadPoolExecutor(1) as thread:  # the tests' own loop stays untouched
            thread.submit(asyncio.run, work()).result()
    finally:
        files._folder = before


class Demonstrations:
    """All workers of a run share a folder with one file for each instant."""

    def __init__(self, copies: SqliteCopies, own: Path, *, several: bool) -> None:
        self._copies = copies
        self._folder = (own.parent if several else own) / "demonstrations"
        self._folder.mkdir(exist_ok=True)

    def copy_to(self, folder: Path, now: datetime) -> str:
        """The address of a copy in `folder`, which may be changed; its pictures lie in `files` there."""
        loaded = self._loaded(now)
        shutil.copytree(loaded.with_suffix("") / "files", folder / "files")
        copy = shutil.copy(loaded, folder / "demonstration.db")
        return f"sqlite+aiosqlite:///{copy}"

    def _loaded(self, now: datetime) -> Path:
        place = self._folder / f"{now:%Y%m%dT%H%M%S}"
        with place.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.with_suffix(".db").exists():
                place.mkdir(exist_ok=True)
                url = self._copies.copy_to(place)
                load_into(url, now, place / "files")
                Path(url.partition(":///")[2]).rename(place.with_suffix(".db"))
        return place.with_suffix(".db")
