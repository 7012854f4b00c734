"""The picture of the house, or of somebody who stands behind an event, as a form sends it."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import files
from app.core.pages import Visit


async def sent(visit: Visit) -> files.Checked | None:
    """The picture in the field `file`, looked at before anything is stored; None when none was chosen."""
    file = await visit.upload("file")
    if file is None:
        return None
    body = await file.read(files.limit() * 1_000_000 + 1)
    return await files.check_picture(files.Upload(file.filename or "", body))


async def kept(session: AsyncSession, logo: files.Checked | None, visit: Visit) -> dict[str, Any]:
    """`logo_id` for the row that wears it, once the picture is kept; nothing when there is none."""
    if logo is None:
        return {}
    file = await files.keep(session, logo, audience_id=None, person_id=visit.me.id, now=visit.now)
    return {"logo_id": file.id}
