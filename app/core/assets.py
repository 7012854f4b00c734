"""Static files: read once, compressed once, served under the hash of the whole folder, kept by browsers for a year.

One hash for all files instead of one each: modules import each other by relative path without an import map, and a
release changes everything at once anyway.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "static"
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_COMPRESSED = {".js", ".mjs", ".css", ".svg", ".json", ".webmanifest", ".txt"}


@dataclass(frozen=True)
class Asset:
    body: bytes
    gzipped: bytes | None
    type: str


class Assets:
    """All static files in memory (they are small), by their path below `static/`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        self._known = {path.relative_to(folder).as_posix(): _read(path) for path in files}
        whole = hashlib.sha256()
        for name, asset in self._known.items():
            whole.update(name.encode() + b"\0" + asset.body)
        self.version = whole.hexdigest()[:10]

    def url(self, name: str) -> str:
        """The address of a file, e.g. `url("css/base.css")`; raises KeyError for one that does not exist."""
        if name not in self._known:
            raise KeyError(f"static/{name} does not exist")
        return f"/static/{self.version}/{name}"

    def get(self, name: str) -> Asset | None:
        return self._known.get(name)


@cache
def shipped() -> Assets:
    """Those of this release, read once however many programs share the process."""
    return Assets()


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    guess = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    squeezed = gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSED else None
    return Asset(body, squeezed, guess)
