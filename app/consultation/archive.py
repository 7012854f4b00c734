"""What consultations put into the archive: protocols of released items, as everybody in the event may read them."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation import queries_outside
from app.consultation.engine.method import said
from app.consultation.protocol import foreword, protocol_of
from app.consultation.queries_methods import method_of
from app.core import i18n
from app.core.archive import Box
from app.core.words import N_


async def pack(session: AsyncSession, box: Box) -> None:
    pages = []
    for room in await queries_outside.rooms_of_event(session, box.event_id, person_id=None):
        if not room.has_protocol:
            continue
        parts = await protocol_of(session, room, lang=box.lang)
        held = await method_of(session, room.method, room.method_version)
        method, words = said(held.title, box.lang), foreword(held, box.lang)
        path = f"protocols/{room.room_id}.html"
        await box.page(path, "archive/protocol.html", room=room, parts=parts, method=method, foreword=words)
        await box.json(
            path.replace(".html", ".json"),
            {
                "title": room.title, "theme": room.theme, "lang": room.lang, "city": room.city, "method": method,
                "closed_at": room.closed_at, "parts": parts, "thanks": room.thanks, "outcome": room.outcome,
            },
        )  # fmt: skip
        pages.append((path, room.title))
    box.part(i18n.say(box.lang, N_("Protocols")), pages)


packs = [pack]
