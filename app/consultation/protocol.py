"""The protocol of a consultation: released items in the order of the method, nothing else."""

from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.method import Method, said
from app.consultation.queries import BEFORE, OFFER, headings_of, released
from app.consultation.queries_methods import method_of
from app.consultation.queries_outside import Outside
from app.consultation.queries_seats import seated
from app.core import i18n
from app.core.errors import Missing
from app.core.words import N_


async def protocol_of(session: AsyncSession, room: Outside, *, lang: str) -> list[dict[str, Any]]:
    """[{title, items: [{text, answer, name, due, heading}]}], what was asked before first, items of one group together, under none first; raises Missing where nothing has been released."""
    if not room.has_protocol:
        raise Missing
    return await parts_of(session, room.room_id, await method_of(session, room.method, room.method_version), lang=lang)


async def parts_of(session: AsyncSession, room_id: int, method: Method, *, lang: str) -> list[dict[str, Any]]:
    rows = await released(session, room_id)
    headings = await headings_of(session, rows)
    asked = [_item(row.text, answer=row.answer) for row in rows if row.deck == BEFORE]
    parts = [{"title": i18n.say(lang, N_("Asked before")), "items": asked}] if asked else []
    for deck in method.capture:
        output = method.output(deck)
        mine = sorted((row for row in rows if row.deck == deck), key=lambda row: row.group_id or 0)
        items = [
            _item(row.text, due=row.due, heading=headings.get(row.group_id, ""), practice=row.practice_id)
            for row in mine
        ]
        if items and output is not None:
            parts.append({"title": said(output.title, lang), "items": items})
    helped = [row for row in rows if row.deck == OFFER]
    if helped:
        names = {seat.id: who.name for seat, who in await seated(session, room_id)}
        items = [_item(row.text, name=names[row.seat_id]) for row in helped]
        parts.append({"title": i18n.say(lang, N_("Help that was offered")), "items": items})
    return parts


def _item(
    text: str,
    *,
    answer: str = "",
    name: str = "",
    due: date | None = None,
    heading: str = "",
    practice: int | None = None,
) -> dict[str, Any]:
    return {"text": text, "answer": answer, "name": name, "due": due, "heading": heading, "practice": practice}
