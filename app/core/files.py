"""Files: kept in a folder, known by rows, served by short-lived signed addresses to those who may read them.

Pictures are decoded and written anew (whatever hid in them is gone), in a child process.
"""

import hashlib
import io
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import anyio.to_process
from sqlmodel import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import Row
from app.core.errors import Invalid
from app.core.words import N_

MAX_BYTES = 10_000_000
WIDEST = 1600  # pixels
TYPES = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"PK\x03\x04": ("application/zip", ".zip"),  # also office documents
    b"\x89PNG": ("image/png", ".png"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
    b"RIFF": ("image/webp", ".webp"),
    b"GIF8": ("image/gif", ".gif"),
}
LINK_SECONDS = 3600


class StoredFile(Row, table=True):
    __tablename__ = "stored_file"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    audience_id: int | None = Field(default=None, foreign_key="audience.id", index=True, ondelete="CASCADE")
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    place: str = Field(max_length=120)
    name: str = Field(max_length=200)
    type: str = Field(max_length=80)
    size: int
    alt: str = Field(default="", max_length=500)
    kept_at: datetime


@dataclass(frozen=True)
class Upload:
    """What came in: the name as the person called it, and the bytes."""

    name: str
    body: bytes


class UnreadablePicture(Exception):
    """It begins like a picture, and is none."""


_folder: Path | None = None


def use_folder(path: Path) -> None:
    global _folder
    path.mkdir(parents=True, exist_ok=True)
    _folder = path


async def keep(
    session: AsyncSession, upload: Upload, *, audience_id: int | None, person_id: int | None, now: datetime, alt: str = "",
    key: str = "",
) -> StoredFile:  # fmt: skip
    """Keep a file; `audience_id` None means everybody. Raises Invalid(file=…) for what we do not take."""
    if len(upload.body) > MAX_BYTES:
        raise Invalid({"file": N_("This file is bigger than 10 MB. Please make it smaller.")})
    kind, ending = _kind(upload.body)
    body = upload.body
    if kind.startswith("image/"):
        body, kind, ending = await _redrawn(upload.body)
    place = f"{hashlib.sha256(body).hexdigest()[:32]}{ending}"
    path = folder() / place
    if not path.exists():
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.write_bytes(body)
        fresh.replace(path)
    row = StoredFile(
        key=key or secrets.token_urlsafe(16), audience_id=audience_id, person_id=person_id, place=place,
        name=Path(upload.name).name[:200], type=kind, size=len(body), alt=alt, kept_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


def folder() -> Path:
    assert _folder is not None, "app.core.files.use_folder(path) comes first"
    return _folder


async def _redrawn(body: bytes) -> tuple[bytes, str, str]:
    try:
        return await anyio.to_process.run_sync(rewritten, body)
    except UnreadablePicture:
        raise Invalid(
            {"file": N_("We cannot read this picture. Please save it as JPEG or PNG and try again.")}
        ) from None


def rewritten(body: bytes) -> tuple[bytes, str, str]:
    """The same picture, decoded, at most WIDEST pixels wide, encoded anew without its metadata."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - only the child process that draws needs it

    out = io.BytesIO()
    try:
        picture = Image.open(io.BytesIO(body))
        picture.thumbnail((WIDEST, WIDEST * 2))
        kind = "RGBA" if picture.mode in {"RGBA", "LA", "P"} else "RGB"
        picture.convert(kind).save(out, "WEBP", quality=80)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise UnreadablePicture from None  # a refusal with its fields would not survive the way between processes
    return out.getvalue(), "image/webp", ".webp"


def _kind(body: bytes) -> tuple[str, str]:
    for start, kind in TYPES.items():
        if body.startswith(start):
            return kind
    try:
        body[:4096].decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid({"file": N_("We take pictures, PDF, office documents and plain text.")}) from None
    return "text/plain", ".txt"
