"""Does the coordinators' board open as quickly with 500 people and 150 cases as with 60 and 8?

    python -m bench.board                # 60/8, 120/40 and 500/150 on SQLite, in a temporary folder
    python -m bench.board --cold         # the first time after a start, too: nothing is remembered yet

Each size is one event with the crowd of bench/timetable/generate.py (their zones, their hours, "no" and
"if need be" marked as people do), two coordinators' windows, a published plan made by plain greedy choice, a draft beside it in which
every eighth case lies elsewhere, twelve people who cannot come, and a twentieth of the cases without a place. Measured in process, one coordinator, no
network, no compression (identity): processor time (median of nine requests), statements, size.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy

from app.core import db, search, times
from app.core.audience import Audience, AudienceMember
from app.events.models import Event, Participation
from app.main import Setup
from app.matching.plan import Placement as Placed
from app.matching.problem import Person as Planned
from app.matching.problem import Problem, Slot
from app.people.models import Person
from app.schema import tables
from app.timetable.models import Case, Placement, Plan, Sheet, Timetable, Told, Window
from app.timetable.problem import hours_touched, slot_start
from app.timetable.rules import FIRST_HOUR, LAST_HOUR
from bench.forum import put
from bench.timetable.generate import SIZES, instance
from bench.timetable.plain import plain
from tests.support.site import Site, Visitor, queries

NOW = datetime(2026, 10, 19, 6, tzinfo=UTC)
BASE = "/events/bench/timetable"
PAGES = {
    "board": BASE,
    "board, second week": f"{BASE}?week=2",
    "board, night too": f"{BASE}?night=yes",
    "board, one case": f"{BASE}?case={{case}}",
    "review": f"{BASE}/publication",
    "progress": f"{BASE}/progress?edition=2",
    "lanes": f"{BASE}/lanes?of=advisers",
    "groups": f"{BASE}/groups",
    "my hours": f"{BASE}/hours",
    "my sessions": f"{BASE}/mine",
}
TIMES = 9
LEFT_OUT = 20  # every so-many-th case


async def main(sizes: list[str], *, cold: bool) -> None:
    print(f"{'people':>6}{'cases':>6}  {'page':<22}{'ms':>8}{'statements':>12}{'kB':>8}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            await measure(size, Path(folder), cold=cold)


LATER = {
    "board, a third left": "DELETE FROM participation WHERE person_id % 3 = 0",
    "board, first draft": "DELETE FROM timetable_plan WHERE id = 1",
    "board, nothing placed": "DELETE FROM timetable_plan",
}
"""The same board in other states: what is deleted before."""


async def measure(size: str, folder: Path, *, cold: bool) -> None:
    path = folder / "bench.db"
    problem = fill(path, size)
    site = Site(Setup(f"sqlite+aiosqlite:///{path}", "redis://127.0.0.1:1", folder / "files", "for the bench " * 3))
    site.open()
    coordinator = await site.as_person(1)
    for name, url in PAGES.items():
        await one(coordinator, problem, name, url.format(case=problem.cases[0].id), cold=cold)
    for name, statement in LATER.items():
        async with db.transaction() as session:
            await session.exec(sqlalchemy.text(statement))  # type: ignore[call-overload]
        await one(coordinator, problem, name, BASE, cold=cold)
    await site.close()
    await db.disconnect()


async def one(coordinator: Visitor, problem: Problem, name: str, address: str, *, cold: bool) -> None:
    taken = []
    for _ in range(TIMES):
        if cold:
            forget()
        began = time.process_time()
        answer = await coordinator.get(address, headers={"accept-encoding": "identity"})
        taken.append((time.process_time() - began) * 1000)
    with queries() as said:
        await coordinator.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    print(
        f"{len(problem.people):>6}{len(problem.cases):>6}  {name:<22}"
        f"{statistics.median(taken):>8.1f}{len(said):>12}{len(answer.content) / 1000:>8.1f}"
    )


def forget() -> None:
    """What the process remembers between two pages, so that the next one is like the first after a start."""
    hours_touched.cache_clear()


def crowd_of(size: str) -> Problem:
    """The planner's instance of this size, with ids that leave number 1 to the coordinator."""
    if size == "8":
        SIZES["8"] = (60, 8, 4)
    found = instance(size)
    return replace(
        found,
        people=tuple(replace(each, id=each.id + 1) for each in found.people),
        moderators=tuple(replace(each, person=each.person + 1) for each in found.moderators),
        cases=tuple(replace(each, giver=each.giver + 1) for each in found.cases),
    )


