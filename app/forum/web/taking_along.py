"""Taking things along: a thread as a Markdown file or a PDF, the threads of a public space as a feed."""

from starlette.responses import Response

from app.core import atom, limits, pdf
from app.core.db import reading
from app.core.pages import Visit, get
from app.events.doors import reader
from app.forum.as_document import thread_document
from app.forum.queries import reading as queries
from app.forum.queries import whole
from app.forum.queries.shown import ThreadOpen
from app.forum.web.shared import closed_to, person_id


async def thread_markdown(visit: Visit) -> Response:
    opened, posts = await _whole_thread(visit)
    text = visit.html("forum/thread.md.txt", opened=opened, thread=opened.thread, posts=posts)
    name = f'attachment; filename="thread-{opened.thread.id}.md"'
    return Response(text, media_type="text/markdown; charset=utf-8", headers={"content-disposition": name})


async def thread_pdf(visit: Visit) -> Response:
    opened, posts = await _whole_thread(visit)
    await limits.check("pdf", str(person_id(visit) or visit.line), pdf.AS_OFTEN)
    document = thread_document(
        opened.thread, posts, by=opened.by.name, lang=visit.lang, zone=visit.zone,
        programme=visit.house.programme["name"], url=f"{visit.house.url}/threads/{opened.thread.id}",
    )  # fmt: skip
    name = f'attachment; filename="thread-{opened.thread.id}.pdf"'
    return Response(await pdf.made(document), media_type="application/pdf", headers={"content-disposition": name})


async def space_feed(visit: Visit) -> Response:
    """For spaces that everybody may read; a feed reader signs in nowhere."""
    async with reading() as session:
        found = await queries.space_for(session, visit.params["space"], event_id=visit.here.event_id, person_id=None)
        if found is None:
            raise closed_to(visit)
        space, _ = found
        threads, _ = await queries.threads_of_space(session, space.id or 0, person_id=None)
    url = f"{visit.house.url}/events/{visit.here.slug}/forum/{space.id}"
    entries = [
        atom.Entry(
            f"{visit.house.url}/threads/{each.id}", each.title, each.last_post_at, each.lang, author=each.by.name
        )
        for each in threads
    ]
    return atom.feed(
        f"{space.title_in(visit.lang)} · {visit.here.title}", url=url, own=f"{url}/feed.atom",
        author=visit.house.programme["name"], lang=visit.lang, entries=entries, since=space.opened_at,
    )  # fmt: skip


async def _whole_thread(visit: Visit) -> tuple[ThreadOpen, list[whole.Written]]:
    async with reading() as session:
        opened = await queries.thread_for(
            session, visit.params["thread"], event_id=visit.here.event_id, person_id=person_id(visit)
        )
        if opened is None:
            raise closed_to(visit)
        return opened, await whole.posts_of(session, visit.params["thread"])


routes = [
    get("/events/{event}/forum/{space:int}/feed.atom", space_feed, who=reader),
    get("/events/{event}/threads/{thread:int}/thread.md", thread_markdown, who=reader),
    get("/events/{event}/threads/{thread:int}/thread.pdf", thread_pdf, who=reader),
]
