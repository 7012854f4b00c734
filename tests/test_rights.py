"""The table of rights: every route × every kind of visitor × own and foreign event, cell by cell.

A route names its door; this table says who passes which door. A new door must be entered here before its route works.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select
from starlette.routing import Route

from app.core import times
from app.core.db import reading, transaction
from app.core.mail import Letter, LetterState
from app.events import actions as events
from app.events import actions_members as members
from app.main import slice_routes
from app.people.actions import write_sign_in_letter
from app.people.jobs import SendSignInLink
from app.people.models import Person
from tests.support.databases import POSTGRES_ALONE
from tests.support.site import Site, Visitor

NOON = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)
INSIDE = {"practitioner", "moderator", "coordinator", "manager"}
KNOWN = INSIDE | {"outsider", "admin"}
EVERYBODY = KNOWN | {"stranger"}

PASSES = {
    "anyone": EVERYBODY,
    "visitor": EVERYBODY,
    "reader": KNOWN,  # nothing in these events is public: strangers are asked to sign in first
    "signed_in": KNOWN,
    "member": INSIDE,
    "staff": {"moderator", "coordinator", "manager"},
    "moderator": {"moderator", "manager"},
    "helper": {"moderator", "manager"},  # and technical hosts, of whom this event has none
    "advising": {"moderator", "coordinator", "manager"},  # and experts, of whom this event has none
    "planner": {"coordinator", "manager"},
    "manager": {"manager"},
    "admin": {"admin"},
}
OF_THE_EVENT = {"member", "staff", "moderator", "helper", "advising", "planner", "manager"}
ROUTES = [route for route in slice_routes() if isinstance(route, Route)]


@pytest.fixture
async def visitors(site: Site) -> AsyncIterator[dict[str, int]]:
    """kind of visitor → person; the events `ours` and `theirs` are published, all belong to `ours` only."""
    async with transaction() as session:
        people = {kind: Person(name=kind, created_at=NOON, admin=kind == "admin") for kind in sorted(KNOWN)}
        session.add_all(people.values())
        await session.flush()
        for slug in ("ours", "theirs"):
            event = await events.create_event(
                session, title=slug, slug=slug, kind="dialogue_event", starts_on=date(2026, 6, 8), ends_on=date(2026, 6, 19),
                zone="Europe/Berlin", now=NOON, state="published",
            )  # fmt: skip
            for kind in sorted(INSIDE) if slug == "ours" else ():
                await members.join(
                    session, event_id=event.id or 0, person_id=people[kind].id or 0, roles=[kind], now=NOON
                )
    yield {kind: person.id or 0 for kind, person in people.items()}


def address(route: Route, event: str) -> str:
    path = route.path.replace("{event}", event)
    return re.sub(r"{\w+}", "nothing", re.sub(r"{\w+:int}", "999999", path))


async def came_through(visitor: Visitor, route: Route, event: str) -> bool:
    """Did the door let the visitor in? What the handler says about things that do not exist is another matter."""
    url = address(route, event)
    if "GET" in (route.methods or ()):
        answer = await visitor.get(url, headers={"accept": "application/json"})  # a refusal as one sentence, not a page
    else:
        answer = await visitor.send_form(url, {}, quiet=True)
    assert answer.status_code < 500, f"{route.methods} {url}: {answer.status_code}"
    sent_away = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=")
    return not sent_away and answer.status_code not in {401, 403}


def test_every_route_names_a_door_of_the_table() -> None:
    doors = {route.path: getattr(route.endpoint, "door", None) for route in ROUTES}
    assert [path for path, door in doors.items() if door is None] == []
    assert {door.name for door in doors.values() if door} <= set(PASSES)
    assert len(ROUTES) > 10


@POSTGRES_ALONE
async def test_every_door_lets_in_whom_the_table_says_and_nobody_else(site: Site, visitors: dict[str, int]) -> None:
    wrong = []
    for kind in sorted(EVERYBODY):
        visitor = None
        for route in ROUTES:
            door = route.endpoint.door.name  # type: ignore[attr-defined]
            for event in ("ours", "theirs") if "{event}" in route.path else ("ours",):
                visitor = visitor or (await site.as_person(visitors[kind]) if kind in visitors else site.stranger())
                expected = kind in PASSES[door] and not (event == "theirs" and door in OF_THE_EVENT)
                if await came_through(visitor, route, event) != expected:
                    wrong.append(
                        f"{kind} at {sorted(route.methods or ())[-1]} {address(route, event)} ({door}): {not expected}"
                    )
                if "POST" in (route.methods or ()) and "{" not in route.path:
                    visitor = None  # what it did may have ended the session or changed the language
    assert wrong == []


async def waiting_link(kind: str, visitors: dict[str, int]) -> tuple[str, str]:
    """A sign-in letter that waits: its address below the administrator's letters, and the word of its link."""
    async with transaction() as session:
        person = await session.get(Person, visitors[kind])
        assert person is not None
        person.email = f"{kind}@example.org"
        session.add(person)
        await session.flush()
        work = SendSignInLink(email=f"{kind}@example.org", key="asked for")
        await write_sign_in_letter(session, work, now=times.now())
    async with reading() as session:
        row = (await session.exec(select(Letter))).one()
    return f"/outbox/{row.id}", re.search(r"/sign-in/([\w-]{16,})", row.text)[1]  # type: ignore[index]


@pytest.mark.parametrize("mail", [False, True])
async def test_a_waiting_link_is_read_by_the_administrator_alone_and_only_without_a_mail_server(
    mail: bool, site: Site, visitors: dict[str, int]
) -> None:
    site.app.state.house = replace(site.app.state.house, sends_mail=mail)
    url, word = await waiting_link("practitioner", visitors)
    for kind in sorted(EVERYBODY):
        visitor = await site.as_person(visitors[kind]) if kind in visitors else site.stranger()
        for page in (url, f"{url}/html", f"/events/ours{url}", f"/events/ours{url}/html"):
            seen = word in (await visitor.get(page)).text
            assert seen == (kind == "admin" and not mail and page.startswith("/outbox")), f"{kind} at {page}"


async def test_a_letter_that_has_left_shows_its_link_to_nobody(site: Site, visitors: dict[str, int]) -> None:
    site.app.state.house = replace(site.app.state.house, sends_mail=False)
    url, word = await waiting_link("practitioner", visitors)
    async with transaction() as session:
        row = (await session.exec(select(Letter))).one()
        row.state = LetterState.SENT
        session.add(row)
    assert word not in (await (await site.as_person(visitors["admin"])).get(url)).text
