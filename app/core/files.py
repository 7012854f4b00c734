"""Files: kept in a folder, known by rows, served by short-lived signed addresses to those who may read them.

Pictures are decoded and written anew (whatever hid in them is gone), in a child process.
"""

import hashlib
import io
import secrets
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio.to_process
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import signs
from app.core.db import Row
from app.core.errors import Invalid
from app.core.words import N_

if TYPE_CHECKING:
    from PIL.Image import Image

_Drawing = TypeVar("_Drawing")
WIDEST = 1600  # pixels
WIDTHS = (360, 720, 1280)
"""Pictures for people to look at are kept in these widths, so that a phone does not load what only a wall can show."""
MOST_PIXELS = 60_000_000
DRAWN_WITHIN = 60  # seconds; a picture that takes longer was made to
LINK_STEP = 600  # seconds; an address stays the same for as long, so that browsers keep what they have
TYPES = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\x89PNG": ("image/png", ".png"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
    b"GIF8": ("image/gif", ".gif"),
}
_OFFICE = "application/vnd.openxmlformats-officedocument"
_PACKED = {
    "word/": (f"{_OFFICE}.wordprocessingml.document", ".docx"),
    "xl/": (f"{_OFFICE}.spreadsheetml.sheet", ".xlsx"),
    "ppt/": (f"{_OFFICE}.presentationml.presentation", ".pptx"),
}
_OPEN = {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"}


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


@dataclass(frozen=True)
class Drawn:
    """A picture in one width."""

    width: int
    height: int
    body: bytes


@dataclass(frozen=True)
class Checked:
    """An upload that we take; a picture lies there drawn anew, the widest last."""

    name: str
    type: str
    body: bytes
    drawn: Sequence[Drawn] = ()

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:32]


class UnreadablePicture(Exception):
    """It begins like a picture, and is none."""


_folder: Path | None = None
_megabytes = 10


def use_folder(path: Path, *, limit: int = 10) -> None:
    """Keep files here, each up to `limit` megabytes."""
    global _folder, _megabytes
    path.mkdir(parents=True, exist_ok=True)
    _folder, _megabytes = path, limit


def limit() -> int:
    return _megabytes


async def check(upload: Upload) -> Checked:
    """What came in, looked at and (a picture) drawn anew; before the transaction, because drawing takes its time."""
    kind, ending = _taken(upload)
    if not kind.startswith("image/"):
        return Checked(_named(upload.name, ending), kind, upload.body)
    drawn = await _in_child(drawn_anew, upload.body)
    return Checked(f"{Path(upload.name).stem[:190] or 'picture'}.webp", "image/webp", drawn[-1].body, drawn)


