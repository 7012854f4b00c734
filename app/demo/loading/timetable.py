"""The half-made timetable: cases, windows, what people cannot, two published plans and a draft.

Windows, cases and sheets come in by the slice's actions, plans leave by its `publish`, with letters and reminders. Who
sits where is told by the material and put into the draft here: the planner would choose by itself, and another way
every day.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.times import local
from app.demo import material
from app.demo.loading.people import World, zone_of
from app.demo.rooms import Hours, Placed, hours
from app.timetable import (
    actions,
    actions_clinics,
    actions_hours,
    actions_swaps,
    actions_what_if,
    planning,
    publishing,
    queries,
)
from app.timetable.clinics import slots_of
from app.timetable.models import Placement
from app.timetable.problem import hour_key, slot_id

BY = "elene"
LOCKED = {"sentence": "Locked here by a coordinator.", "values": {}}  # as app.matching.explain says it


async def load_timetable(session: AsyncSession, world: World) -> None:
    """What people offered and said, and the first plan, with the session that is over by now."""
    await _offer(session, world)
    await _open(session, world)
    for key, said in material.timetable().availability.items():
        await _say_hours(session, world, key, said)
    held = [each for each in material.timetable().placed if each.day < 5]
    await _publish(session, world, held, now=world.when.instant(2, "17:00", world.event.zone))


async def load_plans(session: AsyncSession, world: World) -> None:
    """The second plan, with what lies ahead, and the draft that is on the coordinators' board."""
    placed = material.timetable().placed
    told = [each for each in placed if each.state == "published"]
    await _publish(session, world, told, now=world.when.instant(4, "17:30", world.event.zone))
    drafted = world.when.instant(4, "18:40", world.event.zone)
    await _draft(session, world, placed, now=drafted)
    challenges = {case.key: case.challenge for case in material.timetable().cases}
    for case, by in (("case-wall", "mirela"), ("case-cellars", BY)):
        plan = await planning.draft(session, world.event_id, now=drafted)
        await planning.lock_case(
            session, event_id=world.event_id, case_id=world.cases[challenges[case]], lock=True, seen=plan.edition,
            by=world.people[by], now=drafted,
        )  # fmt: skip


async def try_beside(session: AsyncSession, world: World) -> None:
    """What a coordinator tries beside the draft: some cases lie elsewhere."""
    told = material.timetable().what_if
    plan = await actions_what_if.try_beside(
        session, event_id=world.event_id, name=told.name.format(weekday=f"{world.when.date(told.day):%A}"),
        now=world.when.instant(4, "19:05", world.event.zone),
    )  # fmt: skip
    assert plan.id is not None
    fresh = [_placed(world, plan.id, each) for each in told.placed]
    elsewhere = {row.case_id for row in fresh}
    for row in await queries.placements(session, plan):
        if row.case_id in elsewhere:
            await session.delete(row)
    await session.flush()
    session.add_all(fresh)
    plan.unplaced = [entry for entry in plan.unplaced if entry["case"] not in elsewhere]
    session.add(plan)


async def load_swaps(session: AsyncSession, world: World) -> None:
    """Requests to exchange seats that wait for their answer."""
    challenges = {case.key: case.challenge for case in material.timetable().cases}
    for number, told in enumerate(material.timetable().swaps):
        await actions_swaps.ask(
            session, event_id=world.event_id, person_id=world.people[told.by], case_id=world.cases[challenges[told.case]],
            other_id=world.people[told.other], other_case=world.cases[challenges[told.other_case]],
            key=world.key("swap", str(number)), now=world.at(told.by, told.day, told.at),
        )  # fmt: skip


async def load_clinics(session: AsyncSession, world: World) -> None:
    """Office hours, with who has booked by now."""
    opened = world.when.instant(4, "11:00", world.event.zone)
    for number, told in enumerate(material.timetable().clinics):
        clinic = await actions_clinics.open_clinic(
            session, event_id=world.event_id, host_id=world.people[told.by], title=told.title, place=told.place,
            zone=zone_of(told.by), day=world.when.date(told.day), begins=time.fromisoformat(told.begins),
            ends=time.fromisoformat(told.to), minutes=15, most=1, key=world.key("clinic", str(number)), now=opened,
        )  # fmt: skip
        slots = slots_of(clinic.starts_at, minutes=clinic.minutes, slots=clinic.slots)
        for at, who in told.booked.items():
            await actions_clinics.book(
                session, event_id=world.event_id, clinic_id=clinic.id or 0, person_id=world.people[who],
                slot=slot_id(slots[at]), key=world.key("booking", f"{number}:{at}"), now=opened + timedelta(hours=1),
            )  # fmt: skip