def fill(path: Path, size: str, *, planned: bool = True) -> Problem:
    """`planned`: without it cases lie where they fall, so that nearly every one breaks a rule; that is quick."""
    problem = crowd_of(size)
    found = plain(problem, seconds=0, seed=1).placements if planned else anywhere(problem)
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        tables().create_all(connection)
        search.create_index(connection)
        everybody(connection, problem)
        put(connection, Window, [window(number, slot) for number, slot in enumerate(problem.slots)])
        put(connection, Case, [case(each) for each in problem.cases])
        plans(connection, problem, found[: len(found) - len(found) // LEFT_OUT])
        put(connection, Timetable, [{"event_id": 1, "version": 9}])
    engine.dispose()
    times._shift_file = path.with_name("clock")
    times._shift_file.write_text(str((NOW - datetime.now(UTC)).total_seconds()))
    return problem


def everybody(connection: sqlalchemy.Connection, problem: Problem) -> None:
    put(connection, Audience, [{"id": 1, "name": "all", "public": False}, {"id": 2, "name": "staff", "public": False}])
    boss = {"id": 1, "name": "Elene", "email": "elene@example.org", "zone": "Asia/Tbilisi", "zone_confirmed": True}
    put(connection, Person, [{**boss, "created_at": NOW}, *(person(each) for each in problem.people)])
    put(connection, Event,
        [{"id": 1, "slug": "bench", "kind": "dialogue_event", "title": "Bench", "starts_on": date(2026, 10, 19),
          "ends_on": date(2026, 10, 30), "zone": "Europe/Berlin", "audience_id": 1, "staff_audience_id": 2,
          "languages": ["en", "fr", "es", "ru"], "state": "published", "created_at": NOW}],
    )  # fmt: skip
    leads = {each.person for each in problem.moderators}
    roles = [(each.id, ["moderator"] if each.id in leads else ["practitioner"]) for each in problem.people]
    put(
        connection,
        Participation,
        [
            {"event_id": 1, "person_id": person_id, "roles": said, "joined_at": NOW}
            for person_id, said in [(1, ["coordinator"]), *roles]
        ],
    )
    put(
        connection,
        AudienceMember,
        [{"audience_id": 1, "person_id": n, "writes": True} for n in range(1, len(problem.people) + 2)],
    )
    put(connection, Sheet, [sheet(each, problem.slots) for each in problem.people])


def person(each: Planned) -> dict[str, Any]:
    return {
        "id": each.id, "name": f"Person Number {each.id}", "email": f"p{each.id}@example.org", "zone": each.zone,
        "zone_confirmed": True, "city": each.city, "languages": sorted(each.languages), "topics": sorted(each.wishes),
        "created_at": NOW,
    }  # fmt: skip


def sheet(each: Planned, slots: tuple[Slot, ...]) -> dict[str, Any]:
    """What the instance knows of a person as they would paint it: hours on their own clocks."""
    marks: dict[str, str] = {}
    for slot in slots:
        said = "impossible" if slot.id in each.impossible else "if_need_be" if slot.id in each.if_need_be else ""
        for hour in hours_touched(slot.start, slot.minutes, each.zone):
            if said and FIRST_HOUR <= int(hour[-2:]) < LAST_HOUR:
                marks[hour] = said
    return {"event_id": 1, "person_id": each.id, "zone": each.zone, "marks": marks, "saved_at": NOW}


def window(number: int, slot: Slot) -> dict[str, Any]:
    """By the clocks of the two coordinators, one after the other."""
    zone = ("Asia/Tbilisi", "Europe/Berlin")[number % 2]
    begins, ends = times.local(slot.start, zone), times.local(slot.end, zone)
    return {
        "id": number + 1, "key": f"window-{number}", "event_id": 1, "opened_by": 1, "zone": zone, "day": begins.date(),
        "begins": begins.time(), "ends": ends.time(), "minutes": slot.minutes, "rooms": slot.rooms, "created_at": NOW,
    }  # fmt: skip


def case(each: Any) -> dict[str, Any]:
    return {
        "id": each.id, "key": f"case-{each.id}", "event_id": 1, "giver_id": each.giver,
        "title": f"A working title as long as they are, number {each.id}", "theme": each.topic, "lang": each.language,
        "city": each.city, "city_shown": each.id % 2 == 0, "least": each.least, "most": each.most, "offered_at": NOW,
    }  # fmt: skip


def anywhere(problem: Problem) -> tuple[Placed, ...]:
    people = [each.id for each in problem.people]
    return tuple(
        Placed(
            case=each.id, slot=problem.slots[at % len(problem.slots)].id,
            moderator=problem.moderators[at % len(problem.moderators)].person,
            advisers=tuple(people[(at * 7 + seat) % len(people)] for seat in range(6)), why=(),
        )
        for at, each in enumerate(problem.cases)
    )  # fmt: skip


def plans(connection: sqlalchemy.Connection, problem: Problem, found: Sequence[Placed]) -> None:
    ahead = [each for each in found if slot_start(each.slot) > NOW + timedelta(days=1)]
    elsewhere = {each.case: other.slot for each, other in zip(ahead[::8], reversed(ahead[::8]), strict=True)}
    placed = {each.case for each in found}
    unplaced = [
        {"case": each.id, "why": [{"sentence": "A coordinator has taken it out.", "values": {}}]}
        for each in problem.cases
        if each.id not in placed
    ]
    rows = [{"id": 1, "number": 1, "state": "published", "published_at": NOW}, {"id": 2, "number": 2, "state": "draft"}]
    for row in rows:
        put(connection, Plan, [{**row, "event_id": 1, "edition": 2, "made_at": NOW, "unplaced": unplaced}])
    put(connection, Placement, [placement(1, each, problem, each.slot) for each in found])
    put(connection, Placement, [placement(2, each, problem, elsewhere.get(each.case, each.slot)) for each in found])
    told = [
        {"event_id": 1, "case_id": each.case, "person_id": each.advisers[0], "starts_at": slot_start(each.slot),
         "number": 1, "answer": "no" if at < 12 else "yes", "note": "I am in the council.", "answered_at": NOW}
        for at, each in enumerate(ahead)
    ]  # fmt: skip
    put(connection, Told, told)


def placement(plan: int, each: Placed, problem: Problem, slot: str) -> dict[str, Any]:
    givers = {case.id: case.giver for case in problem.cases}
    return {
        "plan_id": plan, "case_id": each.case, "starts_at": slot_start(slot), "giver_id": givers[each.case],
        "moderator_id": each.moderator, "advisers": list(each.advisers), "why": [asdict(why) for why in each.why],
    }  # fmt: skip


if __name__ == "__main__":
    words = sys.argv[1:]
    asyncio.run(main([word for word in words if word != "--cold"] or ["8", "S", "L"], cold="--cold" in words))
