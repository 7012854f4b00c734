"""What the moderators' cockpit asks: a handful of statements, however many people and posts there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import readable
from app.core.db import locked
from app.events.models import Participation
from app.events.rules import STAFF
from app.forum.models import Note, Post, ReadMark, Thread
from app.forum.queries.rights import standing_posts
from app.forum.queries.shown import By, by
from app.forum.rules import ASKING
from app.forum.rules_cockpit import ANSWER_QUESTIONS, Knowing, Presence, Question
from app.notices.models import Hearing
from app.people.models import Person

PAGE = 20
MOST_PEOPLE = 1000
"""An event has a few hundred people; beyond this the cockpit looks at the first thousand."""

AUTHOR, LATER = aliased(Person), aliased(Post)


@dataclass(frozen=True)
class FirstWords:
    """What somebody wrote first in the event: a thread or a post."""

    thread_id: int | None = None
    post_id: int | None = None


@dataclass(frozen=True)
class Here:
    """Somebody in the event as the moderators' rules see them."""

    person: Person
    roles: frozenset[str]
    joined_at: datetime | None
    seen_at: datetime | None
    wrote_at: datetime | None
    opened: int
    first: FirstWords | None
    wants_notes: bool
    noted_at: datetime | None

    @property
    def person_id(self) -> int:
        return self.person.id or 0

    @property
    def by(self) -> By:
        return by(self.person)

    @property
    def runs_it(self) -> bool:
        return bool(STAFF & self.roles)

    @property
    def knowing(self) -> Knowing:
        person = self.person
        return Knowing(
            self.person_id, person.name, frozenset(person.languages or [person.lang]), tuple(person.topics),
            person.country, self.seen_at,
        )  # fmt: skip

    def presence(self, languages: Collection[str]) -> Presence:
        spoken = {self.person.lang, *self.person.languages}
        return Presence(
            joined_at=self.joined_at, seen_at=self.seen_at, wrote_at=self.wrote_at, opened=self.opened,
            profiled=bool(self.person.about or self.person.city), understands=not languages or bool(spoken & set(languages)),
        )  # fmt: skip


@dataclass(frozen=True)
class First:
    """Somebody's first contribution that nobody has answered: a thread, or a post after which nobody wrote."""

    by: By
    title: str
    lang: str
    url: str
    at: datetime


@dataclass(frozen=True)
class Unanswered:
    thread_id: int
    title: str
    lang: str
    by: By
    at: datetime
    question: Question


async def people(session: AsyncSession, event_id: int) -> list[Here]:
    """Everybody in the event with what one can see of them; one statement."""

    def of_mine(what: Any) -> Any:
        mine = select(what).join(Thread, col(Thread.id) == col(Post.thread_id)).select_from(Post)
        return mine.where(Post.author_id == Participation.person_id, Thread.event_id == event_id).scalar_subquery()

    def of_my_threads(what: Any) -> Any:
        return (
            select(what)
            .where(Thread.author_id == Participation.person_id, Thread.event_id == event_id)
            .scalar_subquery()
        )

    def of_my_marks(what: Any) -> Any:
        mine = select(what).select_from(ReadMark).join(Thread, col(Thread.id) == col(ReadMark.thread_id))
        return mine.where(ReadMark.person_id == Participation.person_id, Thread.event_id == event_id).scalar_subquery()

    noted = select(func.max(Note.sent_at)).where(
        Note.person_id == Participation.person_id, Note.event_id == event_id
    ).scalar_subquery()  # fmt: skip
    query = (
        select(  # type: ignore[call-overload]
            Person, Participation, Hearing.notes,
            of_my_threads(func.min(Thread.id)), of_my_threads(func.min(Thread.started_at)),
            of_my_threads(func.max(Thread.started_at)), of_mine(func.min(Post.id)), of_mine(func.min(Post.created_at)),
            of_mine(func.max(Post.created_at)),
            of_my_marks(func.count()), of_my_marks(func.max(ReadMark.at)), noted,
        )
        .select_from(Participation)
        .join(Person, col(Person.id) == col(Participation.person_id))
        .outerjoin(Hearing, (col(Hearing.person_id) == col(Person.id)) & (col(Hearing.event_id) == event_id))
        .where(Participation.event_id == event_id, col(Person.left_at).is_(None))
        .order_by(col(Person.id))
        .limit(MOST_PEOPLE)
    )  # fmt: skip
    return [_here(*row) for row in (await session.exec(query)).all()]


async def first_unanswered(session: AsyncSession, here: Sequence[Here], *, person_id: int) -> list[First]:
    """First threads and first posts that wait for a word of somebody else, the longest first; two statements.

    Only what this moderator may read.
    """
    newcomers = [each for each in here if not each.runs_it]
    found = {**await _first_threads(session, newcomers, person_id), **await _first_posts(session, newcomers, person_id)}
    return sorted(found.values(), key=lambda first: first.at)


