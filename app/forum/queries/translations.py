"""What the pages ask about translations of posts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.forum.models import Post, Translation
from app.forum.queries.shown import TranslationShown
from app.people.models import Person


async def translations_of(session: AsyncSession, post_ids: Sequence[int]) -> dict[int, tuple[TranslationShown, ...]]:
    """post id → what it says in other languages now; one statement for a page."""
    query = (
        select(Translation, Person.name, Post.worded)
        .join(Post, col(Post.id) == col(Translation.post_id))
        .outerjoin(Person, col(Person.id) == col(Translation.by_id))
        .where(col(Translation.id).in_(_newest(post_ids)), Translation.html != "")
        .order_by(col(Translation.lang))
    )
    found: dict[int, tuple[TranslationShown, ...]] = {}
    for row, name, worded in (await session.exec(query)).all():
        shown = TranslationShown(row.lang, row.html, name or "", row.at, outdated=row.of < worded)
        found[row.post_id] = (*found.get(row.post_id, ()), shown)
    return found


async def texts_of(session: AsyncSession, post_id: int) -> dict[str, Translation]:
    """language → the translation as written."""
    query = select(Translation).where(col(Translation.id).in_(_newest([post_id])), Translation.html != "")
    return {row.lang: row for row in (await session.exec(query)).all()}


async def translation_with_key(session: AsyncSession, key: str) -> Translation | None:
    return (await session.exec(select(Translation).where(Translation.key == key))).one_or_none()


async def versions_of(
    session: AsyncSession, post_id: int, *, lang: str, limit: int = 20
) -> list[tuple[Translation, str]]:
    """(version, whose) of a translation that stands, the newest first; nothing from before it was taken away."""
    query = (
        select(Translation, Person.name)
        .outerjoin(Person, col(Person.id) == col(Translation.by_id))
        .where(Translation.post_id == post_id, Translation.lang == lang)
        .order_by(col(Translation.id).desc())
        .limit(limit)
    )
    versions = []
    for row, name in (await session.exec(query)).all():
        if not row.html:
            break
        versions.append((row, name or ""))
    return versions


def _newest(post_ids: Sequence[int]) -> Any:
    return (
        select(func.max(Translation.id))
        .where(col(Translation.post_id).in_(post_ids))
        .group_by(col(Translation.post_id), col(Translation.lang))
    )
