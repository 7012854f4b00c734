"""Search over everything in the event that this person may read."""

from starlette.responses import Response

from app.core import search
from app.core.db import reading
from app.core.pages import Visit, get
from app.core.words import N_
from app.events.doors import visitor
from app.forum.queries.hits import authors_of
from app.forum.rules import ThreadKind
from app.forum.web.shared import person_id

KINDS = {
    "": (N_("Everything"), ()),
    "posts": (N_("Posts"), ("forum-post",)),
    "threads": (N_("Threads"), tuple(f"forum-{kind}" for kind in ThreadKind)),
    "practices": (N_("Good practices"), (f"forum-{ThreadKind.PRACTICE}",)),
    "challenges": (N_("Challenges"), (f"forum-{ThreadKind.CHALLENGE}",)),
    "questions": (N_("Questions"), (f"forum-{ThreadKind.QUESTION}",)),
}


async def find(visit: Visit) -> Response:
    words, page = visit.query.get("words", "").strip()[:200], visit.page_number()
    chosen = visit.query.get("kind", "") if visit.query.get("kind", "") in KINDS else ""
    async with reading() as session:
        found, more = await search.find(
            session, words, person_id=person_id(visit), event_id=visit.here.event_id, page=page, kinds=KINDS[chosen][1]
        )
        authors = await authors_of(session, found)
    kinds = [(name, sentence) for name, (sentence, _) in KINDS.items()]
    return visit.page(
        "forum/search.html", words=words, kinds=kinds, chosen=chosen, found=found, authors=authors, page=page, more=more
    )


routes = [get("/events/{event}/search", find, who=visitor)]
