"""Sending a stored file: whole or in ranges; whoever sends it has asked whether this person may read it."""

from pathlib import Path

from starlette.responses import FileResponse

from app.core import files
from app.core.errors import Missing


def sent_file(place: str, *, type: str, name: str, inline: bool, keep: int = 3600) -> FileResponse:
    """`inline`: shown by the page, otherwise put down. `keep`: seconds for which a browser need not ask again."""
    path = files.folder() / Path(place).name
    if not path.exists():
        raise Missing
    headers = {"content-security-policy": "sandbox; default-src 'none'", "cache-control": f"private, max-age={keep}"}
    return FileResponse(
        path, media_type=type, filename=name, headers=headers,
        content_disposition_type="inline" if inline else "attachment",
    )  # fmt: skip
