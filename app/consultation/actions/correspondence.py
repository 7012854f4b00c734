"""A consultation in writing: planned with its days, moved by the clock, read, lengthened, taken live and back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.closing import conclude
from app.consultation.actions.keeping import keep
from app.consultation.actions.planning import Place, plan_room
from app.consultation.engine import clock, reminding, steps
from app.consultation.engine.cast import Cast, Seat, check_cast
from app.consultation.engine.method import Method
from app.consultation.engine.pace import opening
from app.consultation.engine.state import Pace
from app.consultation.models import ConsultationSeat
from app.consultation.queries import Sitting, sitting
from app.consultation.queries_methods import method_to_plan
from app.consultation.queries_written import written_in
from app.core import times
from app.core.errors import Invalid, Refused
from app.core.words import N_
from app.events import queries as events
from app.events.days import is_working_day
from app.events.queries_members import member_ids
from app.notices.actions import Telling, seen, tell
from app.notices.rules import Kind, next_morning
from app.people.queries import person


@dataclass(frozen=True)
class Plan:
    """What somebody wants to have planned; `seats` are (person, role of the method)."""

    title: str
    method: str
    seats: Sequence[tuple[int, str]]
    first_day: date
    zone: str
    lang: str = "en"
    theme: str = ""
    case_text: str = ""


async def plan_written(session: AsyncSession, plan: Plan, *, event_id: int, by: int, key: str, now: datetime) -> int:
    """A consultation in writing whose first step opens on `first_day`; its id. The same key again is the same one."""
    method = await method_to_plan(session, event_id, plan.method)
    if method is None or not method.written:
        raise Invalid({"method": N_("Please choose one of the list.")})
    event = await events.event(session, event_id)
    days = Pace(plan.zone, opens=method.steps.opens, off=tuple(event.days_off))
    opens_at = opening(days, day=plan.first_day)
    if opens_at <= now or not is_working_day(plan.first_day, off=event.days_off):
        raise Invalid({"first_day": N_("Choose a working day that is still to come.")})
    if not event.starts_on <= plan.first_day <= event.ends_on:
        raise Invalid({"first_day": N_("This day is outside the event. Choose one of its days.")})
    _check_people(method, plan.seats, known=await member_ids(session, event_id))
    if plan.case_text.strip() and not any(who == by and method.role(role).case for who, role in plan.seats):
        raise Invalid({"case_text": N_("Only whoever brings the case writes it down here. Leave this empty.")})
    return await plan_room(
        session, event_id=event_id, key=f"written:{by}:{key}", title=plan.title, theme=plan.theme, lang=plan.lang,
        method=plan.method, seats=_places(method, plan.seats), opens_at=opens_at, pace=days, case_text=plan.case_text.strip(),
        now=now,
    )  # fmt: skip


def _places(method: Method, seats: Iterable[tuple[int, str]]) -> list[Place]:
    """In the order of the parts; the first who only advises stands in for the lead."""
    order = [role.key for role in method.roles]
    places = [Place(person_id, role) for person_id, role in sorted(seats, key=lambda seat: order.index(seat[1]))]
    deputy = next((n for n, p in enumerate(places) if not (method.role(p.role).owner or method.role(p.role).case)), -1)
    return [Place(place.person_id, place.role, deputy=number == deputy) for number, place in enumerate(places)]


def _check_people(method: Method, seats: Sequence[tuple[int, str]], *, known: Iterable[int]) -> None:
    people = [person_id for person_id, _ in seats]
    if not set(people) <= set(known) or any(role not in {each.key for each in method.roles} for _, role in seats):
        raise Invalid({"seats": N_("Choose people who take part in this event.")})
    if len(people) != len(set(people)):
        raise Invalid({"seats": N_("Somebody has two parts. Give everybody one.")})
    check_cast(method, Cast(tuple(Seat(person_id, role) for person_id, role in seats)))
    if not method.least <= len(people) <= method.most:
        raise Refused(
            N_("This method is for {least} to {most} people, moderation included. Now there are {number}."),
            least=method.least, most=method.most, number=len(people),
        )  # fmt: skip


async def pass_deadline(session: AsyncSession, room_id: int, *, leaving: int, now: datetime) -> None:
    """The days of a step are over: it closes, or gets another day, and whoever leads hears why."""
    here = await sitting(session, room_id, lock=True)
    wrote = await written_in(session, room_id, step=here.room.place)
    room = steps.end_meeting(here.room, leaving=leaving, now=now)
    room = steps.pass_deadline(room, leaving=leaving, wrote=wrote, now=now)
    await keep(session, here, room, now=now)
    await conclude(session, here, now=now)
    if room.running and room.state.step == leaving and room.state.grace > here.room.state.grace == 0:
        leads = here.people[room.leads].person_id if room.leads is not None else None
        await _tell(session, here, [leads] if leads else [], kind=Kind.SILENCE, topic="board", now=now)


async def remind(session: AsyncSession, room_id: int, *, step: int, now: datetime) -> None:
    """Whoever has not read the step, and is awake now, hears of it: once, and not after it was to close."""
    here = await sitting(session, room_id)
    box = here.room.state.clock
    closes = clock.ends_at(box, now=now) if box is not None else None
    if here.room.state.step != step or closes is None or closes <= now:
        return
    silent = [who for who in here.people.values() if who.person_id and who.read_step < step and not who.removed]
    due = {who.person_id: reminding.of_step(here.room, zone=who.zone, now=now) for who in silent if who.person_id}
    people = [person_id for person_id, at in due.items() if at is not None and at <= now]
    await _tell(session, here, people, kind=Kind.STEP, topic="room", until=closes, now=now)


async def read(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """I have looked at the present step."""
    here = await sitting(session, room_id)
    row = await session.get(ConsultationSeat, here.my_seat(by))
    if row is None or row.read_step >= here.room.state.step:
        return
    row.read_step = here.room.state.step
    session.add(row)
    for topic in ("room", "board"):
        await seen(session, by, f"{topic}:{room_id}", place=row.read_step, now=now)


async def extend(session: AsyncSession, room_id: int, *, by: int, leaving: int, now: datetime) -> None:
    here = await sitting(session, room_id, lock=True)
    await keep(session, here, steps.extend(here.room, by=here.my_seat(by), leaving=leaving, now=now), now=now)


async def reopen(session: AsyncSession, room_id: int, *, by: int, step: int, leaving: int, now: datetime) -> None:
    here = await sitting(session, room_id, lock=True)
    room = steps.reopen(here.room, by=here.my_seat(by), step=step, leaving=leaving, now=now)
    await keep(session, here, room, now=now)


async def meet(session: AsyncSession, room_id: int, *, by: int, leaving: int, now: datetime) -> None:
    """Live for this step: the page becomes the room, for everybody."""
    here = await sitting(session, room_id, lock=True)
    await keep(session, here, steps.meet(here.room, by=here.my_seat(by), leaving=leaving, now=now), now=now)


async def go_on_in_writing(session: AsyncSession, room_id: int, *, by: int, leaving: int, now: datetime) -> None:
    """From here on over days, in the zone of whoever leads."""
    here = await sitting(session, room_id, lock=True)
    me, days = here.my_seat(by), await _days(session, here, by)
    room = steps.go_on_in_writing(here.room, by=me, days=days, leaving=leaving, now=now)
    await keep(session, here, room, now=now)


async def collect(
    session: AsyncSession, room_id: int, *, by: int, leaving: int, asked: Collection[int], day: date, at: time,
    now: datetime,
) -> None:  # fmt: skip
    """Written advice until then, on the clocks of whoever leads; `asked` are the seats of those who hear of it."""
    here = await sitting(session, room_id, lock=True)
    me, days = here.my_seat(by), await _days(session, here, by)
    until = times.wall(day, at, days.zone)
    room = steps.collect(here.room, by=me, days=days, until=until, leaving=leaving, now=now)
    if room is here.room:
        return
    await keep(session, here, room, now=now)
    people = [here.people[seat] for seat in asked if seat in here.people]
    away = [who.person_id for who in people if who.person_id is not None and not who.removed]
    await _tell(session, here, away, kind=Kind.STEP, topic="room", until=until, now=now)


async def _days(session: AsyncSession, here: Sitting, by: int) -> Pace:
    """The working days of a room that goes on in writing: in the zone of whoever leads."""
    event, lead = await events.event(session, here.row.event_id), await person(session, by)
    zone = lead.zone if lead else event.zone
    return Pace(zone, opens=here.room.method.steps.opens, off=tuple(event.days_off))


async def _tell(
    session: AsyncSession, here: Sitting, people: Collection[int], *, kind: Kind, topic: str, until: datetime | None = None,
    now: datetime,
) -> None:  # fmt: skip
    """A notice with title and link; what is written in a consultation stays in it. By letter, at the latest, before
    `until`: at once to those to whom the next letter of the morning would come later."""
    step, off = here.room.state.step, here.room.state.pace.off if here.room.state.pace else ()
    zones = {who.person_id: who.zone for who in here.people.values() if who.person_id}
    late = [each for each in people if until and next_morning(zones[each], off=off, now=now) >= until]
    await tell(
        session,
        Telling(
            event_id=here.row.event_id, audience_id=here.row.audience_id, topic=f"{topic}:{here.id}", ref=step,
            place=step, by_id=None, title=here.row.title, text="", lang=here.row.lang, url=f"/rooms/{here.id}",
            who=dict.fromkeys(people, kind), until=until, now_or_never=late,
        ),
        now=now,
    )  # fmt: skip
