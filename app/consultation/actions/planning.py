"""How a room comes to be and how it ends without people: planned, opened, moved, closed by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.closing import conclude
from app.consultation.actions.keeping import FORGOTTEN, PRACTICE, keep, tell
from app.consultation.engine import rules, still
from app.consultation.engine.state import Pace, State
from app.consultation.engine.touched import ORDER, STATUS
from app.consultation.jobs import CloseForgottenRoom, OpenRoom
from app.consultation.models import Consultation, ConsultationSeat
from app.consultation.queries import Sitting, hold_event, last_words, room_with_key, sitting
from app.consultation.queries_methods import method_to_plan
from app.core import audience
from app.core.errors import Refused
from app.core.jobs import cancel, schedule
from app.core.words import N_

EARLY = timedelta(minutes=15)  # how long before its slot the lobby opens
QUIET = timedelta(hours=1)  # without a word or a step, after the time that was planned
LATE = timedelta(hours=3)  # a room that nobody began by then is closed


@dataclass(frozen=True)
class Place:
    """Who is to sit in a room, as what (a role of the method). Without a person: a simulated peer."""

    person_id: int | None
    role: str
    deputy: bool = False
    name: str = ""
    city: str = ""
    script: str = ""


async def plan_room(
    session: AsyncSession,
    *,
    event_id: int,
    key: str,
    title: str,
    seats: Sequence[Place],
    opens_at: datetime,
    now: datetime,
    method: str = "kollegiale_beratung_six_phases",
    theme: str = "",
    lang: str = "en",
    city: str = "",
    case_text: str = "",
    practice: str = "",
    pace: Pace | None = None,
) -> int:
    """The room for a slot that begins at `opens_at`; its id. `key` names the slot: the same key moves and recasts it.

    A room that is already open stays as it is. The lobby opens fifteen minutes before, by itself; a consultation in
    writing (with a `pace`) opens its first step.
    """
    await hold_event(session, event_id)
    chosen = await method_to_plan(session, event_id, method)
    if chosen is None:
        raise Refused(N_("There is no method with this name."))
    row = await room_with_key(session, key)
    if row is not None and row.status != "planned":
        assert row.id is not None
        return row.id
    if row is None:
        row = Consultation(
            event_id=event_id, audience_id=await audience.create(session, name=f"consultation {key}"), key=key,
            title=title, method=method, state={}, created_at=now, practice=practice,
        )  # fmt: skip
    row.state = State(pace=pace).to_json()
    row.title, row.theme, row.lang, row.city, row.case_text = title, theme, lang, city, case_text or row.case_text
    row.method, row.method_version, row.opens_at = method, chosen.version, opens_at
    session.add(row)
    await session.flush()
    assert row.id is not None
    await _seat(session, row, seats)
    await schedule(session, OpenRoom(row.id), at=opens_at - _early(row), key=f"open:{row.id}")
    await schedule(session, CloseForgottenRoom(row.id), at=opens_at + _late(row), key=f"forgotten:{row.id}")
    return row.id


async def call_off(session: AsyncSession, *, key: str) -> str:
    """The slot is gone: a room that has not opened yet goes with it. What was written of the case comes back."""
    row = await room_with_key(session, key)
    if row is None or row.status != "planned":
        return ""
    await cancel(session, f"open:{row.id}")
    await cancel(session, f"forgotten:{row.id}")
    await audience.dismiss(session, row.audience_id, *await audience.members(session, row.audience_id))
    await session.delete(row)
    return row.case_text


async def open_lobby(session: AsyncSession, room_id: int, *, now: datetime) -> None:
    """The door opens; whoever arrives agrees, sees the parts, and waits for the lead. In writing it begins at once."""
    here = await sitting(session, room_id, lock=True)
    if here.row.status != "planned":
        return
    opens = here.row.opens_at and here.row.opens_at - _early(here.row)
    if opens is not None and now < opens:  # the slot has moved since
        await schedule(session, OpenRoom(room_id), at=opens, key=f"open:{room_id}:{here.row.opens_at}")
        return
    here.row.status = "lobby"
    expected = [seat.id for seat in here.seats if seat.id and not seat.script and seat.agreed_at is None]
    opened = rules.open_door(here.room, expected=expected, now=now)
    room = rules.start(opened, by=None, now=now) if opened.written else opened
    await keep(session, here, room, now=now, parts=[STATUS, ORDER])


async def move_phase(session: AsyncSession, room_id: int, *, leaving: int, now: datetime) -> None:
    """The time of a phase that moves by itself is up; one that was paused or lengthened stays."""
    here = await sitting(session, room_id, lock=True)
    if here.room.running:
        await keep(session, here, rules.advance(here.room, by=None, leaving=leaving, now=now), now=now)


async def end_silence(session: AsyncSession, room_id: int, *, now: datetime) -> None:
    """The minutes of writing are over; where they were ended by hand there is nothing to do."""
    here = await sitting(session, room_id, lock=True)
    await keep(session, here, still.end(here.room, by=None, now=now), now=now)


async def close_forgotten(session: AsyncSession, room_id: int, *, now: datetime) -> None:
    """A room nobody ended closes, and still makes its protocol of what was released."""
    here = await sitting(session, room_id, lock=True)
    if here.row.status == "closed":
        return
    due = await _forgotten_at(session, here)
    if due is not None and now < due:  # the slot has moved, or people are still at work
        await schedule(session, CloseForgottenRoom(room_id), at=due, key=f"forgotten:{room_id}:{due.isoformat()}")
        return
    here.row.status = "closed"
    await keep(session, here, rules.close(here.room, by=None, now=now), now=now, parts=[STATUS])
    await conclude(session, here, now=now)


async def _forgotten_at(session: AsyncSession, here: Sitting) -> datetime | None:
    """When this room counts as forgotten, as things stand: people who are at work in it have not forgotten it."""
    if not here.room.running:
        return here.row.opens_at and here.row.opens_at + _late(here.row)
    if here.room.state.pace is not None:  # its steps have alarms of their own; at night everybody is silent
        return max(here.room.state.log) + FORGOTTEN
    if set(here.room.state.away) >= {seat.id for seat in here.seats if not seat.script}:
        return None
    signs = [*here.room.state.log[-1:], *await last_words(session, here.id)]
    return max(signs) + QUIET if signs else None


def _early(row: Consultation) -> timedelta:
    """How long before its time the door opens; a written step opens at its hour."""
    return timedelta() if row.state.get("pace") else EARLY


def _late(row: Consultation) -> timedelta:
    return PRACTICE if row.practice else LATE


async def _seat(session: AsyncSession, row: Consultation, seats: Sequence[Place]) -> None:
    """Exactly these people, in this order; those who stay keep their seat."""
    assert row.id is not None
    here = await sitting(session, row.id)
    kept = {seat.person_id: seat for seat in here.seats if seat.person_id is not None}
    wanted = {place.person_id for place in seats if place.person_id is not None}
    left = [person for person in kept if person not in wanted]
    await session.exec(
        delete(ConsultationSeat).where(
            col(ConsultationSeat.consultation_id) == row.id,
            col(ConsultationSeat.person_id).in_(left) | col(ConsultationSeat.person_id).is_(None),
        )
    )
    for number, place in enumerate(seats):
        seat = kept.get(place.person_id) if place.person_id is not None else None
        seat = seat or ConsultationSeat(consultation_id=row.id, person_id=place.person_id, role=place.role)
        seat.role, seat.deputy, seat.place = place.role, place.deputy, number
        seat.name, seat.city, seat.script = place.name, place.city, place.script
        session.add(seat)
    await session.flush()
    if left:
        await audience.dismiss(session, row.audience_id, *left)
    await audience.admit(session, row.audience_id, *(place.person_id for place in seats if place.person_id is not None))
    row.version += 1
    tell(session, here)
