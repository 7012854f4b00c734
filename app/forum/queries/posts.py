"""What the pages ask about posts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.events.models import Event
from app.forum.models import Post, PostEdit, Thread
from app.forum.queries.files import files_of
from app.forum.queries.rights import standing_posts
from app.forum.queries.shown import FileShown, PostShown, Quoted, Thank, TranslationShown, Weave, Whereabouts, by
from app.forum.queries.thanks import first_thanks
from app.forum.queries.translations import translations_of
from app.forum.rules import PostKind
from app.people.models import Person

SOURCE, SOURCE_AUTHOR = aliased(Post), aliased(Person)
"""Made once: the first look at the columns of a new alias costs more than the statement that asks it."""


async def posts_between(
    session: AsyncSession, thread_id: int, *, first: int, last: int, reader_id: int | None = None
) -> list[PostShown]:
    """The posts at these positions, in order; the reader sees their own also where others do not."""
    query = _posts().where(Post.thread_id == thread_id, col(Post.position).between(first, last))
    return await _shown(session, query.order_by(col(Post.position)), reader_id=reader_id)


async def posts_changed(
    session: AsyncSession, thread_id: int, *, after: int, limit: int = 200
) -> tuple[list[PostShown], bool]:
    """The posts that are newer than this version of the thread, in order of their position: (these, are there more?)."""
    newer = (
        select(Post.id)
        .where(Post.thread_id == thread_id, col(Post.version) > after)
        .order_by(col(Post.version))
        .limit(limit + 1)
    )
    ids = (await session.exec(newer)).all()
    query = _posts().where(col(Post.id).in_(ids[:limit])).order_by(col(Post.position))
    return await _shown(session, query), len(ids) > limit


async def post_shown(
    session: AsyncSession, post_id: int, *, thread_id: int, reader_id: int | None = None, moderates: bool = False
) -> PostShown | None:
    """One post of a thread that was found readable before; who moderates sees it also when it is hidden."""
    query = _posts().where(Post.id == post_id, Post.thread_id == thread_id)
    found = await _shown(session, query, reader_id=reader_id, moderates=moderates)
    return found[0] if found else None


async def cards(session: AsyncSession, thread_id: int, *, page: int, size: int) -> tuple[list[PostShown], bool]:
    """The cards of a wall, the newest first: (one page, are there more?)."""
    query = (
        _posts()
        .where(Post.thread_id == thread_id, Post.kind == PostKind.CARD, *standing_posts())
        .order_by(col(Post.position).desc())
        .offset((page - 1) * size)
        .limit(size + 1)
    )
    found = await _shown(session, query)
    return found[:size], len(found) > size


async def cards_changed(session: AsyncSession, thread_id: int, *, after: int, size: int) -> list[PostShown]:
    """Cards that are new, were changed or answered since this version of the thread, the newest `size` of them."""
    newer = (Post.thread_id == thread_id, col(Post.version) > after)
    answered_to = select(Post.quote_of).where(*newer, col(Post.quote_of).is_not(None))
    query = (
        _posts()
        .where(Post.thread_id == thread_id, Post.kind == PostKind.CARD)
        .where((col(Post.version) > after) | col(Post.id).in_(answered_to))
        .order_by(col(Post.position).desc())
        .limit(size)
    )
    return await _shown(session, query)


async def answers_to(session: AsyncSession, post_id: int, *, limit: int, reader_id: int | None) -> list[PostShown]:
    """What people answered to a post, in order."""
    query = _posts().where(Post.quote_of == post_id).order_by(col(Post.position)).limit(limit)
    return await _shown(session, query, reader_id=reader_id)


async def answered(session: AsyncSession, post_ids: Sequence[int]) -> dict[int, int]:
    """post → how many answers to it stand; one statement for a page."""
    query = (
        select(Post.quote_of, func.count())
        .where(col(Post.quote_of).in_(post_ids), *standing_posts())
        .group_by(col(Post.quote_of))
    )
    return {post_id or 0: count for post_id, count in (await session.exec(query)).all()}


async def card_by(session: AsyncSession, thread_id: int, person_id: int) -> int | None:
    """This person's card on the wall, if it stands there."""
    query = select(Post.id).where(
        Post.thread_id == thread_id, Post.author_id == person_id, Post.kind == PostKind.CARD, *standing_posts()
    )
    return (await session.exec(query.limit(1))).first()


