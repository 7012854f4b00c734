"""A whole thread, to be taken along."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.forum.models import Post
from app.forum.queries.files import files_of
from app.forum.queries.rights import standing_posts
from app.forum.queries.shown import FileShown
from app.people.models import Person

MOST = 5000


@dataclass(frozen=True)
class Written:
    """A post as it was written; `name` is "" for somebody who is gone."""

    position: int
    name: str
    at: datetime
    title: str
    quote: str
    text: str
    lang: str
    files: tuple[FileShown, ...] = ()


async def posts_of(session: AsyncSession, thread_id: int) -> list[Written]:
    """What stands in the thread, in order; the thread was found readable before."""
    query = (
        select(Post, Person.name)
        .outerjoin(Person, col(Person.id) == col(Post.author_id))
        .where(Post.thread_id == thread_id, *standing_posts())
        .order_by(col(Post.position))
        .limit(MOST)
    )
    rows = (await session.exec(query)).all()
    files = await files_of(session, [post.id or 0 for post, _ in rows if post.files])
    return [
        Written(
            post.position, name or "", post.created_at, post.title, post.quote, post.text, post.lang,
            files.get(post.id or 0, ()),
        )
        for post, name in rows
    ]  # fmt: skip
