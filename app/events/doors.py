"""Doors into an event: routes under `/events/{event}/…` say here who may use them."""

from typing import Any

from app.core.doors import Door, SignInFirst
from app.core.errors import Forbidden, Missing
from app.core.words import N_
from app.events.queries import here
from app.events.rules import ADVISING, HELPERS, MODERATORS, PLANNERS, STAFF, Role


async def _find(visit: Any) -> None:
    found = await here(visit.params["event"], person_id=visit.person.id if visit.person else None, lang=visit.lang)
    if found is None or (found.state == "draft" and not found.participates and not _admin(visit)):
        raise Missing
    visit.here = found


async def _member(visit: Any) -> None:
    if visit.person is None:
        raise SignInFirst
    await _find(visit)
    if not visit.here.participates:
        raise Forbidden(N_("This part is for the people who take part in the event."))


def one_of(name: str, roles: frozenset[Role]) -> Door:
    """A door for people with one of these roles in the event."""

    async def opens(visit: Any) -> None:
        await _member(visit)
        if not visit.here.is_one_of(roles):
            raise Forbidden(N_("This page is for the people who run the event."))

    return Door(name, opens)


def _admin(visit: Any) -> bool:
    return visit.person is not None and bool(visit.person.admin)


visitor = Door("visitor", _find)
reader = Door("reader", _find)  # then the thing's own audience decides; strangers are asked to sign in first
member = Door("member", _member)
staff = one_of("staff", STAFF)
moderator = one_of("moderator", MODERATORS)
helper = one_of("helper", HELPERS)
advising = one_of("advising", ADVISING)
planner = one_of("planner", PLANNERS)
manager = one_of("manager", frozenset({Role.MANAGER}))
