"""Pictures, decoded and written anew, so that whatever hid in them is gone; called in a child process."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

WIDEST = 1600  # pixels
WIDTHS = (240, 360, 720, 1280)
"""Pictures for people to look at are kept in these widths, so that a phone does not load what only a wall can show."""
LIGHTEST = 14_000  # bytes; of the narrowest, so that a wall of sixty stays under a megabyte
MOST_PIXELS = 60_000_000


@dataclass(frozen=True)
class Drawn:
    """A picture in one width."""

    width: int
    height: int
    body: bytes


class UnreadablePicture(Exception):
    """It begins like a picture, and is none."""


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
        if len(drawn) > 1:
            drawn[0] = _lightened(drawn[0], picture)
        return drawn


def _lightened(drawn: Drawn, picture: "Image") -> Drawn:
    """The narrowest, coarser if the picture is a busy one."""
    for quality in (60, 45, 30, 15):
        if len(drawn.body) <= LIGHTEST:
            break
        drawn = Drawn(drawn.width, drawn.height, _encoded(picture.resize((drawn.width, drawn.height)), quality=quality))
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
