"""The consultation in writing that is under way: planned, opened and moved on by its days, as the worker would."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions import moves, picking, writing
from app.consultation.actions.correspondence import Plan, pass_deadline, plan_written, read
from app.consultation.actions.planning import open_lobby
from app.consultation.engine import clock
from app.consultation.engine.library import methods
from app.consultation.queries import Sitting, sitting
from app.demo import material
from app.demo.loading.people import World
from app.demo.rooms import Correspondence, PutDown


async def begin_in_writing(session: AsyncSession, world: World) -> None:
    for told in material.consultations().written:
        room_id = await _plan(session, world, told)
        here = await sitting(session, room_id)
        opens = here.row.opens_at
        if opens is None or opens > world.when.now:
            continue
        await open_lobby(session, room_id, now=opens)
        for person in here.people.values():
            assert person.person_id is not None
            await moves.agree(session, room_id, by=person.person_id, now=opens)
        await _go_through_the_days(session, world, told, room_id)


async def _plan(session: AsyncSession, world: World, told: Correspondence) -> int:
    owner = methods()[told.method].owner
    assert owner is not None
    lead = next(person for person in material.people().people if person.key == told.cast[owner.key][0])
    seats = [(world.people[key], role) for role, keys in told.cast.items() for key in keys]
    plan = Plan(
        told.working_title, told.method, seats, first_day=world.when.date(told.first_day), zone=lead.zone,
        lang=told.language, theme=told.theme,
    )  # fmt: skip
    before = world.when.planned(0, "12:00", world.event.zone)
    return await plan_written(
        session,
        plan,
        event_id=world.event_id,
        by=world.people[lead.key],
        key=world.key("written", told.key),
        now=before,
    )


async def _go_through_the_days(session: AsyncSession, world: World, told: Correspondence, room_id: int) -> None:
    """Each step with what was written in it, until the one that is open now."""
    while True:
        here = await sitting(session, room_id)
        assert here.room.phase is not None
        for number, each in enumerate(told.writes.get(here.room.phase.key, [])):
            await _put_down(
                session, world, here, each, key=world.key("put", f"{told.key}-{here.room.state.step}-{number}")
            )
        ends = _ends(here)
        if ends is None or ends > world.when.now:
            return
        await pass_deadline(session, room_id, leaving=here.room.state.step, now=ends)
        if (await sitting(session, room_id)).room.state.step == here.room.state.step:
            return


async def _put_down(session: AsyncSession, world: World, here: Sitting, each: PutDown, *, key: str) -> None:
    by, at = world.people[each.by], world.when.instant(each.day, each.at, world.event.zone)
    await read(session, here.id, by=by, now=at)
    if each.pick:
        await picking.pick(session, here.id, by=by, deck=each.deck, option=each.pick, key=key, now=at)
    elif each.deck:
        await writing.write(session, here.id, by=by, deck=each.deck, text=each.text, key=key, now=at)
    else:
        await writing.say(session, here.id, by=by, text=each.text, key=key, now=at)


def _ends(here: Sitting) -> datetime | None:
    box = here.room.state.clock
    return None if box is None else clock.ends_at(box, now=box.started)
