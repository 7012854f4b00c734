"""How this installation is called and looks: the row an administrator edits, laid over the settings.

Every process keeps it in memory; it is read when a process starts, when it is changed, and whenever somebody opens
the front page, so that all processes agree after a moment without a query on every page.
"""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import accent, mail
from app.events import queries, views


async def refresh(programme: dict[str, Any], session: AsyncSession, *, now: datetime) -> None:
    """Bring `programme` (what every page knows of the house) up to date."""
    row = await queries.programme(session)
    if row is None:
        return
    fields = {
        "name": row.name,
        "colour": row.colour,
        "operator": row.operator,
        "address": row.address,
        "mail": row.mail,
    }
    programme.update({name: value for name, value in fields.items() if value})
    if row.colour:
        programme["stylesheet"] = accent.address(row.colour)
    if row.logo_id is not None:
        (file,) = await queries.stored_files(session, [row.logo_id])
        programme["logo"] = views.file_address(file, now=now)
    mail.rename_house(str(programme["name"]))
