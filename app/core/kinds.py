"""What a file is: by what it holds, whatever it is called."""

import io
import re
import zipfile

from app.core.errors import Invalid
from app.core.words import N_

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


def kind_of(body: bytes) -> tuple[str, str]:
    """Type and ending; raises Invalid(file=…) for what we do not take."""
    for start, kind in TYPES.items():
        if body.startswith(start):
            return kind
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp", ".webp"
    if body.startswith(b"PK\x03\x04") and (office := _packed(body)) is not None:
        return office
    if recording_kind(body) is not None:
        raise Invalid({"file": N_("A recording needs captions and a transcript: please use the form for recordings.")})
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # a program's bytes may happen to be readable; a text has no such character
        raise Invalid({"file": N_("We take pictures, PDF, office documents and plain text.")})
    return "text/plain", ".txt"


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


def recording_kind(body: bytes) -> tuple[str, str] | None:
    """What a browser plays: sound or film; None for anything else."""
    if body.startswith((b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")):
        return "audio/mpeg", ".mp3"
    if body.startswith(b"fLaC"):
        return "audio/flac", ".flac"
    if body.startswith(b"RIFF") and body[8:12] == b"WAVE":
        return "audio/wav", ".wav"
    if body.startswith(b"OggS"):
        return ("video/ogg", ".ogv") if b"theora" in body[:4096] else ("audio/ogg", ".ogg")
    if body[4:8] == b"ftyp" and body[8:12] not in _STILL:
        return ("audio/mp4", ".m4a") if body[8:11] in {b"M4A", b"M4B"} else ("video/mp4", ".mp4")
    if body.startswith(b"\x1aE\xdf\xa3") and b"webm" in body[:64]:
        film = b"V_VP" in body[:65536] or b"V_AV1" in body[:65536]
        return ("video/webm", ".webm") if film else ("audio/webm", ".weba")
    return None


def as_captions(body: bytes) -> bytes | None:
    """Captions as browsers read them (WebVTT), also from a SubRip file; None when it is neither."""
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").strip()
    except UnicodeDecodeError:
        return None
    if not _CUE.search(text):
        return None
    if not text.startswith("WEBVTT"):
        text = "WEBVTT\n\n" + _SUBRIP.sub(r"\1.\2", text)
    return f"{text}\n".encode()


_STILL = {b"heic", b"heix", b"mif1", b"avif"}  # pictures in the same wrapping
_CUE = re.compile(r"^(?:\d+:)?\d\d:\d\d[.,]\d{3} --> (?:\d+:)?\d\d:\d\d[.,]\d{3}", re.MULTILINE)
_SUBRIP = re.compile(r"(\d\d:\d\d),(\d{3})")
