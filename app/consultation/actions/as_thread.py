"""The protocol as a thread of the forum, if whoever brought the case wants it: what was released and nothing else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Contribution
from app.consultation.protocol import parts_of
from app.consultation.queries import Sitting
from app.core import i18n
from app.core.text import MAX_LENGTH
from app.core.words import N_
from app.forum.actions.reading import follow_quietly
from app.forum.actions.threads import change_thread, start_thread
from app.forum.models import Thread
from app.forum.queries import lookups
from app.forum.queries.spaces import first_open_space
from app.forum.rules import ThreadKind


def thread_key(room_id: int) -> str:
    return f"protocol:{room_id}"


async def keep_thread(session: AsyncSession, here: Sitting, items: Sequence[Contribution], *, now: datetime) -> None:
    """Made once and followed by the people of the room; what is released later, or taken back, changes it."""
    author = here.row.thread_by_id
    if author is None:
        return
    await session.flush()
    thread = await lookups.thread_with_key(session, thread_key(here.id))
    parts = await parts_of(session, here.id, here.method, lang=here.row.lang)
    text = as_markdown(parts, room_id=here.id, lang=here.row.lang)
    if thread is not None:
        standing = await lookups.standing(session, author, audience_id=thread.audience_id, event_id=thread.event_id)
        if thread.merged_into is None and standing.writes and thread.author_id == author and thread.context != text:
            await change_thread(
                session, thread.id or 0, editor_id=author, title=thread.title, context=text, lang=thread.lang, now=now
            )
        return
    space = await first_open_space(session, here.row.event_id, person_id=author)
    if space is None or not items:
        return
    thread = await start_thread(
        session, space_id=space, author_id=author, key=thread_key(here.id), kind=kind_of(items), title=here.row.title,
        context=text, lang=here.row.lang, now=now,
    )  # fmt: skip
    await _follow(session, here, thread, now=now)


def kind_of(items: Sequence[Contribution]) -> ThreadKind:
    """Where somebody told what worked at home it is a practice, otherwise ideas."""
    return ThreadKind.PRACTICE if any(row.kind == "experience" for row in items) else ThreadKind.IDEA


def as_markdown(parts: Sequence[dict[str, Any]], *, room_id: int, lang: str) -> str:
    """The parts as lists, as many items as fit above a thread; the whole stands on the protocol."""
    words = i18n.say(lang, N_("What may leave the room of a consultation. The whole protocol:"))
    name = i18n.say(lang, N_("Protocol"))
    head = f"{words} [{name}](/rooms/{room_id}/protocol)"
    blocks, left = [head], MAX_LENGTH - len(head)
    for part in parts:
        lines = [f"**{part['title']}**\n", *(_line(item, lang) for item in part["items"])]
        block = "\n".join(lines)
        left -= len(block) + 2
        if left < 0:
            break
        blocks.append(block)
    return "\n\n".join(blocks)


def _line(item: dict[str, Any], lang: str) -> str:
    """A linked practice stands here without its title, which not everybody who reads the thread may know."""
    practice, words = item.get("practice"), i18n.say(lang, N_("Linked practice"))
    link = f"[{words}](/threads/{practice})" if practice else ""
    said = [f"{item['name']}:" if item["name"] else "", item["text"], item["answer"], link]
    return "- " + " ".join(" ".join(said).split())


async def _follow(session: AsyncSession, here: Sitting, thread: Thread, *, now: datetime) -> None:
    people = {who.person_id for who in here.people.values() if who.person_id is not None and who.agreed}
    for person in sorted(await lookups.members_among(session, thread.audience_id, people)):
        await follow_quietly(session, person, thread, now=now)
