"""What a file is: by what it holds, whatever it is called."""

import io
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
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid({"file": N_("We take pictures, PDF, office documents and plain text.")}) from None
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
