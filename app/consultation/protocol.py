"""The protocol of a consultation: released items in the order of the method, nothing else."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.method import said
from app.consultation.queries import BEFORE, Outside, headings_of, released
from app.consultation.queries_methods import method_of
from app.core import i18n
from app.core.errors import Missing
from app.core.words import N_


async def protocol_of(session: AsyncSession, room: Outside, *, lang: str) -> list[dict[str, Any]]:
    """[{title, items: [{text, answer, due, heading}]}], what was asked before first, items of one group together, under none first; raises Missing where nothing has been released."""
    if not room.has_protocol:
        raise Missing
    rows = await released(session, room.room_id)
    headings = await headings_of(session, rows)
    method = await method_of(session, room.method, room.method_version)
    asked = [{"text": row.text, "answer": row.answer, "due": None, "heading": ""} for row in rows if row.deck == BEFORE]
    parts = [{"title": i18n.say(lang, N_("Asked before")), "items": asked}] if asked else []
    for deck in method.capture:
        output = method.output(deck)
        mine = sorted((row for row in rows if row.deck == deck), key=lambda row: row.group_id or 0)
        items = [
            {"text": row.text, "answer": "", "due": row.due, "heading": headings.get(row.group_id, "")} for row in mine
        ]
        if items and output is not None:
            parts.append({"title": said(output.title, lang), "items": items})
    return parts
