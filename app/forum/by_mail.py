"""Answers by mail in the forum: a letter about a post is answered in its thread, also one that asks for an answer."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.answers import Answer, Answering, Place
from app.forum.actions import posts
from app.forum.queries import lookups


async def place(session: AsyncSession, thread_id: int) -> Place | None:
    thread = await lookups.thread(session, thread_id)
    if thread is None:
        return None
    return Place(
        event_id=thread.event_id, audience_id=thread.audience_id, title=thread.title, url=f"/threads/{thread_id}/unread"
    )


async def post(session: AsyncSession, answer: Answer, now: datetime) -> str:
    written = await posts.reply(
        session, thread_id=answer.ref, author_id=answer.person_id, key=answer.key, text=answer.text, lang=answer.lang,
        via="mail", now=now,
    )  # fmt: skip
    return f"/posts/{written.id}"


answerings = [("thread", "t", Answering(place, post)), ("asked", "q", Answering(place, post))]
