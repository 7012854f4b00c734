"""Who thanked for what."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import locked
from app.forum.models import Thanks
from app.forum.queries.shown import Thank
from app.forum.rules import THANKS_NAMED
from app.people.models import Person

PAGE = 50


async def first_thanks(session: AsyncSession, post_ids: Sequence[int]) -> dict[int, tuple[Thank, ...]]:
    """The first few who thanked for each of these posts, in order; one statement for any number of posts."""
    place = func.row_number().over(partition_by=col(Thanks.post_id), order_by=(col(Thanks.at), col(Thanks.person_id)))
    numbered = select(Thanks.post_id, Thanks.person_id, Thanks.reason, place.label("place")).where(
        col(Thanks.post_id).in_(post_ids)
    )
    few = numbered.subquery()
    query = (
        select(few.c.post_id, Person.id, Person.name, few.c.reason)
        .join(Person, col(Person.id) == few.c.person_id)
        .where(few.c.place <= THANKS_NAMED)
        .order_by(few.c.post_id, few.c.place)
    )
    found: dict[int, list[Thank]] = defaultdict(list)
    for post_id, person_id, name, reason in (await session.exec(query)).all():
        found[post_id].append(Thank(person_id or 0, name, reason))
    return {post_id: tuple(thanks) for post_id, thanks in found.items()}


async def thanks_of(session: AsyncSession, post_id: int, *, page: int = 1) -> tuple[list[Thank], bool]:
    """Everybody who thanked for a post, the first first: (one page, is there more?)."""
    query = (
        select(Person.id, Person.name, Thanks.reason)
        .join(Thanks, col(Thanks.person_id) == col(Person.id))
        .where(Thanks.post_id == post_id)
        .order_by(col(Thanks.at), col(Thanks.person_id))
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    rows = (await session.exec(query)).all()
    return [Thank(person_id or 0, name, reason) for person_id, name, reason in rows[:PAGE]], len(rows) > PAGE


async def thanks_by(session: AsyncSession, post_id: int, person_id: int) -> Thanks | None:
    query = select(Thanks).where(Thanks.post_id == post_id, Thanks.person_id == person_id)
    return (await session.exec(locked(query))).one_or_none()
