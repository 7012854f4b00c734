"""What the actions look up before they write; rows that will change are held."""

from collections.abc import Collection

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import Audience, AudienceMember
from app.core.db import locked
from app.events.models import Participation
from app.events.rules import MODERATORS
from app.forum.models import Attachment, Follow, Post, ReadMark, Space, SpaceHearing, Thread, ThreadEdit
from app.forum.queries.rights import standing_of, standing_posts
from app.forum.rules import Standing
from app.people.models import Person


async def thread(session: AsyncSession, thread_id: int) -> Thread | None:
    return await session.get(Thread, thread_id)


async def thread_to_change(session: AsyncSession, thread_id: int) -> Thread | None:
    return (await session.exec(locked(select(Thread).where(Thread.id == thread_id)))).one_or_none()


async def wordings(session: AsyncSession, thread_id: int) -> int:
    """How often what stands above a thread has changed."""
    query = select(func.count()).select_from(ThreadEdit).where(ThreadEdit.thread_id == thread_id)
    return (await session.exec(query)).one()


async def post_to_change(session: AsyncSession, post_id: int) -> tuple[Thread, Post] | None:
    """The post and its thread; the thread's row is held first, as everywhere, so that no two wait for each other."""
    thread_id = (await session.exec(select(Post.thread_id).where(Post.id == post_id))).one_or_none()
    thread = await thread_to_change(session, thread_id) if thread_id is not None else None
    if thread is None:
        return None
    return thread, (await session.exec(locked(select(Post).where(Post.id == post_id)))).one()


async def post_with_key(session: AsyncSession, key: str) -> Post | None:
    return (await session.exec(select(Post).where(Post.key == key))).one_or_none()


async def thread_with_key(session: AsyncSession, key: str) -> Thread | None:
    return (await session.exec(select(Thread).where(Thread.key == key))).one_or_none()


async def space_with_key(session: AsyncSession, key: str) -> Space | None:
    return (await session.exec(select(Space).where(Space.key == key))).one_or_none()


async def space(session: AsyncSession, space_id: int) -> Space | None:
    return await session.get(Space, space_id)


async def post_of_thread(session: AsyncSession, post_id: int, thread_id: int) -> Post | None:
    """The post, if it stands in this thread."""
    query = select(Post).where(Post.id == post_id, Post.thread_id == thread_id, *standing_posts())
    return (await session.exec(query)).one_or_none()


async def standing(session: AsyncSession, person_id: int, *, audience_id: int, event_id: int) -> Standing:
    """What this person may do with what belongs to this audience."""
    query = (
        select(AudienceMember.writes, Participation.roles)
        .select_from(Person)
        .outerjoin(
            AudienceMember,
            (col(AudienceMember.person_id) == col(Person.id)) & (col(AudienceMember.audience_id) == audience_id),
        )
        .outerjoin(
            Participation, (col(Participation.person_id) == col(Person.id)) & (col(Participation.event_id) == event_id)
        )
        .where(Person.id == person_id)
    )
    row = (await session.exec(query)).one_or_none()
    return standing_of(person_id, row[0], list(row[1] or ())) if row is not None else Standing(person_id)


async def names_in(session: AsyncSession, audience_id: int) -> dict[int, str]:
    """The members of an audience by name, to find who is mentioned."""
    query = (
        select(Person.id, Person.name)
        .join(AudienceMember, col(AudienceMember.person_id) == col(Person.id))
        .where(AudienceMember.audience_id == audience_id, col(Person.left_at).is_(None))
    )
    return {person_id or 0: name for person_id, name in (await session.exec(query)).all()}


async def people_in(session: AsyncSession, audience_id: int) -> dict[int, tuple[str, str]]:
    """The members of an audience by name and city, to complete a name that somebody types."""
    query = (
        select(Person.id, Person.name, Person.city)
        .join(AudienceMember, col(AudienceMember.person_id) == col(Person.id))
        .where(AudienceMember.audience_id == audience_id, col(Person.left_at).is_(None))
    )
    return {person_id or 0: (name, city) for person_id, name, city in (await session.exec(query)).all()}


async def followers(session: AsyncSession, thread_id: int) -> dict[int, str]:
    """person → the level they chose for this thread ("" when they said nothing)."""
    query = select(Follow.person_id, Follow.level).where(Follow.thread_id == thread_id)
    return dict((await session.exec(query)).all())


