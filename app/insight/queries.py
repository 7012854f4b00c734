"""What the participation panel counts: a dozen statements, however many people and posts there are."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import exists, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.library import methods
from app.consultation.models import Consultation, ConsultationSeat, Contribution
from app.events.models import Participation
from app.events.rules import STAFF
from app.forum.models import Post, ReadMark, Thread
from app.forum.queries.rights import standing_posts
from app.forum.rules import ASKING
from app.insight.rules import Counts, Taking, crossing
from app.people.models import Person

MOST_PEOPLE = 5000
A_DAY = timedelta(hours=24)
A_MONTH = timedelta(days=30)


async def taking(session: AsyncSession, event_id: int) -> list[Taking]:
    """Everybody who takes part and does not run the event, with how much they have contributed; five statements."""
    given: Counter[int] = Counter()
    for counted in (
        await _threads(session, event_id),
        await _posts(session, event_id),
        await _cards(session, event_id),
    ):
        given.update(counted)
    read = await _last_reading(session, event_id)
    query = (
        select(Participation, Person.country)
        .join(Person, col(Person.id) == col(Participation.person_id))
        .where(Participation.event_id == event_id, col(Person.left_at).is_(None))
        .order_by(col(Person.id))
        .limit(MOST_PEOPLE)
    )
    found = []
    for part, country in (await session.exec(query)).all():
        if STAFF & set(part.roles):
            continue
        seen = max((at for at in (part.visited_at, read.get(part.person_id)) if at is not None), default=None)
        amount = given[part.person_id]
        found.append(Taking(part.person_id, country, seen is not None or amount > 0, seen, amount))
    return found


async def counts(session: AsyncSession, event_id: int, *, people: Collection[int], now: datetime) -> Counts:
    """`people`: those the figures are about."""
    return Counts(
        first_replies=await _first_replies(session, event_id, set(people)),
        unanswered=await _unanswered(session, event_id, now=now),
        replies=await _replies(session, event_id),
        consultations=await _consultations(session, event_id),
        seats=await _seats(session, event_id),
        followed_up=await _followed_up(session, event_id, now=now),
    )


async def _threads(session: AsyncSession, event_id: int) -> dict[int, int]:
    query = (
        select(Thread.author_id, func.count())
        .where(Thread.event_id == event_id, col(Thread.author_id).is_not(None))
        .group_by(col(Thread.author_id))
    )
    return {person_id or 0: count for person_id, count in (await session.exec(query)).all()}


async def _posts(session: AsyncSession, event_id: int) -> dict[int, int]:
    query = (
        select(Post.author_id, func.count())
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .where(Thread.event_id == event_id, col(Post.author_id).is_not(None), *standing_posts())
        .group_by(col(Post.author_id))
    )
    return {person_id or 0: count for person_id, count in (await session.exec(query)).all()}


async def _cards(session: AsyncSession, event_id: int) -> dict[int, int]:
    """How much somebody wrote in consultations; nothing of what."""
    query = (
        select(ConsultationSeat.person_id, func.count())
        .join(Contribution, col(Contribution.seat_id) == col(ConsultationSeat.id))
        .join(Consultation, col(Consultation.id) == col(ConsultationSeat.consultation_id))
        .where(Consultation.event_id == event_id, Consultation.practice == "", col(Contribution.gone).is_(False))
        .where(col(ConsultationSeat.person_id).is_not(None))
        .group_by(col(ConsultationSeat.person_id))
    )
    return {person_id or 0: count for person_id, count in (await session.exec(query)).all()}


async def _last_reading(session: AsyncSession, event_id: int) -> dict[int, datetime]:
    query = (
        select(ReadMark.person_id, func.max(ReadMark.at))
        .join(Thread, col(Thread.id) == col(ReadMark.thread_id))
        .where(Thread.event_id == event_id)
        .group_by(col(ReadMark.person_id))
    )
    return dict((await session.exec(query)).all())


async def _first_replies(session: AsyncSession, event_id: int, people: set[int]) -> list[float]:
    """Hours from somebody's first thread to the first answer of another person; those still unanswered are left out."""
    firsts = select(func.min(Thread.id)).where(Thread.event_id == event_id).group_by(col(Thread.author_id))
    query = (
        select(Thread.author_id, Thread.started_at, func.min(Post.created_at))
        .join(Post, col(Post.thread_id) == col(Thread.id))
        .where(
            col(Thread.id).in_(firsts), col(Post.author_id).is_distinct_from(col(Thread.author_id)), *standing_posts()
        )
        .group_by(col(Thread.id), col(Thread.author_id), col(Thread.started_at))
        .limit(MOST_PEOPLE)
    )
    rows = (await session.exec(query)).all()
    return [(answered - began).total_seconds() / 3600 for author, began, answered in rows if author in people]


