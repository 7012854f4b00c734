"""The group builder: proposed, moved, held, applied; and, for managers, who is kept apart."""

import asyncio
from functools import partial
from typing import Any

from starlette.responses import Response

from app.core import i18n, places
from app.core.db import reading, transaction
from app.core.pages import Visit, get, post
from app.core.words import N_, NN_
from app.events.doors import manager, planner
from app.events.rules import Role
from app.matching.groups import Built, Wishes, build
from app.people.rules import TOPICS
from app.timetable import actions_groups, grouping, queries, queries_groups, views_groups
from app.timetable.acting import acting
from app.timetable.forms import ApartForm, BuildForm, PeopleOfGroupsForm, SeenForm

_APPLIED = NN_("Done: the event has one group now.", "Done: the event has {count} groups now.")
_SAID = {
    "move": N_("Moved. Whoever you move stays there when the rest is built anew."),
    "hold": N_("They stay in their groups when the rest is built anew."),
    "free": N_("They may come into another group when the rest is built anew."),
}


async def groups(visit: Visit) -> Response:
    async with reading() as session:
        page = await views_groups.groups_page(session, visit.here.event_id)
    themes = {key: i18n.say(visit.lang, words) for key, words in TOPICS.items()}
    return visit.page(
        "timetable/groups.html", page=page, themes=themes, manages=visit.here.is_one_of(frozenset({Role.MANAGER}))
    )


async def propose(visit: Visit) -> Response:
    """Build the groups around those who are held; every time a little differently."""
    form = await visit.form(BuildForm)
    alike = form.topics == "alike"
    async with reading() as session:
        found = await views_groups.ground(session, visit.here.event_id)
    seed = (found.row.seed if found.row else 0) + 1
    built = await asyncio.to_thread(_built, found, alike, seed)
    async with transaction() as session:
        await actions_groups.keep_built(
            session, event_id=visit.here.event_id, groups=built.groups, alike=alike, seed=seed, key=form.key,
            seen=form.seen, now=visit.now,
        )  # fmt: skip
    return visit.go(_url(visit), said=N_("These groups are a proposal. Nobody sees them before you apply them."))


def _built(found: views_groups.Ground, alike: bool, seed: int) -> Built:
    held = grouping.held_in(found.groups, found.held)
    return build(
        found.people,
        apart=found.apart,
        held=held,
        wishes=Wishes(alike=alike),
        languages=found.event.languages,
        seed=seed,
    )


async def change(visit: Visit) -> Response:
    """Move the people who are ticked, hold them where they are, or let them go."""
    form = await visit.form(PeopleOfGroupsForm)
    does = {
        "move": partial(actions_groups.move_people, to=form.group),
        "hold": partial(actions_groups.hold_people, hold=True),
        "free": partial(actions_groups.hold_people, hold=False),
    }[form.does]
    async with transaction() as session:
        await does(
            session, event_id=visit.here.event_id, people=form.people, key=form.key, seen=form.seen, now=visit.now
        )
    return visit.go(_url(visit), said=_SAID[form.does] if form.people else N_("Nobody was ticked, so nothing changed."))


async def apply(visit: Visit) -> Response:
    form = await visit.form(SeenForm)
    async with transaction() as session:
        count = await actions_groups.apply(session, event_id=visit.here.event_id, seen=form.seen, now=visit.now)
    return visit.go(_url(visit), said=i18n.counted(visit.lang, _APPLIED, count))


async def apart(visit: Visit) -> Response:
    async with reading() as session:
        here = grouping.in_groups(await queries.attendants(session, visit.here.event_id))
        marks = [queries_groups.parties(mark) for mark in await queries_groups.marks(session, visit.here.event_id)]
        named = {each.person for parties in marks for each in parties if each.person}
        names = await queries.names(session, {*named, *(each.id for each in here)})
    countries = [(f"c{code}", places.country(code, visit.lang)) for code in {each.country for each in here} if code]
    people = [(f"p{each.id}", names[each.id]) for each in here]
    return visit.page(
        "timetable/apart.html", marks=marks, names=names, countries=sorted(countries, key=_words),
        people=sorted(people, key=_words),
    )  # fmt: skip


def _words(choice: tuple[str, str]) -> str:
    return choice[1]


async def keep_apart(visit: Visit) -> Response:
    form = await visit.form(ApartForm)
    async with transaction() as session:
        await actions_groups.keep_apart(session, one=form.one, other=form.other, **acting(visit))
    return visit.go(_url(visit, "/apart"), said=N_("No group will hold both. Nobody else sees this list."))


async def end_apart(visit: Visit) -> Response:
    form = await visit.form(ApartForm)
    async with transaction() as session:
        await actions_groups.end_apart(
            session, event_id=visit.here.event_id, one=form.one, other=form.other, now=visit.now
        )
    return visit.go(_url(visit, "/apart"), said=N_("Taken back: they may meet in a group."))


def _url(visit: Visit, page: str = "") -> str:
    return f"/events/{visit.here.slug}/timetable/groups{page}"


_AT = "/events/{event}/timetable/groups"
routes: list[Any] = [
    get(_AT, groups, who=planner),
    post(_AT, propose, who=planner, shows=groups),
    post(f"{_AT}/people", change, who=planner, shows=groups),
    post(f"{_AT}/application", apply, who=planner, shows=groups),
    get(f"{_AT}/apart", apart, who=manager),
    post(f"{_AT}/apart", keep_apart, who=manager, shows=apart),
    post(f"{_AT}/apart/end", end_apart, who=manager),
]
