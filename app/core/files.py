"""Files: kept in a folder, known by rows, served by short-lived signed addresses to those who may read them.

A row and what lies in the folder cannot change in one step. So a file lies there before its row is stored and is put
back if somebody took it away meanwhile; and it is taken away after the last row that names it is gone, never before.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio.to_process
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import signs
from app.core.db import Row, after_commit, reading
from app.core.errors import Invalid
from app.core.kinds import as_captions, kind_of, recording_kind
from app.core.pictures import WIDTHS, Drawn, UnreadablePicture, drawn_anew, rewritten
from app.core.words import N_

_Drawing = TypeVar("_Drawing")
DRAWN_WITHIN = 60  # seconds; a picture that takes longer was made to
LINK_STEP = 600  # seconds; an address stays the same for as long, so that browsers keep what they have


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
class Checked:
    """An upload that we take; a picture lies there drawn anew, the widest last."""

    name: str
    type: str
    body: bytes
    drawn: Sequence[Drawn] = ()

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:32]


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


async def check_picture(upload: Upload) -> Checked:
    """A picture that stands on pages in one size, such as a logo."""
    if not _taken(upload)[0].startswith("image/"):
        raise Invalid({"file": N_("Please choose a picture.")})
    body, kind, ending = await _in_child(rewritten, upload.body)
    return Checked(_named(upload.name, ending), kind, body)


async def check_recording(upload: Upload) -> Checked:
    """Sound or film, as it is: what it holds is played by the browser alone."""
    _check_size(upload, field="recording")
    kind = recording_kind(upload.body)
    if kind is None:
        raise Invalid({"recording": N_("We take MP4, WebM, MP3, M4A, Ogg, FLAC and WAV.")})
    return Checked(_named(upload.name, kind[1]), kind[0], upload.body)


async def check_captions(upload: Upload) -> Checked:
    _check_size(upload, field="captions")
    body = as_captions(upload.body)
    if body is None:
        raise Invalid(
            {"captions": N_("We cannot read these captions. Please save them as WebVTT (.vtt) or SubRip (.srt).")}
        )
    return Checked(_named(Path(upload.name).with_suffix(".vtt").name, ".vtt"), "text/vtt", body)


async def store(
    session: AsyncSession, checked: Checked, *, audience_id: int, person_id: int, key: str, now: datetime
) -> StoredFile:
    """Keep what was checked; a picture's narrower sizes lie beside it, see `place_of`."""
    ending = Path(checked.name).suffix
    place = f"{checked.hash}{ending}"
    narrower = {place_of(place, each.width): each.body for each in checked.drawn[:-1]}
    _keep(session, {place: checked.body, **narrower})
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
    """These files are gone; what nobody else has sent as well leaves the folder, once this is stored."""
    places = set((await session.exec(select(StoredFile.place).where(col(StoredFile.id).in_(ids)))).all())
    await session.exec(delete(StoredFile).where(col(StoredFile.id).in_(ids)))
    if places:
        after_commit(session, partial(_sweep, places))


async def keep(
    session: AsyncSession, checked: Checked, *, audience_id: int | None, person_id: int | None, now: datetime
) -> StoredFile:
    """Keep what was checked, in this one size; `audience_id` None means everybody."""
    place = f"{checked.hash}{Path(checked.name).suffix}"
    _keep(session, {place: checked.body})
    row = StoredFile(
        key=secrets.token_urlsafe(16), audience_id=audience_id, person_id=person_id, place=place,
        name=checked.name, type=checked.type, size=len(checked.body), kept_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


def folder() -> Path:
    assert _folder is not None, "app.core.files.use_folder(path) comes first"
    return _folder


def _keep(session: AsyncSession, bodies: Mapping[str, bytes]) -> None:
    """These lie in the folder before the row is stored, and afterwards, whoever swept it meanwhile."""
    for place, body in bodies.items():
        _write(place, body)
    after_commit(session, partial(_keep_on, bodies))


async def _keep_on(bodies: Mapping[str, bytes]) -> None:
    for place, body in bodies.items():
        _write(place, body)


async def _sweep(places: Collection[str]) -> None:
    """What no row names leaves the folder. It is put aside first: whoever stores the same file now finds it missing and
    writes it again (see _keep_on), and who has just stored it is seen here."""
    aside = secrets.token_hex(4)
    for place in places:
        for each in _all_of(place):
            with suppress(FileNotFoundError):
                (folder() / each).replace(folder() / f"{each}.{aside}")
    async with reading() as session:
        kept = set((await session.exec(select(StoredFile.place).where(col(StoredFile.place).in_(places)))).all())
    for place in places:
        for each in _all_of(place):
            put_aside = folder() / f"{each}.{aside}"
            with suppress(FileNotFoundError):
                put_aside.replace(folder() / each) if place in kept else put_aside.unlink()


def _all_of(place: str) -> list[str]:
    return [place, *(place_of(place, width) for width in WIDTHS)]


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


def _taken(upload: Upload) -> tuple[str, str]:
    """Type and ending by what the file holds, whatever it is called; raises Invalid(file=…) for what we do not take."""
    _check_size(upload)
    return kind_of(upload.body)


def _check_size(upload: Upload, *, field: str = "file") -> None:
    if not upload.body:
        raise Invalid({field: N_("This file is empty. Please choose another one.")})
    if len(upload.body) > _megabytes * 1_000_000:
        sentence = N_("This file is bigger than {megabytes} MB. Please make it smaller.")
        raise Invalid({field: sentence}, megabytes=_megabytes)


def _named(name: str, ending: str) -> str:
    """The file's own name, with the ending of what it is."""
    path = Path(name.replace("\\", "/"))
    return f"{(path.stem if path.suffix.lower() == ending else path.name)[:190] or 'file'}{ending}"
