"""The protocol of a consultation: released items in the order of the method, nothing else."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.method import said
from app.consultation.queries import Outside, released
from app.consultation.queries_methods import method_of
from app.core.errors import Missing


async def protocol_of(session: AsyncSession, room: Outside, *, lang: str) -> list[dict[str, Any]]:
    """[{title, items: [{text, due}]}]; raises Missing where nothing has been released."""
    if not room.has_protocol:
        raise Missing
    rows = await released(session, room.room_id)
    method = await method_of(session, room.method, room.method_version)
    parts = []
    for deck in method.capture:
        output = method.output(deck)
        items = [{"text": row.text, "due": row.due} for row in rows if row.deck == deck]
        if items and output is not None:
            parts.append({"title": said(output.title, lang), "items": items})
    return parts
