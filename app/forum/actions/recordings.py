"""A recorded input: a post whose words are the transcript, with the recording, its captions and slides beside it."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.forum import rules_files
from app.forum.actions import posts
from app.forum.actions.posts import Files
from app.forum.models import Post
from app.forum.queries import files as queries
from app.forum.queries import lookups
from app.forum.rules import PostKind
from app.forum.rules_files import OF_RECORDINGS


async def publish(
    session: AsyncSession, *, thread_id: int, author_id: int, key: str, title: str, text: str, lang: str,
    files: Files | None = None, quote_of: int | None = None, now: datetime,
) -> Post:  # fmt: skip
    """Nobody sees it before captions and transcript are there; what is there already waits. The same key twice is one."""
    thread = await posts.held_thread(session, thread_id)
    if await lookups.post_with_key(session, key) is None:
        there = await queries.attachments_waiting(session, thread.id or 0, person_id=author_id, roles=OF_RECORDINGS)
        rules_files.check_whole([each.role for each in there], title=title, transcript=text)
    return await posts.reply(
        session, thread_id=thread_id, author_id=author_id, key=key, text=text, lang=lang, kind=PostKind.RECORDING,
        title=title.strip(), files=files or Files(), quote_of=quote_of, now=now,
    )  # fmt: skip
