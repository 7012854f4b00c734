"""Who wrote what a search has found."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.search import Found
from app.forum.models import Post, Thread
from app.people.models import Person

POST = "forum-post"


async def authors_of(session: AsyncSession, hits: Sequence[Found]) -> dict[tuple[str, int], str]:
    """(kind, ref) → name; what is no post and no thread has no author here."""
    posts = [hit.ref for hit in hits if hit.kind == POST]
    threads = [hit.ref for hit in hits if hit.kind.startswith("forum-") and hit.kind != POST]
    of_posts = await _names(session, Post, posts) if posts else {}
    of_threads = await _names(session, Thread, threads) if threads else {}
    found = {(hit.kind, hit.ref): (of_posts if hit.kind == POST else of_threads).get(hit.ref, "") for hit in hits}
    return {key: name for key, name in found.items() if name}


async def _names(session: AsyncSession, kind: type[Post] | type[Thread], refs: Sequence[int]) -> dict[int, str]:
    query = select(kind.id, Person.name).join(Person, col(Person.id) == kind.author_id).where(col(kind.id).in_(refs))
    return {ref or 0: name for ref, name in (await session.exec(query)).all()}
