"""A group that is too small: those who schedule hear of it, and its people go over into another room together."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.closing import conclude
from app.consultation.actions.keeping import keep
from app.consultation.engine import asking_in, repair, rules
from app.consultation.engine.touched import FEW, ORDER, STATUS
from app.consultation.jobs import EndAsking, TellOfSmallGroup
from app.consultation.models import ConsultationSeat
from app.consultation.queries import Sitting, sitting, staff_audience_of_event
from app.consultation.queries_repair import is_beside, schedules
from app.consultation.queries_seats import Somebody
from app.core import audience
from app.core.errors import Missing
from app.core.jobs import schedule
from app.events.queries_members import member_ids
from app.events.rules import PLANNERS
from app.notices.actions import Telling, retract, tell
from app.notices.rules import Kind

TOPIC, WENT = "few", "went"


async def tell_of_small_group(session: AsyncSession, room_id: int, *, now: datetime) -> None:
    """Three minutes too few: those who schedule get one notice with title and way, the lead's page the sentence."""
    here = await sitting(session, room_id, lock=True)
    due = repair.due_at(here.room, begins=here.row.opens_at)
    if due is None or here.row.practice:
        return
    if now < due:  # somebody came and went meanwhile, or the slot has moved
        await schedule(session, TellOfSmallGroup(room_id), at=due, key=f"few:{room_id}:{due.isoformat()}")
        return
    since = here.room.state.short_since
    assert since is not None
    await _tell(session, here, TOPIC, int(since.timestamp()), Kind.FEW, url=f"/rooms/{room_id}/group", now=now)
    await keep(session, here, here.room, now=now, parts=[FEW])


async def move_people(session: AsyncSession, room_id: int, *, by: int, to: int, now: datetime) -> None:
    """Everybody gets a seat in the room `to`, of the same time and method; this one closes and says where they are.

    Whoever leads there is asked first, unless it is those who schedule who move them, or nobody is there to answer.
    The case and all that was written stay here: whoever goes over brings nothing but themselves.
    """
    here, there = await _both(session, room_id, to)
    planner = await schedules(session, here.row.event_id, by)
    repair.check_repairs(here.room, None if planner else here.my_seat(by), schedules=planner)
    if here.row.moved_to_id == to:
        return
    if not is_beside(here, there):
        raise Missing
    repair.check_goes(here.room, begins=here.row.opens_at, now=now)
    if planner or not asking_in.can_answer(there.room):
        await _move(session, here, there, now=now)
        return
    repair.check_takes_in(there.room, arriving=len(_going(here, there)), locked=there.row.locked)
    one, other = asking_in.ask(here.room, there.room, ids=(here.id, there.id), now=now)
    if one is here.room:
        return
    await keep(session, here, one, now=now)
    await keep(session, there, other, now=now)
    at = now + asking_in.ANSWER
    await schedule(session, EndAsking(here.id, there.id), at=at, key=f"asking:{here.id}:{there.id}:{at.isoformat()}")


async def take_in(session: AsyncSession, room_id: int, *, by: int, of: int, takes: bool, now: datetime) -> None:
    """Whoever leads here says whether the people of the small room `of` come in; a late answer finds nothing to do."""
    here, there = await _both(session, of, room_id)
    if not asking_in.check_answers(there.room, there.my_seat(by), of=of):
        return
    if takes and repair.needs_people(here.room, begins=here.row.opens_at, now=now):
        await _move(session, here, there, now=now)
    else:
        await _settle(session, here, there, declined=not takes, now=now)


async def end_asking(session: AsyncSession, room_id: int, to: int, *, now: datetime) -> None:
    """Nobody has answered in time: those who schedule hear of it and decide."""
    here, there = await _both(session, room_id, to)
    asks = here.room.state.asks
    if asks is None or asks.room != to or now < asks.until:
        return
    await _settle(session, here, there, declined=True, now=now)
    if repair.needs_people(here.room, begins=here.row.opens_at, now=now):
        ref = int(asks.until.timestamp())
        await _tell(session, here, TOPIC, ref, Kind.FEW, url=f"/rooms/{room_id}/group", now=now)


async def _both(session: AsyncSession, one: int, other: int) -> tuple[Sitting, Sitting]:
    """Held in the order of their numbers, so that two that look at each other do not lock each other out."""
    held = {each: await sitting(session, each, lock=True) for each in sorted({one, other})}
    return held[one], held[other]


async def _move(session: AsyncSession, here: Sitting, there: Sitting, *, now: datetime) -> None:
    going = _going(here, there)
    repair.check_takes_in(there.room, arriving=len(going), locked=there.row.locked)
    await _seat(session, there, going, now=now)
    await _leave(session, here, there, now=now)
    await _tell(session, here, WENT, there.id, Kind.WENT, url=f"/rooms/{here.id}/group", now=now)


async def _settle(session: AsyncSession, here: Sitting, there: Sitting, *, declined: bool, now: datetime) -> None:
    one, other = asking_in.settled(here.room, there.room, ids=(here.id, there.id), declined=declined)
    await keep(session, here, one, now=now)
    await keep(session, there, other, now=now)


def _going(here: Sitting, there: Sitting) -> list[Somebody]:
    """Those who are here, and those who may still come as long as there is room for them."""
    people = [
        who for who in here.people.values()
        if not who.removed and who.person_id is not None and there.seat(who.person_id) is None
    ]  # fmt: skip
    present = [who for who in people if who.seat_id not in here.room.state.away]
    seated = len(there.room.cast.persons) - len(there.room.cast.out)
    everybody = seated + len(people) <= there.room.method.most
    return people if everybody else present


async def _seat(session: AsyncSession, there: Sitting, going: list[Somebody], *, now: datetime) -> None:
    role = repair.part_for(there.room.method)
    assert role is not None  # the rules have just asked
    place = max((seat.place for seat in there.seats), default=-1) + 1
    rows = [
        ConsultationSeat(consultation_id=there.id, person_id=who.person_id, role=role, place=place + number)
        for number, who in enumerate(going)
    ]
    session.add_all(rows)
    await session.flush()
    await audience.admit(session, there.row.audience_id, *(who.person_id for who in going if who.person_id))
    seated = await sitting(session, there.id, lock=True)
    room = repair.joined(seated.room.but(asked=None), newcomers=tuple(row.id for row in rows if row.id))
    await keep(session, seated, room, now=now, parts=[ORDER])


async def _leave(session: AsyncSession, here: Sitting, there: Sitting, *, now: datetime) -> None:
    """A room that had begun keeps what was released; one that had not was never a consultation."""
    began = here.room.running
    since = here.room.state.short_since
    here.row.moved_to_id = there.id
    await keep(session, here, rules.close(here.room.but(asks=None), by=None, now=now), now=now, parts=[STATUS])
    if since is not None:
        await retract(session, f"{TOPIC}:{here.id}", int(since.timestamp()))
    if began:
        await conclude(session, here, now=now)


async def _tell(
    session: AsyncSession, here: Sitting, topic: str, ref: int, kind: Kind, *, url: str, now: datetime
) -> None:
    """To those who schedule the event's rooms: the title and the way, nothing of the room."""
    people = await member_ids(session, here.row.event_id, roles=PLANNERS)
    telling = Telling(
        event_id=here.row.event_id, audience_id=await staff_audience_of_event(session, here.row.event_id),
        topic=f"{topic}:{here.id}", ref=ref, place=ref, by_id=None, title=here.row.title, text="", lang=here.row.lang,
        url=url, who=dict.fromkeys(people, kind),
    )  # fmt: skip
    await tell(session, telling, now=now)
