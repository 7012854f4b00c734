"""Sending a recorded input."""

from sqlmodel import Field
from starlette.responses import Response

from app.core.db import transaction
from app.core.pages import Visit, post
from app.core.words import N_
from app.events.doors import member
from app.forum import rules
from app.forum.actions import recordings
from app.forum.web.files import sent_with_recording
from app.forum.web.shared import POSTS, check_open, check_pace
from app.forum.web.wall import show_recording_form
from app.forum.web.writing import Written


class Recording(Written):
    """Title and transcript may be wanting here: what was sent is kept first, then they are asked for."""

    title: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=20_000)


async def publish(visit: Visit) -> Response:
    sent = await visit.form(Recording)
    await check_pace(visit, "posts", POSTS)
    files = await sent_with_recording(visit)
    async with transaction() as session:
        thread_id = await check_open(visit, session)
        written = await recordings.publish(
            session, thread_id=thread_id, author_id=visit.me.id, files=files, now=visit.now, **sent.model_dump()
        )
    page = rules.page_of(written.position)
    return visit.go(
        f"/events/{visit.here.slug}/threads/{written.thread_id}?page={page}#post-{written.id}",
        said=N_("Your recording is here."),
    )


async def keep(visit: Visit) -> Response:
    """What was chosen so far is kept, and the page is there again with everything typed."""
    await sent_with_recording(visit)
    visit.typed = {name: words for name, words in (await visit.sent()).items() if isinstance(words, str)}
    return await show_recording_form(visit)


_HERE = "/events/{event}/threads/{thread:int}/recordings"
routes = [
    post(_HERE, publish, who=member, shows=show_recording_form),
    post(_HERE + "/files", keep, who=member, shows=show_recording_form),
]
