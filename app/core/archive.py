"""A whole event as a folder of pages that open without a server, packed into one file a piece at a time.

Each slice says in its `archive.py` what it puts in: what everybody who takes part may see, and never more.
"""

import json
import re
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import files
from app.core.render import render
from app.core.times import for_json

_PICTURE = re.compile(r"<img\b[^>]*>")


@dataclass
class Box:
    """What is being packed. `audience_id`: everybody who takes part; `index`: (title of a part, [(path, title)])."""

    zip: zipfile.ZipFile
    event_id: int
    audience_id: int
    title: str
    lang: str
    zone: str
    index: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)

    def part(self, title: str, pages: list[tuple[str, str]]) -> None:
        if pages:
            self.index.append((title, pages))

    async def page(self, path: str, template: str, **values: Any) -> None:
        root = "../" * path.count("/")
        html = render(template, lang=self.lang, zone=self.zone, root=root, box=self, **values)
        await self.text(path, html)

    async def json(self, path: str, value: Any) -> None:
        await self.text(path, json.dumps(value, ensure_ascii=False, indent=1, default=for_json))

    async def text(self, path: str, words: str) -> None:
        """Packed in a thread: the pages of everybody else are served meanwhile."""
        await anyio.to_thread.run_sync(self.zip.writestr, path, words)

    async def file(self, path: str, place: str) -> bool:
        """A stored file, as it is; False where it is gone."""
        source = files.folder() / Path(place).name
        if not source.exists():
            return False
        await anyio.to_thread.run_sync(self.zip.write, source, path, zipfile.ZIP_STORED)
        return True


Packs = Callable[[AsyncSession, Box], Awaitable[None]]
_packs: list[Packs] = []


def register(pack: Packs) -> None:
    if pack not in _packs:
        _packs.append(pack)


async def fill(session: AsyncSession, box: Box) -> None:
    """Every slice's part, then the first page and the look."""
    for pack in _packs:
        await pack(session, box)
    await box.page("index.html", "archive/index.html")
    await box.text("style.css", (Path(__file__).parent / "archive.css").read_text(encoding="utf-8"))


def without_pictures(html: str) -> str:
    """Pictures within a text have addresses that only the server knows."""
    return _PICTURE.sub("", html)