async def _unanswered(session: AsyncSession, event_id: int, *, now: datetime) -> int:
    query = select(func.count()).where(
        Thread.event_id == event_id, col(Thread.kind).in_(list(ASKING)), Thread.answers == 0,
        Thread.started_at < now - A_DAY, col(Thread.locked).is_(False), col(Thread.merged_into).is_(None),
    )  # fmt: skip
    return (await session.exec(query)).one()


QUOTED, WRITER, ASKER = aliased(Post), aliased(Person), aliased(Person)


async def _replies(session: AsyncSession, event_id: int) -> tuple[int, int]:
    """Answers by the country of who answers and of whom they answer: the quoted person, else who began the thread."""
    target: Any = func.coalesce(QUOTED.author_id, Thread.author_id)
    query = (
        select(WRITER.country, ASKER.country, func.count())
        .select_from(Post)
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .outerjoin(QUOTED, col(QUOTED.id) == col(Post.quote_of))
        .join(WRITER, col(WRITER.id) == col(Post.author_id))
        .join(ASKER, col(ASKER.id) == target)
        .where(Thread.event_id == event_id, col(Post.author_id) != target, *standing_posts())
        .group_by(col(WRITER.country), col(ASKER.country))
    )
    return crossing({(one, other): count for one, other, count in (await session.exec(query)).all()})


async def _consultations(session: AsyncSession, event_id: int) -> tuple[int, int]:
    """(with a key question and a first step, begun)."""

    def has(kind: str) -> Any:
        return exists().where(
            col(Contribution.consultation_id) == col(Consultation.id), col(Contribution.gone).is_(False),
            col(Contribution.deck).in_(_decks(kind)),
        )  # fmt: skip

    begun = (
        Consultation.event_id == event_id,
        Consultation.practice == "",
        col(Consultation.status).in_(("running", "closed")),
    )
    whole = (await session.exec(select(func.count()).select_from(Consultation).where(*begun))).one()
    complete = (*begun, has("question"), has("action_list"))
    return (await session.exec(select(func.count()).select_from(Consultation).where(*complete))).one(), whole


async def _seats(session: AsyncSession, event_id: int) -> tuple[int, int]:
    """(came and agreed, expected) in consultations that have begun."""
    query = (
        select(func.count(col(ConsultationSeat.agreed_at)), func.count())
        .select_from(ConsultationSeat)
        .join(Consultation, col(Consultation.id) == col(ConsultationSeat.consultation_id))
        .where(Consultation.event_id == event_id, Consultation.practice == "")
        .where(col(Consultation.status).in_(("running", "closed")), col(ConsultationSeat.person_id).is_not(None))
    )
    came, expected = (await session.exec(query)).one()
    return came, expected


async def _followed_up(session: AsyncSession, event_id: int, *, now: datetime) -> tuple[int, int]:
    """Of consultations that closed a month ago or earlier: (told what became of it, all)."""
    query = select(func.count(col(Consultation.outcome_at)), func.count()).where(
        Consultation.event_id == event_id, Consultation.practice == "", col(Consultation.closed_at) < now - A_MONTH
    )
    told, closed = (await session.exec(query)).one()
    return told, closed


@cache
def _decks(kind: str) -> tuple[str, ...]:
    """What the methods call their decks of this kind."""
    found = {
        output.key
        for method in methods().values()
        for phase in method.phases
        for output in phase.outputs
        if output.kind == kind
    }
    return tuple(sorted(found))
