"""Taking a thread along: as a Markdown file, the words as they were written."""

from starlette.responses import Response

from app.core.db import reading
from app.core.pages import Visit, get
from app.events.doors import reader
from app.forum.queries import reading as queries
from app.forum.queries import whole
from app.forum.web.shared import closed_to, person_id


async def thread_markdown(visit: Visit) -> Response:
    async with reading() as session:
        opened = await queries.thread_for(
            session, visit.params["thread"], event_id=visit.here.event_id, person_id=person_id(visit)
        )
        if opened is None:
            raise closed_to(visit)
        posts = await whole.posts_of(session, visit.params["thread"])
    text = visit.html("forum/thread.md.txt", opened=opened, thread=opened.thread, posts=posts)
    name = f'attachment; filename="thread-{opened.thread.id}.md"'
    return Response(text, media_type="text/markdown; charset=utf-8", headers={"content-disposition": name})


routes = [get("/events/{event}/threads/{thread:int}/thread.md", thread_markdown, who=reader)]
