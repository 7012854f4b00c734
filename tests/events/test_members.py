"""Who takes part: audiences are kept in step with roles and groups; invitations and links."""

import re

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from app.core import audience, i18n
from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from app.core.mail import Letter
from app.events import actions_members as actions
from app.events import queries_members as queries
from app.events.lists import Guest
from app.events.models import Event
from app.events.rules import Role
from app.people.actions import use_link
from tests.events.events import NOON, an_event, joined, somebody


async def readers(audience_id: int) -> list[int]:
    async with reading() as session:
        return sorted(await audience.members(session, audience_id))


async def test_joining_lets_into_the_events_audience_and_staff_into_the_teams(database: AsyncEngine) -> None:
    event, person, moderator = await an_event(), await somebody(), await somebody("Marta Lindqvist")
    await joined(event, person)
    await joined(event, moderator, "moderator")
    assert await readers(event.audience_id) == [person, moderator]
    assert await readers(event.staff_audience_id) == [moderator]


async def test_a_lost_staff_role_closes_the_teams_audience(database: AsyncEngine) -> None:
    event, moderator = await an_event(), await somebody()
    await joined(event, moderator, "moderator")
    async with transaction() as session:
        await actions.set_roles(session, event_id=event.id or 0, person_id=moderator, roles=["observer"])
    assert await readers(event.audience_id) == [moderator]
    assert await readers(event.staff_audience_id) == []


async def test_who_leaves_is_in_no_audience_any_more(database: AsyncEngine) -> None:
    event, person = await an_event(), await somebody()
    await joined(event, person, "moderator")
    async with transaction() as session:
        group = await actions.create_group(session, event_id=event.id or 0, name="Rain", key="rain")
        await actions.put_in_group(session, event_id=event.id or 0, group_id=group.id or 0, people=[person])
    assert await readers(group.audience_id) == [person]
    async with transaction() as session:
        await actions.leave(session, event_id=event.id or 0, person_id=person, now=NOON)
    for audience_id in (event.audience_id, event.staff_audience_id, group.audience_id):
        assert await readers(audience_id) == []


async def test_the_last_manager_can_neither_leave_nor_step_down(database: AsyncEngine) -> None:
    event, manager = await an_event(), await somebody()
    await joined(event, manager, "manager")
    with pytest.raises(Refused):
        async with transaction() as session:
            await actions.leave(session, event_id=event.id or 0, person_id=manager, now=NOON)
    with pytest.raises(Refused):
        async with transaction() as session:
            await actions.set_roles(session, event_id=event.id or 0, person_id=manager, roles=["observer"])


async def test_a_group_takes_only_people_of_its_event(database: AsyncEngine) -> None:
    event, other = await an_event(), await an_event("Another")
    inside, outside = await somebody(), await somebody("Stranger One")
    await joined(event, inside)
    await joined(other, outside)
    async with transaction() as session:
        group = await actions.create_group(session, event_id=event.id or 0, name="Rain", key="rain")
        await actions.set_group(
            session, event_id=event.id or 0, group_id=group.id or 0, name="Rain", facilitator_id=inside,
            people=[inside, outside],
        )  # fmt: skip
    assert await readers(group.audience_id) == [inside]


async def invite(event: Event, by: int, *guests: Guest) -> int:
    async with transaction() as session:
        return await actions.invite(
            session, event_id=event.id or 0, guests=guests, invited_by=by, url="http://here", now=NOON
        )


async def letters() -> list[Letter]:
    async with reading() as session:
        return list((await session.exec(select(Letter).order_by(Letter.id))).all())  # type: ignore[arg-type]


async def test_an_invitation_is_one_letter_in_the_guests_language_with_a_link_that_works_once(
    database: AsyncEngine,
) -> None:
    event, manager = await an_event(), await somebody()
    guest = Guest("new@example.org", "Nino Beridze", frozenset({Role.EXPERT, Role.MODERATOR}), "de")
    assert await invite(event, manager, guest) == 1
    assert await invite(event, manager, guest) == 0
    (letter,) = await letters()
    assert (letter.address, letter.lang) == ("new@example.org", "de")
    assert i18n.say("de", "Expert") in letter.text
    word = re.search(r"http://here/sign-in/(\S+)", letter.text)[1]  # type: ignore[index]
    async with transaction() as session:
        _, person, goes_to = await use_link(session, word=word, device="", now=NOON)
        assert goes_to == f"/events/{event.slug}/invitation"
    with pytest.raises(Refused):
        async with transaction() as session:
            await use_link(session, word=word, device="", now=NOON)
    async with transaction() as session:
        await actions.accept_invitation(session, event_id=event.id or 0, person_id=person.id or 0, now=NOON)
    async with reading() as session:
        (member,) = await queries.members(session, event.id or 0)
    assert member.roles == ["expert", "moderator"]


async def test_who_takes_part_already_gets_no_invitation(database: AsyncEngine) -> None:
    event, manager, there = await an_event(), await somebody(), await somebody("Nino Beridze")
    await joined(event, there)
    assert await invite(event, manager, Guest("NINO@example.org", "", frozenset({Role.HOST}))) == 0
    assert await letters() == []


async def test_a_withdrawn_invitation_opens_nothing(database: AsyncEngine) -> None:
    event, manager, guest = await an_event(), await somebody(), await somebody("Nino Beridze")
    await invite(event, manager, Guest("nino@example.org", "", frozenset({Role.HOST})))
    async with transaction() as session:
        await actions.withdraw_invitation(session, event_id=event.id or 0, person_id=guest)
    with pytest.raises(Refused):
        async with transaction() as session:
            await actions.accept_invitation(session, event_id=event.id or 0, person_id=guest, now=NOON)


async def test_a_join_link_works_until_it_is_withdrawn_and_gives_no_role_of_the_team(database: AsyncEngine) -> None:
    event, manager, first, second = (
        await an_event(),
        await somebody(),
        await somebody("First One"),
        await somebody("Second One"),
    )
    with pytest.raises(Refused):
        async with transaction() as session:
            await actions.make_join_link(session, event_id=event.id or 0, role="manager", made_by=manager, now=NOON)
    async with transaction() as session:
        link = await actions.make_join_link(
            session, event_id=event.id or 0, role="practitioner", made_by=manager, now=NOON
        )
    for _ in range(2):
        async with transaction() as session:
            await actions.join_by_link(session, word=link.word, person_id=first, now=NOON)
    async with transaction() as session:
        (used,) = await queries.join_links(session, event.id or 0)
        assert used.used == 1
        await actions.withdraw_join_link(session, event_id=event.id or 0, link_id=link.id or 0, now=NOON)
    with pytest.raises(Missing):
        async with transaction() as session:
            await actions.join_by_link(session, word=link.word, person_id=second, now=NOON)
    assert await readers(event.audience_id) == [first]
