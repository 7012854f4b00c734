"""Writing who takes part: joining, roles, groups, invitations. Audiences are kept in step here and nowhere else.

The event's audience is everybody who takes part; the team's is everybody with a role of STAFF; a group has its own.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import audience, mail
from app.core.errors import Missing, Refused
from app.core.jobs import schedule
from app.core.words import N_
from app.events import queries
from app.events import queries_members as members
from app.events.fragments import role_words
from app.events.jobs import SomebodyLeft
from app.events.lists import Guest
from app.events.models import Event, Group, Invitation, JoinLink, Participation
from app.events.rules import STAFF, Role, State, as_roles, check_keeps_manager, said
from app.people.actions import known_or_new, mail_link
from app.people.queries import readers

INVITATION_LASTS = timedelta(days=30)
SAME_VISIT = timedelta(minutes=30)


async def join(
    session: AsyncSession,
    *,
    event_id: int,
    person_id: int,
    roles: Iterable[str],
    now: datetime,
    region: str = "",
) -> Participation:
    """Take part as `roles`. Somebody who does already gets the new roles besides the old ones."""
    event = await queries.event(session, event_id)
    wanted = as_roles(roles)
    part = await members.participation(session, event_id, person_id)
    part = part or Participation(event_id=event_id, person_id=person_id, joined_at=now)
    part.roles = sorted(wanted | set(part.roles))
    part.region = region or part.region
    session.add(part)
    await session.flush()
    await _keep_audiences(session, event, part)
    return part


async def set_roles(
    session: AsyncSession, *, event_id: int, person_id: int, roles: Iterable[str], region: str = ""
) -> Participation:
    """Replace somebody's roles. Raises Missing for a stranger, Refused when nobody would run the event any more."""
    event, part = await _taking_part(session, event_id, person_id)
    wanted = as_roles(roles)
    managers = await members.member_ids(session, event_id, roles=frozenset({Role.MANAGER}))
    check_keeps_manager(managers, person_id=person_id, roles=wanted)
    part.roles, part.region = sorted(wanted), region
    session.add(part)
    await session.flush()
    await _keep_audiences(session, event, part)
    return part


async def leave(session: AsyncSession, *, event_id: int, person_id: int, now: datetime) -> None:
    """End a participation: all audiences of the event, its groups too. Posts and letters stay."""
    event, part = await _taking_part(session, event_id, person_id)
    managers = await members.member_ids(session, event_id, roles=frozenset({Role.MANAGER}))
    check_keeps_manager(managers, person_id=person_id, roles=())
    groups = await members.groups(session, event_id)
    for audience_id in (event.audience_id, event.staff_audience_id, *(group.audience_id for group in groups)):
        await audience.dismiss(session, audience_id, person_id)
    await session.delete(part)
    await schedule(
        session, SomebodyLeft(event_id, person_id), at=now, key=f"left:{event_id}:{person_id}:{now.isoformat()}"
    )


async def note_visit(session: AsyncSession, *, event_id: int, person_id: int, now: datetime) -> datetime | None:
    """Remember that somebody looks at Today; returns the visit before this one, None for the first.

    Looking again within half an hour is the same visit: what was new stays new until then.
    """
    part = await members.participation(session, event_id, person_id)
    if part is None:
        raise Missing
    if part.visited_at is None or now - part.visited_at > SAME_VISIT:
        part.seen_before = part.visited_at
    if part.visited_at is None or now - part.visited_at > timedelta(minutes=1):
        part.visited_at = now
        session.add(part)
    return part.seen_before


async def create_group(
    session: AsyncSession,
    *,
    event_id: int,
    name: str,
    key: str,
    facilitator_id: int | None = None,
    texts: dict[str, dict[str, str]] | None = None,
) -> Group:
    """A working group with its own audience; the same key again is the same group."""
    known = next((group for group in await members.groups(session, event_id) if group.key == key), None)
    if known is not None:
        return known
    audience_id = await audience.create(session, name=f"group {name} of event {event_id}")
    group = Group(
        event_id=event_id, name=name, key=key, audience_id=audience_id, facilitator_id=facilitator_id,
        texts=texts or {},
    )  # fmt: skip
    session.add(group)
    await session.flush()
    if facilitator_id is not None:
        await audience.admit(session, audience_id, facilitator_id)
    return group


async def set_group(
    session: AsyncSession, *, event_id: int, group_id: int, name: str, facilitator_id: int | None, people: Collection[int]
) -> Group:  # fmt: skip
    """Name, facilitator and people of a group; only those who take part in the event can be in it."""
    group = await members.group(session, event_id, group_id)
    if group is None:
        raise Missing
    wanted = set(await members.member_ids(session, event_id)) & {*people, *([facilitator_id] if facilitator_id else [])}
    if group.name != name:
        group.name, group.texts = name, {}
    group.facilitator_id = facilitator_id if facilitator_id in wanted else None
    session.add(group)
    await audience.dismiss(
        session, group.audience_id, *set(await audience.members(session, group.audience_id)) - wanted
    )
    await audience.admit(session, group.audience_id, *sorted(wanted))
    return group


async def put_in_group(session: AsyncSession, *, event_id: int, group_id: int, people: Collection[int]) -> None:
    """Let these people into a group, besides those who are in it."""
    group = await members.group(session, event_id, group_id)
    if group is None:
        raise Missing
    await audience.admit(session, group.audience_id, *people)


