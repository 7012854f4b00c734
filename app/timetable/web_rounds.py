"""Rounds in which people meet new people: tables for speed networking or a World Café, to read out or to print."""

import asyncio
from itertools import combinations

from starlette.responses import Response

from app.core.db import reading
from app.core.pages import Visit, get
from app.events.doors import planner
from app.matching.mixing import mix
from app.timetable import queries
from app.timetable.problem import Attendant

SIZES, ROUNDS, SEEDS = range(2, 11), range(1, 11), range(1, 1000)
STEPS = 200  # of the search, under a second for 500 people


async def rounds(visit: Visit) -> Response:
    """The same address gives the same tables, so that it can be passed on to whoever leads the rounds."""
    size, many, seed = (
        _asked(visit, "size", SIZES, 4),
        _asked(visit, "rounds", ROUNDS, 3),
        _asked(visit, "seed", SEEDS, 1),
    )
    async with reading() as session:
        event = await queries.event_by_id(session, visit.here.event_id)
        everybody = await queries.attendants(session, visit.here.event_id)
        spoken = visit.query.get("lang", "")
        people = [each for each in everybody if spoken in each.languages or spoken not in event.languages]
        told = await queries.sittings_of(session, await queries.published_plan(session, visit.here.event_id))
        names = await queries.names(session, [each.id for each in people])
    met = {pair for each in told for pair in combinations(sorted(each.parts()), 2)} | _neighbours(people)
    found = None
    if len(people) > size:
        ids = [each.id for each in people]
        found = await asyncio.to_thread(mix, ids, size=size, rounds=many, met=met, seed=seed, steps=STEPS)
    return visit.page(
        "timetable/rounds.html", found=found, names=names, people=len(people), size=size, rounds=many, seed=seed,
        sizes=SIZES, choices=ROUNDS, spoken=spoken, offered=event.languages,
    )  # fmt: skip


def _neighbours(people: list[Attendant]) -> set[tuple[int, int]]:
    """Who lives in the same city knows each other."""
    cities: dict[str, list[int]] = {}
    for each in people:
        if each.city:
            cities.setdefault(each.city, []).append(each.id)
    return {pair for there in cities.values() for pair in combinations(sorted(there), 2)}


def _asked(visit: Visit, name: str, allowed: range, usual: int) -> int:
    said = visit.query.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 4 and int(said) in allowed else usual


routes = [get("/events/{event}/timetable/rounds", rounds, who=planner)]