async def _offer(session: AsyncSession, world: World) -> None:
    challenges = {each.key: each for each in material.challenges()}
    rooms = material.consultations()
    methods = {room.challenge: room.method for room in (*rooms.finished, *rooms.planned)}
    for told in material.timetable().cases:
        sheet = challenges[told.challenge]
        case = await actions.offer_case(
            session, event_id=world.event_id, giver_id=world.people[told.giver], title=told.working_title,
            theme=told.topic, lang=told.language, key=world.key("case", told.key), city_shown=told.city,
            least=told.advisers[0], most=told.advisers[1], prefers_id=world.people.get(told.moderator), now=world.at(told.giver, sheet.day, sheet.at),
        )  # fmt: skip
        assert case.id is not None
        case.method = methods.get(told.challenge, case.method)
        session.add(case)
        world.cases[told.challenge] = case.id


async def _open(session: AsyncSession, world: World) -> None:
    now = world.when.instant(0, "15:00", world.event.zone)
    for number, told in enumerate(material.timetable().windows):
        await actions.open_window(
            session, event_id=world.event_id, by=world.people[told.by], zone=zone_of(told.by),
            day=world.when.date(told.day), begins=time.fromisoformat(told.begins), ends=time.fromisoformat(told.to),
            minutes=60, rooms=told.rooms, key=world.key("window", str(number)), now=now,
        )  # fmt: skip
    soon = local(world.soon, zone_of(BY))
    ends = soon + timedelta(hours=1)
    if soon.date() <= world.event.ends_on:
        await actions.open_window(
            session, event_id=world.event_id, by=world.people[BY], zone=zone_of(BY), day=soon.date(), begins=soon.time(),
            ends=ends.time(), minutes=60, rooms=1, key=world.key("window", "soon"), now=now,
        )  # fmt: skip


async def _say_hours(session: AsyncSession, world: World, key: str, said: Hours) -> None:
    def keys(marks: dict[int, str]) -> list[str]:
        return [hour_key(world.when.date(day), hour) for day, text in marks.items() for hour in hours(text)]

    always = keys(dict.fromkeys(range(1, 11), said.every))
    await actions_hours.save_hours(
        session, event_id=world.event_id, person_id=world.people[key], zone=zone_of(key), copy=False,
        impossible=[*always, *keys(said.impossible)], if_need_be=keys(said.if_need_be), now=world.at(key, 1, "18:00"),
    )  # fmt: skip


async def _publish(session: AsyncSession, world: World, placed: Sequence[Placed], *, now: datetime) -> None:
    await _draft(session, world, placed, now=now)
    plan = await planning.draft(session, world.event_id, now=now)
    await publishing.publish(
        session, event_id=world.event_id, number=plan.number, seen=plan.edition, by=world.people[BY], now=now
    )


async def _draft(session: AsyncSession, world: World, placed: Sequence[Placed], *, now: datetime) -> None:
    """The draft with exactly these cases in their places; the others wait with their reasons."""
    timetable = await actions.hold(session, world.event_id)
    plan = await planning.draft(session, world.event_id, now=now)
    assert plan.id is not None
    known = {row.case_id for row in await queries.placements(session, plan)}
    told = {case.key: case for case in material.timetable().cases}
    cases = {key: world.cases[case.challenge] for key, case in told.items()}
    session.add_all(_placed(world, plan.id, each) for each in placed if cases[each.case] not in known)
    plan.edition += 1
    plan.unplaced = [
        {"case": cases[each.case], "why": [{"sentence": each.reason, "values": {}}]}
        for each in material.timetable().unplaced
    ]
    session.add(plan)
    await session.flush()
    actions.changed(session, timetable)


def _placed(world: World, plan_id: int, each: Placed) -> Placement:
    (case,) = [case for case in material.timetable().cases if case.key == each.case]
    return Placement(
        plan_id=plan_id, case_id=world.cases[case.challenge], starts_at=_begins(world, each), minutes=60,
        giver_id=world.people[case.giver], moderator_id=world.people[each.moderator],
        advisers=[world.people[key] for key in each.advisers], locked=True, why=[LOCKED],
    )  # fmt: skip


def _begins(world: World, placed: Placed) -> datetime:
    return world.soon if placed.soon else world.when.planned(placed.day, placed.at, world.event.zone)