async def hearers(session: AsyncSession, space_id: int) -> dict[int, str]:
    """person → the level they chose for this space."""
    query = select(SpaceHearing.person_id, SpaceHearing.level).where(SpaceHearing.space_id == space_id)
    return dict((await session.exec(query)).all())


async def space_hearing(session: AsyncSession, person_id: int, space_id: int) -> SpaceHearing | None:
    query = select(SpaceHearing).where(SpaceHearing.person_id == person_id, SpaceHearing.space_id == space_id)
    return (await session.exec(locked(query))).one_or_none()


async def members_among(session: AsyncSession, audience_id: int, person_ids: Collection[int]) -> set[int]:
    """Those of these people who belong to the audience."""
    query = select(AudienceMember.person_id).where(
        AudienceMember.audience_id == audience_id, col(AudienceMember.person_id).in_(person_ids)
    )
    return set((await session.exec(query)).all())


async def mark(session: AsyncSession, person_id: int, thread_id: int) -> ReadMark | None:
    query = select(ReadMark).where(ReadMark.person_id == person_id, ReadMark.thread_id == thread_id)
    return (await session.exec(locked(query))).one_or_none()


async def follow(session: AsyncSession, person_id: int, thread_id: int) -> Follow | None:
    query = select(Follow).where(Follow.person_id == person_id, Follow.thread_id == thread_id)
    return (await session.exec(locked(query))).one_or_none()


async def moderators(session: AsyncSession, event_id: int) -> set[int]:
    """Who moderates an event."""
    query = (
        select(Participation.person_id, Participation.roles)
        .join(Person, col(Person.id) == col(Participation.person_id))
        .where(Participation.event_id == event_id, col(Person.left_at).is_(None))
    )
    return {person_id for person_id, roles in (await session.exec(query)).all() if MODERATORS & set(roles)}


async def moderates(session: AsyncSession, person_id: int, event_id: int) -> bool:
    query = select(Participation.roles).where(Participation.event_id == event_id, Participation.person_id == person_id)
    return bool(MODERATORS & set((await session.exec(query)).one_or_none() or ()))


async def post_ids(session: AsyncSession, thread_id: int) -> list[int]:
    found = (await session.exec(select(Post.id).where(Post.thread_id == thread_id))).all()
    return [post_id for post_id in found if post_id is not None]


async def posts_to_change(session: AsyncSession, thread_id: int) -> list[Post]:
    """Every post of a thread in its order, those taken away, too."""
    query = select(Post).where(Post.thread_id == thread_id).order_by(col(Post.position))
    return list((await session.exec(locked(query))).all())


async def posts_among(session: AsyncSession, thread_id: int, post_ids: Collection[int]) -> list[Post]:
    """Those of these posts that stand in the thread, in its order, held."""
    query = select(Post).where(Post.thread_id == thread_id, col(Post.id).in_(post_ids), *standing_posts())
    return list((await session.exec(locked(query.order_by(col(Post.position))))).all())


async def marks_of(session: AsyncSession, thread_id: int) -> list[ReadMark]:
    return list((await session.exec(locked(select(ReadMark).where(ReadMark.thread_id == thread_id)))).all())


async def last_standing(session: AsyncSession, thread_id: int) -> Post | None:
    """The newest post that stands in the thread."""
    query = select(Post).where(Post.thread_id == thread_id, *standing_posts())
    return (await session.exec(query.order_by(col(Post.position).desc()).limit(1))).one_or_none()


async def attachments_in(session: AsyncSession, thread_id: int) -> list[Attachment]:
    return list((await session.exec(select(Attachment).where(Attachment.thread_id == thread_id))).all())


async def merged_into(session: AsyncSession, thread_id: int) -> list[Thread]:
    """The threads whose posts stand in this one now."""
    return list((await session.exec(select(Thread).where(Thread.merged_into == thread_id).limit(100))).all())


async def is_public(session: AsyncSession, audience_id: int) -> bool:
    return bool((await session.exec(select(Audience.public).where(Audience.id == audience_id))).one())


async def authors_of(session: AsyncSession, post_ids: Collection[int], *, event_id: int) -> set[int]:
    """Who wrote those of these posts that stand in threads of this event."""
    query = (
        select(Post.author_id)
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .where(col(Post.id).in_(post_ids), Thread.event_id == event_id, *standing_posts())
    )
    return {author_id for author_id in (await session.exec(query)).all() if author_id is not None}
