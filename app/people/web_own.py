"""Everything we hold about me, as a file. There is no number in the address: nobody can ask for somebody else's."""

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from app.core import limits, own
from app.core.db import reading
from app.core.doors import signed_in
from app.core.pages import Visit, get

AS_OFTEN = "6/hour"


async def my_data(visit: Visit) -> Response:
    await limits.check("own data", str(visit.me.id), AS_OFTEN)
    async with reading() as session:
        path = await own.written_down(session, visit.me.id, now=visit.now)
    return FileResponse(
        path, media_type="application/json", filename="my-data.json", headers={"cache-control": "no-store"},
        background=BackgroundTask(path.unlink, missing_ok=True),
    )  # fmt: skip


routes = [get("/me/data.json", my_data, who=signed_in)]
