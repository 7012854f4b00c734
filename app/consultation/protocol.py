"""The protocol of a consultation: released items in the order of the method, nothing else."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.library import methods
from app.consultation.engine.method import said
from app.consultation.queries import Outside, headings_of, released
from app.core.errors import Missing


async def protocol_of(session: AsyncSession, room: Outside, *, lang: str) -> list[dict[str, Any]]:
    """[{title, items: [{text, due, heading}]}], items of one group together, under none first; raises Missing where nothing has been released."""
    if not room.has_protocol:
        raise Missing
    rows = await released(session, room.room_id)
    headings = await headings_of(session, rows)
    method = methods()[room.method]
    parts = []
    for deck in method.capture:
        output = method.output(deck)
        mine = sorted((row for row in rows if row.deck == deck), key=lambda row: row.group_id or 0)
        items = [{"text": row.text, "due": row.due, "heading": headings.get(row.group_id, "")} for row in mine]
        if items and output is not None:
            parts.append({"title": said(output.title, lang), "items": items})
    return parts
