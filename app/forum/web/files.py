"""Pictures and files of posts: added before a reply leaves, looked at, described, taken away."""

import re

from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from app.core import doors, files
from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Forbidden, Invalid, Missing
from app.core.files import StoredFile
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.sending import sent_file
from app.core.words import N_
from app.events.doors import member
from app.forum.actions import attaching
from app.forum.actions.posts import Files, held_with_post
from app.forum.models import Attachment, Post, Thread
from app.forum.queries import files as queries
from app.forum.queries import lookups
from app.forum.queries import reading as threads
from app.forum.rules import LONGEST_ALT, check_look_after
from app.forum.rules_files import PLAYED, Role
from app.forum.web.shared import FILES, check_pace, closed_to, person_id
from app.forum.web.thread import show_thread
from app.forum.web.wall import show_card_form, show_recording_form


class Added(Form):
    key: str = Field(min_length=8, max_length=64)
    alt: str = Field(default="", max_length=LONGEST_ALT)


class Description(Form):
    alt: str = Field(default="", max_length=LONGEST_ALT)


async def sent_with_reply(visit: Visit) -> Files:
    """What came with a reply: a file is kept at once, so that it is there whatever becomes of the text."""
    return await _sent_with(visit, Role.BESIDE)


async def _sent_with(visit: Visit, role: Role) -> Files:
    sent = await visit.sent()
    added = await _added(visit, role=role)
    alts = {int(name[4:]): str(words) for name, words in sent.items() if re.fullmatch(r"alt-\d{1,9}", name)}
    if added is None or not visit.quiet:
        return Files(alts)
    return Files(alts, {added.id or 0: "alt"})  # a script shows the sentence at the field from which the file came


async def sent_with_recording(visit: Visit) -> Files:
    """The recording, its captions and one of its slides, as far as they came; each is kept at once."""
    for role in (Role.RECORDING, Role.CAPTIONS):
        await _added(visit, role, role)
    return await _sent_with(visit, Role.SLIDE)


async def add(visit: Visit) -> Response:
    """The file is kept, and the page is there again with everything typed: without scripts, too."""
    if await _added(visit) is None:
        raise Invalid({"file": N_("Please choose a file first.")})
    return await _written_on(visit)


async def leave_out(visit: Visit) -> Response:
    """The file is gone, and what was typed is still there."""
    async with transaction() as session:
        await attaching.leave_out(
            session, visit.params["file"], thread_id=visit.params["thread"], person_id=visit.me.id
        )
    return await _written_on(visit)


async def show_file(visit: Visit) -> Response:
    """To the file's own address, which is good for some minutes and for whoever may read the post now."""
    async with reading() as session:
        found = await queries.file_for(
            session, visit.params["file"], post_id=visit.params["post"], person_id=person_id(visit)
        )
    if found is None:
        raise closed_to(visit)
    return _led(visit, *found)


async def show_waiting(visit: Visit) -> Response:
    async with reading() as session:
        found = await queries.file_for(session, visit.params["file"], post_id=None, person_id=visit.me.id)
    if found is None:
        raise Missing
    return _led(visit, *found)


async def describe(visit: Visit) -> Response:
    sent = await visit.form(Description)
    async with transaction() as session:
        thread, written = await _mine(visit, session)
        if written.author_id != visit.me.id:
            raise Forbidden(N_("Only the person who wrote this can change it. You can answer it instead."))
        await attaching.describe(session, thread, written, visit.params["file"], alt=sent.alt)
    return visit.go(f"/posts/{visit.params['post']}/more", said=N_("Changed."))


async def take_away(visit: Visit) -> Response:
    async with transaction() as session:
        thread, written = await _mine(visit, session)
        await attaching.take_away(session, thread, written, visit.params["file"])
    return visit.go(f"/posts/{visit.params['post']}/more", said=N_("The file is gone from this post."))


async def _written_on(visit: Visit) -> Response:
    visit.typed = {name: words for name, words in (await visit.sent()).items() if isinstance(words, str)}
    forms = {"card": show_card_form, "recording": show_recording_form}
    return await forms.get(visit.typed.get("on", ""), show_thread)(visit)


async def _added(visit: Visit, name: str = "file", role: Role = Role.BESIDE) -> Attachment | None:
    """The file sent with the form in this field, if one was chosen."""
    file = await visit.upload(name)
    if file is None:
        return None
    sent = await visit.form(Added)
    await check_pace(visit, "files", FILES)
    await _check_thread(visit)
    checked = await _CHECKS[role](files.Upload(file.filename or "", await _body(file)))
    async with transaction() as session:
        return await attaching.add_file(
            session, checked, thread_id=visit.params["thread"], person_id=visit.me.id, key=sent.key, alt=sent.alt,
            role=role, now=visit.now,
        )  # fmt: skip


async def _body(file: UploadFile) -> bytes:
    """One byte more than we take is enough to say no."""
    return await file.read(files.limit() * 1_000_000 + 1)


async def _check_thread(visit: Visit) -> None:
    async with reading() as session:
        thread_id, event_id = visit.params["thread"], visit.here.event_id
        opened = await threads.thread_for(session, thread_id, person_id=visit.me.id, event_id=event_id)
    if opened is None:
        raise Missing


async def _mine(visit: Visit, session: AsyncSession) -> tuple[Thread, Post]:
    """The post and its thread, held, if this person may change what is at it."""
    found = await threads.post_for(session, visit.params["post"], person_id=visit.me.id)
    if found is None or found.post.deleted:
        raise Missing
    thread, written = await held_with_post(session, found.post.id)
    standing = await lookups.standing(session, visit.me.id, audience_id=thread.audience_id, event_id=thread.event_id)
    check_look_after(written.author_id, standing)
    return thread, written


def _led(visit: Visit, attachment: Attachment, file: StoredFile) -> Response:
    if attachment.role in PLAYED:  # a player asks for one piece after another, for as long as it plays
        return sent_file(file.place, type=file.type, name=file.name, inline="download" not in visit.query, keep=300)
    asked = visit.query.get("w", "")
    width = next((each for each in attachment.widths if str(each) == asked), 0)
    place = files.place_of(file.place, width) if width else file.place
    answer = RedirectResponse(files.address(place, type=file.type, name=file.name, now=visit.now), status_code=303)
    answer.headers["cache-control"] = "private, max-age=300"
    return answer


_CHECKS = {
    Role.BESIDE: files.check, Role.SLIDE: files.check, Role.RECORDING: files.check_recording,
    Role.CAPTIONS: files.check_captions,
}  # fmt: skip
_HERE = "/events/{event}/threads/{thread:int}/files"
routes = [
    post(_HERE, add, who=member, shows=show_thread),
    get(_HERE + "/{file:int}", show_waiting, who=member),
    post(_HERE + "/{file:int}/deletion", leave_out, who=member),
    get("/posts/{post:int}/files/{file:int}", show_file, who=doors.reader),
    post("/posts/{post:int}/files/{file:int}", describe, who=signed_in),
    post("/posts/{post:int}/files/{file:int}/deletion", take_away, who=signed_in),
]