async def invite(
    session: AsyncSession, *, event_id: int, guests: Sequence[Guest], invited_by: int, url: str, now: datetime
) -> int:  # fmt: skip
    """Ask these people by letter; returns how many letters were written.

    Those who take part already or were asked before get no second letter. `url` is the site's address.
    """
    event = await queries.event(session, event_id)
    written = 0
    for guest in guests:
        person_id = await known_or_new(session, email=guest.email, name=guest.name, lang=guest.lang, now=now)
        if await members.participation(session, event_id, person_id) is not None:
            continue
        known = await members.invitation(session, event_id, person_id)
        if known is not None and known.state == "open":
            continue
        invitation = known or Invitation(event_id=event_id, person_id=person_id, invited_at=now)
        invitation.roles, invitation.state, invitation.invited_by = sorted(guest.roles), "open", invited_by
        await _write_invitation(session, event, invitation, url=url, now=now)
        written += 1
    return written


async def invite_again(session: AsyncSession, *, event_id: int, person_id: int, url: str, now: datetime) -> None:
    """Send an open invitation once more, with a fresh link."""
    invitation = await members.invitation(session, event_id, person_id)
    if invitation is None or invitation.state != "open":
        raise Refused(N_("This invitation is not open any more."))
    invitation.times_sent += 1
    await _write_invitation(session, await queries.event(session, event_id), invitation, url=url, now=now)


async def withdraw_invitation(session: AsyncSession, *, event_id: int, person_id: int) -> None:
    invitation = await members.invitation(session, event_id, person_id)
    if invitation is not None and invitation.state == "open":
        invitation.state = "withdrawn"
        session.add(invitation)


async def accept_invitation(session: AsyncSession, *, event_id: int, person_id: int, now: datetime) -> None:
    """Take part as one was asked to; twice is the same as once."""
    invitation = await members.invitation(session, event_id, person_id)
    if invitation is None or invitation.state == "withdrawn":
        raise Refused(N_("This invitation is not open any more. Ask the people who run the event for a new one."))
    invitation.state = "accepted"
    session.add(invitation)
    await join(
        session, event_id=event_id, person_id=person_id, roles=invitation.roles, region=invitation.region, now=now
    )
    if invitation.group_id is not None:
        await put_in_group(session, event_id=event_id, group_id=invitation.group_id, people=[person_id])


async def make_join_link(
    session: AsyncSession, *, event_id: int, role: str, made_by: int, now: datetime, group_id: int | None = None
) -> JoinLink:
    """A link anybody may use to take part as `role`; roles of the team are given by hand."""
    if as_roles([role]) & STAFF:
        raise Refused(N_("A link can be passed on, so it gives no role of the team. Invite these people by address."))
    link = JoinLink(
        event_id=event_id, word=secrets.token_urlsafe(12), role=role, group_id=group_id, made_by=made_by, made_at=now
    )
    session.add(link)
    await session.flush()
    return link


async def withdraw_join_link(session: AsyncSession, *, event_id: int, link_id: int, now: datetime) -> None:
    for link in await members.join_links(session, event_id):
        if link.id == link_id:
            link.withdrawn_at = now
            session.add(link)


async def join_by_link(session: AsyncSession, *, word: str, person_id: int, now: datetime) -> Event:
    """Take part by a link. Raises Missing for one that is withdrawn."""
    found = await members.join_link(session, word)
    if found is None or found[1].state == State.ARCHIVED:
        raise Missing(N_("This link does not work any more. Ask the people who run the event for a new one."))
    link, event = found
    if await members.participation(session, link.event_id, person_id) is None:
        link.used += 1
        session.add(link)
        await join(session, event_id=link.event_id, person_id=person_id, roles=[link.role], now=now)
        if link.group_id is not None:
            await put_in_group(session, event_id=link.event_id, group_id=link.group_id, people=[person_id])
    return event


async def _write_invitation(
    session: AsyncSession, event: Event, invitation: Invitation, *, url: str, now: datetime
) -> None:
    session.add(invitation)
    await session.flush()
    to = (await readers(session, [invitation.person_id]))[0].in_zone(event.zone)
    word = await mail_link(
        session, person_id=invitation.person_id, purpose="invitation",
        goes_to=f"/events/{event.slug}/invitation", expires_at=now + INVITATION_LASTS,
    )  # fmt: skip
    await mail.write(
        session, letter="events/invitation", to=to, now=now, event_id=event.id,
        key=f"invitation:{invitation.id}:{invitation.times_sent}:{now:%Y%m%d%H%M%S}",
        values={
            "event": event, "text_of": said, "role_words": role_words(invitation.roles, to.lang),
            "link": f"{url}/sign-in/{word}", "until": now + INVITATION_LASTS,
        },
    )  # fmt: skip


async def _taking_part(session: AsyncSession, event_id: int, person_id: int) -> tuple[Event, Participation]:
    part = await members.participation(session, event_id, person_id)
    if part is None:
        raise Missing(N_("This person does not take part in the event."))
    return await queries.event(session, event_id), part


async def _keep_audiences(session: AsyncSession, event: Event, part: Participation) -> None:
    await audience.admit(session, event.audience_id, part.person_id)
    if set(part.roles) & STAFF:
        await audience.admit(session, event.staff_audience_id, part.person_id)
    elif part.person_id in await audience.members(session, event.staff_audience_id):
        await audience.dismiss(session, event.staff_audience_id, part.person_id)
