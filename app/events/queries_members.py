"""Reading who takes part in an event: for pages, without addresses; and who was asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.audience import AudienceMember
from app.events.models import Event, Group, Invitation, JoinLink, Participation
from app.events.rules import Role
from app.people.models import Organisation, Person


@dataclass(frozen=True)
class Member:
    """Somebody in an event, as everybody in it may see them. No address."""

    person_id: int
    name: str
    job: str
    city: str
    country: str
    zone: str
    languages: list[str]
    topics: list[str]
    about: str
    organisation: str
    roles: list[str]
    region: str
    fictional: bool
    joined_at: datetime | None = None
    groups: list[Group] = field(default_factory=list)
    address_fails: bool = False  # letters come back; for those who run the event

    def is_one_of(self, roles: frozenset[Role]) -> bool:
        return bool(set(self.roles) & roles)


@dataclass(frozen=True)
class Asked:
    """An invitation as those who run the event see it: with the address they wrote to."""

    invitation: Invitation
    name: str
    email: str


async def last_visit(session: AsyncSession, event_id: int, person_id: int) -> datetime | None:
    """When this person was here before they came this time."""
    query = select(Participation.seen_before).where(
        Participation.event_id == event_id, Participation.person_id == person_id
    )
    return (await session.exec(query)).one_or_none()


async def members(session: AsyncSession, event_id: int, *, person_id: int | None = None) -> list[Member]:
    """Everybody in an event by name (or only `person_id`), with their groups: two queries however many there are."""
    query = (
        select(Person, Participation, Organisation.name)
        .join(Participation, col(Participation.person_id) == col(Person.id))
        .outerjoin(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(Participation.event_id == event_id, col(Person.left_at).is_(None))
        .order_by(col(Person.name), col(Person.id))
    )
    if person_id is not None:
        query = query.where(Person.id == person_id)
    rows = (await session.exec(query)).all()
    groups = await groups_by_person(session, event_id)
    return [_member(person, part, organisation, groups) for person, part, organisation in rows]


async def groups_by_person(session: AsyncSession, event_id: int) -> dict[int, list[Group]]:
    query = (
        select(AudienceMember.person_id, Group)
        .join(Group, col(Group.audience_id) == col(AudienceMember.audience_id))
        .where(Group.event_id == event_id)
        .order_by(col(Group.name))
    )
    found: dict[int, list[Group]] = {}
    for person_id, group in (await session.exec(query)).all():
        found.setdefault(person_id, []).append(group)
    return found


async def member_ids(session: AsyncSession, event_id: int, *, roles: frozenset[Role] | None = None) -> list[int]:
    """The ids of everybody, or of those with one of these roles."""
    return [part.person_id for part in await participations(session, event_id) if not roles or roles & set(part.roles)]


async def participations(session: AsyncSession, event_id: int) -> list[Participation]:
    query = select(Participation).where(Participation.event_id == event_id)
    return list((await session.exec(query.order_by(col(Participation.id)))).all())


async def participation(session: AsyncSession, event_id: int, person_id: int) -> Participation | None:
    query = select(Participation).where(Participation.event_id == event_id, Participation.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def groups(session: AsyncSession, event_id: int) -> list[Group]:
    query = select(Group).where(Group.event_id == event_id)
    return list((await session.exec(query.order_by(col(Group.name), col(Group.id)))).all())


async def group(session: AsyncSession, event_id: int, group_id: int) -> Group | None:
    query = select(Group).where(Group.event_id == event_id, Group.id == group_id)
    return (await session.exec(query)).one_or_none()


async def invitations(session: AsyncSession, event_id: int) -> list[Asked]:
    query = (
        select(Invitation, Person.name, Person.email)
        .join(Person, col(Person.id) == col(Invitation.person_id))
        .where(Invitation.event_id == event_id)
        .order_by(col(Person.name), col(Person.id))
    )
    return [Asked(invitation, name, email or "") for invitation, name, email in (await session.exec(query)).all()]


async def draft_of(session: AsyncSession, person_id: int, *, title: str, starts_on: date) -> str | None:
    """Where this person's draft with this title and first day is, if there is one."""
    query = select(Event.slug).join(Participation, col(Participation.event_id) == col(Event.id))
    like = (Event.state == "draft", Event.title == title, Event.starts_on == starts_on)
    mine = query.where(Participation.person_id == person_id, *like).order_by(col(Event.id)).limit(1)
    return (await session.exec(mine)).first()


async def addresses_there(session: AsyncSession, event_id: int, emails: Sequence[str]) -> set[str]:
    """Which of these addresses belong to people who take part or whose invitation is open."""
    people = select(Participation.person_id).where(Participation.event_id == event_id)
    asked = select(Invitation.person_id).where(Invitation.event_id == event_id, Invitation.state == "open")
    query = select(Person.email).where(
        col(Person.email).in_(emails), or_(col(Person.id).in_(people), col(Person.id).in_(asked))
    )
    return {email for email in (await session.exec(query)).all() if email}


async def invitation(session: AsyncSession, event_id: int, person_id: int) -> Invitation | None:
    query = select(Invitation).where(Invitation.event_id == event_id, Invitation.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def join_links(session: AsyncSession, event_id: int) -> list[JoinLink]:
    """The links that still work, the newest first."""
    query = select(JoinLink).where(JoinLink.event_id == event_id, col(JoinLink.withdrawn_at).is_(None))
    return list((await session.exec(query.order_by(col(JoinLink.id).desc()))).all())


async def join_link(session: AsyncSession, word: str) -> tuple[JoinLink, Event] | None:
    """The link with this word and its event, as long as it is not withdrawn."""
    query = (
        select(JoinLink, Event)
        .join(Event, col(Event.id) == col(JoinLink.event_id))
        .where(JoinLink.word == word, col(JoinLink.withdrawn_at).is_(None))
    )
    found = (await session.exec(query)).one_or_none()
    return (found[0], found[1]) if found else None


def _member(
    person: Person, part: Participation, organisation: str | None, groups: dict[int, list[Group]]
) -> Member:  # fmt: skip
    assert person.id is not None
    return Member(
        person_id=person.id, name=person.name, job=person.job, city=person.city, country=person.country,
        zone=person.zone, languages=person.languages, topics=person.topics, about=person.about,
        organisation=organisation or "", roles=part.roles, region=part.region, fictional=person.fictional,
        joined_at=part.joined_at, groups=groups.get(person.id, []), address_fails=person.returned_at is not None,
    )  # fmt: skip