async def store(
    session: AsyncSession, checked: Checked, *, audience_id: int, person_id: int, key: str, now: datetime
) -> StoredFile:
    """Keep what was checked; a picture's narrower sizes lie beside it, see `place_of`."""
    ending = Path(checked.name).suffix
    place = f"{checked.hash}{ending}"
    _write(place, checked.body)
    for each in checked.drawn[:-1]:
        _write(place_of(place, each.width), each.body)
    row = StoredFile(
        key=key, audience_id=audience_id, person_id=person_id, place=place, name=checked.name, type=checked.type,
        size=len(checked.body), kept_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


def place_of(place: str, width: int) -> str:
    """Where the picture at `place` lies in this width."""
    return f"{Path(place).stem}-{width}{Path(place).suffix}"


def address(place: str, *, type: str, name: str, now: datetime) -> str:
    """A signed address, good for ten minutes; whoever hands it out has asked whether this person may read it."""
    until = int(now.timestamp()) // LINK_STEP * LINK_STEP + 2 * LINK_STEP
    return f"/files/{signs.sign([place, type, name, until], purpose='file')}/{'picture' if type.startswith('image/') else 'file'}"


async def file_with_key(session: AsyncSession, key: str) -> StoredFile | None:
    return (await session.exec(select(StoredFile).where(StoredFile.key == key))).one_or_none()


async def rehome(session: AsyncSession, ids: Collection[int], *, audience_id: int) -> None:
    """From now on these files are for the people of this audience."""
    await session.exec(update(StoredFile).where(col(StoredFile.id).in_(ids)).values(audience_id=audience_id))


async def drop(session: AsyncSession, ids: Collection[int]) -> None:
    """These files are gone; what nobody else has sent as well leaves the folder, too."""
    places = set((await session.exec(select(StoredFile.place).where(col(StoredFile.id).in_(ids)))).all())
    await session.exec(delete(StoredFile).where(col(StoredFile.id).in_(ids)))
    kept = set((await session.exec(select(StoredFile.place).where(col(StoredFile.place).in_(places)))).all())
    for place in places - kept:
        for each in (place, *(place_of(place, width) for width in WIDTHS)):
            (folder() / each).unlink(missing_ok=True)


async def keep(
    session: AsyncSession, upload: Upload, *, audience_id: int | None, person_id: int | None, now: datetime, alt: str = "",
    key: str = "",
) -> StoredFile:  # fmt: skip
    """Keep a file; `audience_id` None means everybody. Raises Invalid(file=…) for what we do not take."""
    kind, ending = _taken(upload)
    body = upload.body
    if kind.startswith("image/"):
        body, kind, ending = await _in_child(rewritten, upload.body)
    place = f"{hashlib.sha256(body).hexdigest()[:32]}{ending}"
    _write(place, body)
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


def _write(place: str, body: bytes) -> None:
    path = folder() / place
    if not path.exists():
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.write_bytes(body)
        fresh.replace(path)


async def _in_child(draw: Callable[[bytes], _Drawing], body: bytes) -> _Drawing:
    try:
        with anyio.fail_after(DRAWN_WITHIN):
            return await anyio.to_process.run_sync(draw, body, cancellable=True)
    except (UnreadablePicture, TimeoutError):
        raise Invalid(
            {"file": N_("We cannot read this picture. Please save it as JPEG or PNG and try again.")}
        ) from None


def rewritten(body: bytes) -> tuple[bytes, str, str]:
    """The same picture, decoded, at most WIDEST pixels wide, encoded anew without its metadata."""
    with _opened(body) as picture:
        picture.thumbnail((WIDEST, WIDEST * 2))
        return _encoded(picture, quality=80), "image/webp", ".webp"


def drawn_anew(body: bytes) -> list[Drawn]:
    """The same picture, upright, in each of WIDTHS it is wide enough for, without its metadata; the widest last."""
    with _opened(body) as picture:
        widest = min(picture.width, WIDTHS[-1])
        drawn = []
        for width in [*(width for width in WIDTHS[:-1] if width < widest), widest]:
            size = (width, max(1, round(picture.height * width / picture.width)))
            drawn.append(Drawn(*size, _encoded(picture.resize(size), quality=76)))
        return drawn


@contextmanager
def _opened(body: bytes) -> Iterator["Image"]:
    """The picture in `body`, turned as its camera says."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - only the child process that draws needs it

    try:
        picture: Image.Image = Image.open(io.BytesIO(body), formats=("JPEG", "PNG", "WEBP", "GIF"))
        if picture.width * picture.height > MOST_PIXELS:
            raise UnreadablePicture
        picture = ImageOps.exif_transpose(picture)
        yield picture.convert("RGBA" if picture.mode in {"RGBA", "LA", "P"} else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise UnreadablePicture from None  # a refusal with its fields would not survive the way between processes


def _encoded(picture: "Image", *, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality)
    return out.getvalue()


def _taken(upload: Upload) -> tuple[str, str]:
    """Type and ending by what the file holds, whatever it is called; raises Invalid(file=…) for what we do not take."""
    if len(upload.body) > _megabytes * 1_000_000:
        sentence = N_("This file is bigger than {megabytes} MB. Please make it smaller.")
        raise Invalid({"file": sentence}, megabytes=_megabytes)
    return _kind(upload.body)


def _named(name: str, ending: str) -> str:
    """The file's own name, with the ending of what it is."""
    path = Path(name.replace("\\", "/"))
    return f"{(path.stem if path.suffix.lower() == ending else path.name)[:190] or 'file'}{ending}"


def _packed(body: bytes) -> tuple[str, str] | None:
    """The office document in a ZIP archive; None for another archive, which may hold anything."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                told = archive.read("mimetype").decode("ascii", "replace")
                ending = _OPEN.get(told.removeprefix("application/vnd.oasis.opendocument."))
                return (told, ending) if ending else None
    except zipfile.BadZipFile:
        return None
    return next((kind for start, kind in _PACKED.items() if any(name.startswith(start) for name in names)), None)


def _kind(body: bytes) -> tuple[str, str]:
    for start, kind in TYPES.items():
        if body.startswith(start):
            return kind
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp", ".webp"
    if body.startswith(b"PK\x03\x04") and (office := _packed(body)) is not None:
        return office
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid({"file": N_("We take pictures, PDF, office documents and plain text.")}) from None
    return "text/plain", ".txt"
