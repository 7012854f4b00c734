"""Reading about events: which there are, and what somebody is in one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, String, bindparam, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import glance, locked
from app.core.files import StoredFile
from app.core.mail import Letter, LetterState
from app.events.models import (
    Event,
    EventArchive,
    Feedback,
    Invitation,
    Organiser,
    Participation,
    Programme,
    RegionSet,
    Segment,
)
from app.events.rules import STAFF, Role, State, said


@dataclass(frozen=True)
class Here:
    """The event a visit is in, and what the visitor is in it (`roles` empty: a stranger or a guest)."""

    event_id: int
    slug: str
    title: str
    kind: str
    zone: str
    state: str
    audience_id: int
    staff_audience_id: int
    roles: frozenset[str] = frozenset()
    participates: bool = False
    region: str = ""

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    def is_one_of(self, roles: frozenset[Role]) -> bool:
        return bool(self.roles & roles)


async def here(slug: str, *, person_id: int | None, lang: str) -> Here | None:
    """The event with this slug as this person stands in it, its title in `lang`; None if there is no such event."""
    for found in await glance(_HERE, slug=slug, person=person_id or 0):
        return Here(
            event_id=found.id, slug=found.slug, title=said(found, "title", lang), kind=found.kind, zone=found.zone,
            state=found.state, audience_id=found.audience_id, staff_audience_id=found.staff_audience_id,
            roles=frozenset(found.roles or ()), participates=found.roles is not None, region=found.region or "",
        )  # fmt: skip
    return None


_HERE = (
    select(  # type: ignore[call-overload]
        Event.id, Event.slug, Event.title, Event.texts, Event.kind, Event.zone, Event.state, Event.audience_id,
        Event.staff_audience_id, Participation.roles, Participation.region,
    )
    .outerjoin(
        Participation,
        (col(Participation.event_id) == col(Event.id)) & (col(Participation.person_id) == bindparam("person", type_=Integer)),
    )
    .where(Event.slug == bindparam("slug", type_=String))
)  # fmt: skip


async def event(session: AsyncSession, event_id: int) -> Event:
    return (await session.exec(select(Event).where(Event.id == event_id))).one()


async def hold(session: AsyncSession, event_id: int) -> None:
    """Nobody else adds to this event until the transaction ends: what two add at the same moment is compared."""
    (await session.exec(locked(select(Event.id).where(Event.id == event_id)))).one()


async def event_with_slug(session: AsyncSession, slug: str) -> Event | None:
    return (await session.exec(select(Event).where(Event.slug == slug))).one_or_none()


async def slugs_like(session: AsyncSession, slug: str) -> set[str]:
    """The slug itself and those that only differ by a number at the end, as far as they are taken."""
    return set((await session.exec(select(Event.slug).where(col(Event.slug).startswith(slug)))).all())


async def public_events(
    session: AsyncSession, *, since: date | None = None, before: date | None = None, limit: int = 100
) -> list[Event]:
    """Published events in order: those not over on `since`; or, newest first, those that were over `before`."""
    query = select(Event).where(Event.state == State.PUBLISHED)
    if since is not None:
        query = query.where(col(Event.ends_on) >= since).order_by(col(Event.starts_on), col(Event.id))
    if before is not None:
        query = query.where(col(Event.ends_on) < before).order_by(col(Event.starts_on).desc(), col(Event.id))
    return list((await session.exec(query.limit(limit))).all())


async def events_of(session: AsyncSession, person_id: int) -> list[tuple[Event, Participation]]:
    """The events somebody takes part in, the latest first."""
    query = (
        select(Event, Participation)
        .join(Participation, col(Participation.event_id) == col(Event.id))
        .where(Participation.person_id == person_id)
        .order_by(col(Event.starts_on).desc(), col(Event.id))
    )
    return [(found, part) for found, part in (await session.exec(query)).all()]


async def all_events(session: AsyncSession) -> list[Event]:
    """Every event, drafts too: for those who run the installation."""
    return list((await session.exec(select(Event).order_by(col(Event.starts_on).desc(), col(Event.id)))).all())


async def open_invitations(session: AsyncSession, person_id: int) -> list[tuple[Event, Invitation]]:
    """What somebody is invited to and has not answered yet."""
    query = (
        select(Event, Invitation)
        .join(Invitation, col(Invitation.event_id) == col(Event.id))
        .where(Invitation.person_id == person_id, Invitation.state == "open")
        .order_by(col(Event.starts_on))
    )
    return [(found, invitation) for found, invitation in (await session.exec(query)).all()]


async def relatives(session: AsyncSession, of: Event) -> tuple[Event | None, list[Event]]:
    """The event this one follows, and those that follow it; published ones only."""
    query = select(Event).where(
        Event.state == State.PUBLISHED,
        (col(Event.id) == (of.predecessor_id or 0)) | (col(Event.predecessor_id) == of.id),
    )
    found = (await session.exec(query.order_by(col(Event.starts_on)))).all()
    before = next((each for each in found if each.id == of.predecessor_id), None)
    return before, [each for each in found if each.predecessor_id == of.id]


async def organisers(session: AsyncSession, event_id: int) -> list[Organiser]:
    query = select(Organiser).where(Organiser.event_id == event_id)
    return list((await session.exec(query.order_by(col(Organiser.position), col(Organiser.id)))).all())


async def segments(session: AsyncSession, event_id: int) -> list[Segment]:
    query = select(Segment).where(Segment.event_id == event_id)
    return list((await session.exec(query.order_by(col(Segment.position), col(Segment.id)))).all())


async def segment(session: AsyncSession, event_id: int, segment_id: int) -> Segment | None:
    query = select(Segment).where(Segment.event_id == event_id, Segment.id == segment_id)
    return (await session.exec(query)).one_or_none()


async def region_set_rows(session: AsyncSession) -> list[RegionSet]:
    """The edited region sets; the shipped ones are in app/events/region_sets.yaml."""
    return list((await session.exec(select(RegionSet).order_by(col(RegionSet.name)))).all())


async def programme(session: AsyncSession) -> Programme | None:
    """How this installation is called and looks; None before somebody has set it up."""
    return (await session.exec(select(Programme))).first()


async def feedback(session: AsyncSession, *, limit: int = 200) -> list[Feedback]:
    return list((await session.exec(select(Feedback).order_by(col(Feedback.id).desc()).limit(limit))).all())


async def feedback_with_key(session: AsyncSession, key: str) -> Feedback | None:
    return (await session.exec(select(Feedback).where(Feedback.key == key))).one_or_none()


async def stored_files(session: AsyncSession, ids: Iterable[int | None]) -> list[StoredFile]:
    return list((await session.exec(select(StoredFile).where(col(StoredFile.id).in_(list(ids))))).all())


async def number_of_people(session: AsyncSession, event_id: int) -> int:
    query = select(func.count()).select_from(Participation).where(Participation.event_id == event_id)
    return (await session.exec(query)).one()


PAGE = 50


@dataclass(frozen=True)
class Outbox:
    """Which letters: those of an event (None: of the whole house), of some kinds only where kinds are named."""

    event_id: int | None = None
    kinds: tuple[str, ...] = ()

    def narrowed(self, query: Any) -> Any:
        query = query if self.event_id is None else query.where(Letter.event_id == self.event_id)
        return query.where(col(Letter.kind).in_(self.kinds)) if self.kinds else query


async def letters(
    session: AsyncSession, outbox: Outbox, *, state: str = "", page: int = 1
) -> tuple[list[Letter], bool]:
    """The newest letters, a page of them, and whether there are more."""
    query = outbox.narrowed(select(Letter).order_by(col(Letter.id).desc()).offset((page - 1) * PAGE).limit(PAGE + 1))
    if state:
        query = query.where(Letter.state == state)
    rows = list((await session.exec(query)).all())
    return rows[:PAGE], len(rows) > PAGE


async def letter(session: AsyncSession, outbox: Outbox, letter_id: int) -> Letter | None:
    found: Letter | None = (
        await session.exec(outbox.narrowed(select(Letter).where(Letter.id == letter_id)))
    ).one_or_none()
    return found


async def held_letters(session: AsyncSession, outbox: Outbox) -> list[Letter]:
    query = outbox.narrowed(select(Letter).where(Letter.state == LetterState.HELD))
    return list((await session.exec(query.order_by(col(Letter.id)))).all())


async def letter_counts(session: AsyncSession, outbox: Outbox) -> dict[str, int]:
    """state → how many letters are in it."""
    return dict((await session.exec(outbox.narrowed(select(Letter.state, func.count()).group_by(Letter.state)))).all())


async def archive(session: AsyncSession, event_id: int) -> EventArchive | None:
    return await session.get(EventArchive, event_id)


async def archive_to_change(session: AsyncSession, event_id: int) -> EventArchive | None:
    query = select(EventArchive).where(EventArchive.event_id == event_id)
    return (await session.exec(locked(query))).one_or_none()


async def archives_before(session: AsyncSession, before: datetime) -> list[EventArchive]:
    return list((await session.exec(select(EventArchive).where(EventArchive.asked_at < before).limit(100))).all())
