"""Reading newsletters and who gets them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import locked
from app.notices.models import Newsletter, Subscriber
from app.notices.rules_announcing import MOST_WAITING, State
from app.notices.rules_newsletter import PAGE


async def archive(session: AsyncSession, *, page: int) -> tuple[list[Newsletter], bool]:
    """What was sent, the newest first: (one page, is there more?)."""
    query = (
        select(Newsletter)
        .where(Newsletter.state == State.RELEASED)
        .order_by(col(Newsletter.released_at).desc(), col(Newsletter.id).desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    rows = list((await session.exec(query)).all())
    return rows[:PAGE], len(rows) > PAGE


async def outbox(session: AsyncSession) -> list[Newsletter]:
    query = select(Newsletter).where(Newsletter.state == State.WAITING).order_by(col(Newsletter.id)).limit(MOST_WAITING)
    return list((await session.exec(query)).all())


async def issue(session: AsyncSession, issue_id: int) -> Newsletter | None:
    return await session.get(Newsletter, issue_id)


async def issue_to_change(session: AsyncSession, issue_id: int) -> Newsletter | None:
    return (await session.exec(locked(select(Newsletter).where(Newsletter.id == issue_id)))).one_or_none()


async def issue_with_key(session: AsyncSession, key: str) -> Newsletter | None:
    return (await session.exec(select(Newsletter).where(Newsletter.key == key))).one_or_none()


async def subscriber_with_address(session: AsyncSession, email: str) -> Subscriber | None:
    return (await session.exec(locked(select(Subscriber).where(Subscriber.email == email)))).one_or_none()


async def subscriber(session: AsyncSession, subscriber_id: int) -> Subscriber | None:
    return (await session.exec(locked(select(Subscriber).where(Subscriber.id == subscriber_id)))).one_or_none()


async def languages(session: AsyncSession) -> dict[str, int]:
    """language → how many have confirmed in it."""
    query = select(Subscriber.lang, func.count()).where(
        col(Subscriber.confirmed_at).is_not(None), col(Subscriber.returned_at).is_(None)
    )
    return dict((await session.exec(query.group_by(Subscriber.lang))).all())


async def count_returning(session: AsyncSession) -> int:
    """So many subscribers have addresses from which letters come back."""
    return (await session.exec(select(func.count()).where(col(Subscriber.returned_at).is_not(None)))).one()


async def next_subscribers(session: AsyncSession, *, after: int, before: datetime, limit: int) -> Sequence[Subscriber]:
    """Those who confirmed before an issue was released, by their number, from `after` on."""
    query = (
        select(Subscriber)
        .where(
            col(Subscriber.id) > after, col(Subscriber.confirmed_at) <= before, col(Subscriber.returned_at).is_(None)
        )
        .order_by(col(Subscriber.id))
        .limit(limit)
    )
    return (await session.exec(query)).all()
