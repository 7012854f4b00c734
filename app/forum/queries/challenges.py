"""What somebody wrote as a challenge, for them alone to take along."""

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.forum.models import Thread
from app.forum.rules import ThreadKind


@dataclass(frozen=True)
class Challenge:
    """`text`: title, context and facts, as its author wrote them."""

    thread_id: int
    text: str
    lang: str


async def my_challenge(session: AsyncSession, asked: str, *, person_id: int, event_id: int) -> Challenge | None:
    """The challenge with this number, if this person wrote it in this event; `asked` comes from an address."""
    if not asked.isdecimal() or len(asked) > 9:
        return None
    query = select(Thread).where(
        Thread.id == int(asked), Thread.event_id == event_id, Thread.author_id == person_id,
        Thread.kind == ThreadKind.CHALLENGE, col(Thread.audience_id).in_(readable(person_id)),
    )  # fmt: skip
    thread = (await session.exec(query)).one_or_none()
    if thread is None:
        return None
    facts = "\n".join(f"{term}: {words}" for term, words in thread.facts)
    text = "\n\n".join(part for part in (thread.title, thread.context.strip(), facts) if part)
    return Challenge(thread.id or 0, text, thread.lang)