async def questions(
    session: AsyncSession, *, event_id: int, person_id: int, now: datetime, page: int = 1, limit: int = PAGE
) -> tuple[list[Unanswered], bool]:
    """Questions and challenges that nobody has answered for a day, the oldest first: (one page, is there more?)."""
    query = (
        select(Thread, Person)
        .outerjoin(Person, col(Person.id) == col(Thread.author_id))
        .where(Thread.event_id == event_id, col(Thread.kind).in_(list(ASKING)), Thread.answers == 0)
        .where(col(Thread.locked).is_(False), col(Thread.started_at) <= now - ANSWER_QUESTIONS)
        .where(col(Thread.audience_id).in_(readable(person_id)))
        .order_by(col(Thread.started_at), col(Thread.id))
        .offset((page - 1) * limit)
        .limit(limit + 1)
    )
    rows = (await session.exec(query)).all()
    return [_unanswered(*row) for row in rows[:limit]], len(rows) > limit


async def participation_held(session: AsyncSession, event_id: int, person_id: int) -> Participation | None:
    query = select(Participation).where(Participation.event_id == event_id, Participation.person_id == person_id)
    return (await session.exec(locked(query))).one_or_none()


async def note_with_key(session: AsyncSession, key: str) -> Note | None:
    return (await session.exec(select(Note).where(Note.key == key))).one_or_none()


async def last_note_at(session: AsyncSession, event_id: int, person_id: int) -> datetime | None:
    query = select(Note.sent_at).where(Note.event_id == event_id, Note.person_id == person_id)
    return (await session.exec(query.order_by(col(Note.sent_at).desc()).limit(1))).one_or_none()


async def wants_notes(session: AsyncSession, event_id: int, person_id: int) -> bool:
    query = select(Hearing.notes).where(Hearing.event_id == event_id, Hearing.person_id == person_id)
    return (await session.exec(query)).one_or_none() is not False


async def note(session: AsyncSession, note_id: int, *, person_id: int) -> tuple[Note, str] | None:
    """A note to this person, and who wrote it; nobody else reads it."""
    query = (
        select(Note, AUTHOR.name)
        .outerjoin(AUTHOR, col(AUTHOR.id) == col(Note.by_id))
        .where(Note.id == note_id, Note.person_id == person_id)
    )
    row = (await session.exec(query)).one_or_none()
    return None if row is None else (row[0], row[1] or "")


async def _first_threads(session: AsyncSession, here: Sequence[Here], person_id: int) -> dict[int, First]:
    """Of those whose first words were a thread: person → it, as long as nobody has answered."""
    query = (
        select(Thread, Person)
        .join(Person, col(Person.id) == col(Thread.author_id))
        .where(
            col(Thread.id).in_([each.first.thread_id for each in here if each.first and each.first.thread_id]),
            Thread.answers == 0,
        )
        .where(col(Thread.locked).is_(False), col(Thread.audience_id).in_(readable(person_id)))
    )
    return {
        thread.author_id or 0: First(by(person), thread.title, thread.lang, f"/threads/{thread.id}", thread.started_at)
        for thread, person in (await session.exec(query)).all()
    }


async def _first_posts(session: AsyncSession, here: Sequence[Here], person_id: int) -> dict[int, First]:
    """Of those whose first words were a post: person → it, as long as nobody else has written after it."""
    followed = (
        select(LATER.id)
        .where(LATER.thread_id == Post.thread_id, col(LATER.position) > col(Post.position))
        .where(col(LATER.author_id).is_distinct_from(col(Post.author_id)))
        .where(col(LATER.deleted_at).is_(None), col(LATER.hidden_at).is_(None))
        .exists()
    )
    only_posts = [each.first.post_id for each in here if each.first and each.first.post_id]
    query = (
        select(Post, Person, Thread.title)
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .join(Person, col(Person.id) == col(Post.author_id))
        .where(col(Post.id).in_(only_posts), *standing_posts(), ~followed)
        .where(col(Thread.locked).is_(False), col(Thread.audience_id).in_(readable(person_id)))
    )
    return {
        post.author_id or 0: First(by(person), title, post.lang, f"/posts/{post.id}", post.created_at)
        for post, person, title in (await session.exec(query)).all()
    }


def _here(
    person: Person, part: Participation, notes: bool | None, thread_id: int | None, thread_at: datetime | None,
    last_thread: datetime | None, post_id: int | None, post_at: datetime | None, last_post: datetime | None, opened: int, last_read: datetime | None, noted_at: datetime | None,
) -> Here:  # fmt: skip
    return Here(
        person=person, roles=frozenset(part.roles), joined_at=part.joined_at, seen_at=_later(part.visited_at, last_read),
        wrote_at=_later(last_thread, last_post), opened=opened, first=_first(thread_id, thread_at, post_id, post_at),
        wants_notes=notes is not False, noted_at=noted_at,
    )  # fmt: skip


def _first(
    thread_id: int | None, thread_at: datetime | None, post_id: int | None, post_at: datetime | None
) -> FirstWords | None:
    if thread_at is not None and (post_at is None or thread_at <= post_at):
        return FirstWords(thread_id=thread_id)
    return FirstWords(post_id=post_id) if post_id is not None else None


def _unanswered(thread: Thread, person: Person | None) -> Unanswered:
    facts = " ".join(words for fact in thread.facts for words in fact)
    question = Question(
        thread.author_id, f"{thread.title} {thread.context} {facts}", thread.lang, person.country if person else ""
    )
    return Unanswered(thread.id or 0, thread.title, thread.lang, by(person), thread.started_at, question)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