async def weaves(session: AsyncSession, thread_id: int) -> list[Weave]:
    query = (
        select(Post.id, Post.title, Post.position)
        .where(Post.thread_id == thread_id, Post.kind == PostKind.WEAVING, *standing_posts())
        .order_by(col(Post.position).desc())
        .limit(5)
    )
    return [Weave(post_id or 0, title, position) for post_id, title, position in (await session.exec(query)).all()]


async def where_is_post(session: AsyncSession, post_id: int, *, person_id: int | None) -> Whereabouts | None:
    query = (
        select(Event.slug, Thread.id, Post.position, Post.author_id)
        .join(Thread, col(Thread.event_id) == col(Event.id))
        .join(Post, col(Post.thread_id) == col(Thread.id))
        .where(Post.id == post_id, col(Thread.audience_id).in_(readable(person_id)))
    )
    row = (await session.exec(query)).one_or_none()
    return None if row is None else Whereabouts(row[0], row[1] or 0, row[2], row[3])


async def edits_of(session: AsyncSession, post_id: int) -> list[PostEdit]:
    """What a post said before, the newest first."""
    query = select(PostEdit).where(PostEdit.post_id == post_id).order_by(col(PostEdit.id).desc())
    return list((await session.exec(query)).all())


async def _shown(
    session: AsyncSession, query: Any, *, reader_id: int | None = None, moderates: bool = False
) -> list[PostShown]:
    """What a query of `_posts` finds, with the thanks if there are any."""
    rows = (await session.exec(query)).all()
    thanked = [row[0].id for row in rows if row[0].thanks and row[0].stands]
    given = await first_thanks(session, thanked) if thanked else {}
    holding = [row[0].id for row in rows if row[0].files and not _is_bare(row[0], reader_id, moderates)]
    files = await files_of(session, holding) if holding else {}
    abroad = [row[0].id for row in rows if row[0].translations and not _is_bare(row[0], reader_id, moderates)]
    translations = await translations_of(session, abroad) if abroad else {}
    return [
        _post_shown(
            *row, thanks=given.get(row[0].id, ()), files=files.get(row[0].id, ()),
            translations=translations.get(row[0].id, ()),
            bare=_is_bare(row[0], reader_id, moderates),
        )
        for row in rows
    ]  # fmt: skip


def _is_bare(post: Post, reader_id: int | None, moderates: bool) -> bool:
    """Is this post shown without its words? Those of a hidden one are for its author and the moderators."""
    if post.deleted_at is not None:
        return True
    return post.hidden_at is not None and not moderates and (reader_id is None or post.author_id != reader_id)


def _posts() -> Any:
    source, source_author = SOURCE, SOURCE_AUTHOR
    return (
        select(Post, Person, Event.slug, source.id, source.thread_id, source_author.name, source.lang, source.hidden_at)  # type: ignore[call-overload]
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .join(Event, col(Event.id) == col(Thread.event_id))
        .outerjoin(Person, col(Person.id) == col(Post.author_id))
        .outerjoin(source, col(source.id) == col(Post.quote_of))
        .outerjoin(source_author, col(source_author.id) == col(source.author_id))
    )


def _post_shown(
    post: Post, author: Person | None, slug: str, quoted: int | None, quoted_in: int | None, quoted_name: str | None,
    quoted_lang: str | None, quoted_hidden: datetime | None, *, thanks: tuple[Thank, ...], files: tuple[FileShown, ...],
    translations: tuple[TranslationShown, ...], bare: bool,
) -> PostShown:  # fmt: skip
    assert post.id is not None
    return PostShown(
        id=post.id, thread_id=post.thread_id, event_slug=slug, position=post.position, version=post.version,
        kind=PostKind(post.kind), title="" if bare else post.title, html="" if bare else post.html, lang=post.lang,
        by=by(author), at=post.created_at, edited=post.edited_at is not None, deleted=post.deleted_at is not None,
        hidden=post.hidden_at is not None, via=post.via, quote="" if bare or quoted_hidden else post.quote,
        quoted=Quoted(quoted, quoted_in or 0, quoted_name or "", quoted_lang or "") if quoted is not None else None,
        country="" if bare else post.country, thanked=post.thanks, thanks=thanks, files=files,
        translations=translations,
    )  # fmt: skip
