"""The archive of an event: asked for by those who run it, and fetched when it is packed."""

from starlette.responses import FileResponse, Response

from app.core import files, limits
from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events import actions_archive, queries
from app.events.doors import manager

AS_OFTEN = "6/hour"


async def archive_page(visit: Visit) -> Response:
    async with reading() as session:
        row = await queries.archive(session, visit.here.event_id)
    return visit.page("events/manage_archive.html", archive=row, kept=actions_archive.KEPT.days)


async def ask(visit: Visit) -> Response:
    await limits.check("archive", str(visit.here.event_id), AS_OFTEN)
    async with transaction() as session:
        await actions_archive.ask_for_archive(
            session, visit.here.event_id, by=visit.me.id, lang=visit.lang, now=visit.now
        )
    return visit.go(f"/events/{visit.here.slug}/manage/archive", said=N_("It is being packed. Look again in a minute."))


async def fetch(visit: Visit) -> Response:
    async with reading() as session:
        row = await queries.archive(session, visit.here.event_id)
    if row is None or row.made_at is None or not (files.folder() / row.place).exists():
        raise Missing
    return FileResponse(
        files.folder() / row.place, media_type="application/zip", filename=f"{visit.here.slug}.zip",
        headers={"cache-control": "no-store"},
    )  # fmt: skip


routes = [
    get("/events/{event}/manage/archive", archive_page, who=manager),
    post("/events/{event}/manage/archive", ask, who=manager, shows=archive_page),
    get("/events/{event}/manage/archive.zip", fetch, who=manager),
]
