"""The protocol of a consultation: as a page, as a Markdown file, as a PDF. All three show the same released items."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.consultation import queries_outside
from app.consultation.actions.as_thread import thread_key
from app.consultation.engine.method import said
from app.consultation.protocol import foreword, protocol_document, protocol_of
from app.consultation.queries_methods import method_of
from app.core import limits, pdf
from app.core.db import reading
from app.core.doors import signed_in
from app.core.pages import Visit, get
from app.events.queries import here as event_here
from app.forum.queries.lookups import thread_with_key
from app.forum.queries.practices import Practice, practices_named


async def protocol(visit: Visit) -> Response:
    async with reading() as session:
        shown = await _protocol(session, visit)
        thread = await thread_with_key(session, thread_key(shown["room"].room_id))
        titles = await _linked(session, visit, shown["parts"])
        visit.here = await event_here(shown["room"].event_slug, person_id=visit.me.id, lang=visit.lang)
    return visit.page("consultation/protocol.html", thread=thread and thread.id, practices=titles, **shown)


async def protocol_markdown(visit: Visit) -> Response:
    async with reading() as session:
        shown = await _protocol(session, visit)
        titles = await _linked(session, visit, shown["parts"])
    text = visit.html("consultation/protocol.md.txt", practices=titles, **shown)
    name = f'attachment; filename="protocol-{shown["room"].room_id}.md"'
    return Response(text, media_type="text/markdown; charset=utf-8", headers={"content-disposition": name})


async def protocol_pdf(visit: Visit) -> Response:
    async with reading() as session:
        shown = await _protocol(session, visit)
        titles = await _linked(session, visit, shown["parts"])
    await limits.check("pdf", str(visit.me.id), pdf.AS_OFTEN)
    document = protocol_document(
        **shown, linked={number: each.title for number, each in titles.items()}, lang=visit.lang, zone=visit.zone,
        programme=visit.house.programme["name"],
    )  # fmt: skip
    name = f'attachment; filename="protocol-{shown["room"].room_id}.pdf"'
    return Response(await pdf.made(document), media_type="application/pdf", headers={"content-disposition": name})


async def _protocol(session: AsyncSession, visit: Visit) -> dict[str, Any]:
    """{room, parts, method, foreword}: all that any form of the protocol is made of."""
    room = await queries_outside.from_outside(session, visit.params["id"], person_id=visit.me.id)
    parts = await protocol_of(session, room, lang=visit.lang)
    method = await method_of(session, room.method, room.method_version)
    words = foreword(method, visit.lang)
    return {"room": room, "parts": parts, "method": said(method.title, visit.lang), "foreword": words}


async def _linked(session: AsyncSession, visit: Visit, parts: list[dict[str, Any]]) -> dict[int, Practice]:
    """Of the practices that released cards link, those that this reader may read."""
    linked = {item["practice"] for part in parts for item in part["items"] if item["practice"]}
    return await practices_named(session, linked, person_id=visit.me.id)


routes = [
    get("/rooms/{id:int}/protocol", protocol, who=signed_in),
    get("/rooms/{id:int}/protocol.md", protocol_markdown, who=signed_in),
    get("/rooms/{id:int}/protocol.pdf", protocol_pdf, who=signed_in),
]
