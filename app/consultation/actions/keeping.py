"""What every act on a room ends with: the new state is kept, cards are turned up, news is told, the next alarm is set."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine import clock, reminding, repair
from app.consultation.engine.room import Room
from app.consultation.engine.sight import Card, is_named, is_open
from app.consultation.engine.state import Status
from app.consultation.engine.still import ends_at
from app.consultation.engine.touched import DESK, touched
from app.consultation.jobs import (
    CloseForgottenRoom,
    EndSilence,
    MovePhase,
    MoveStep,
    PlayPractice,
    RemindOfStep,
    TellOfSmallGroup,
)
from app.consultation.queries import ASIDE, Sitting, face_down, open_contributions
from app.core.jobs import cancel, schedule
from app.core.live import announce
from app.notices.actions import news_until

FORGOTTEN = timedelta(days=60)  # a written step that nothing moved for so long
PRACTICE = timedelta(hours=2)  # a practice room is closed by then, unless somebody is still at work in it
PACE = timedelta(seconds=4)  # between two acts of simulated peers


async def keep(
    session: AsyncSession, sitting: Sitting, room: Room, *, now: datetime, parts: Collection[str] = ()
) -> int:
    """Stores `room`, the room after an act; `parts` changed besides. Returns the version that readers will have.

    An act that changed nothing leaves the version alone: a double click is no news.
    """
    changed = {*touched(sitting.room, room), *parts}
    row = sitting.row
    if not changed:
        return row.version
    row.version += 1
    row.state, row.marks = room.state.to_json(), {**row.marks, **dict.fromkeys(changed, row.version)}
    if sitting.room.state.status is not room.state.status:
        row.status, row.closed_at = room.state.status.value, room.state.closed
        if room.state.status is Status.CLOSED:
            row.help_at = row.helper_id = None
    if changed & DESK or room.written:  # a written page is one person's as a whole
        row.desk_version = row.version
    session.add(row)
    await _turn_up(session, sitting, room)
    tell(session, sitting)
    await _set_alarms(session, sitting, room, now=now)
    return row.version


def tell(session: AsyncSession, sitting: Sitting) -> None:
    announce(session, f"room:{sitting.id}", version=sitting.row.version)
    announce(session, f"desk:{sitting.id}", version=sitting.row.desk_version)


async def _turn_up(session: AsyncSession, sitting: Sitting, room: Room) -> None:
    """What everybody may see from now on, or whose it is, gets the new version, so that it travels."""
    if room.state == sitting.room.state:
        return
    for row in await face_down(session, sitting.id):
        if row.deck not in ASIDE and is_open(room, Card(row.deck, row.seat_id, row.step)):
            row.open, row.version = True, sitting.row.version
            session.add(row)
    if any(output.anonymous for phase in room.method.phases for output in phase.outputs):
        for row in await open_contributions(session, sitting.id):
            card = Card(row.deck, row.seat_id, row.step)
            if is_named(room, card) and not is_named(sitting.room, card):
                row.version = sitting.row.version
                session.add(row)


async def _set_alarms(session: AsyncSession, sitting: Sitting, room: Room, *, now: datetime) -> None:
    state, before = room.state, sitting.room.state
    if state.pace is not None:
        await _set_days(session, sitting, room, now=now)
    elif state.status is Status.RUNNING and before.status is Status.LOBBY:
        planned = sum(step.seconds for step in state.plan)
        patience = PRACTICE if sitting.row.practice else timedelta(hours=1, seconds=2 * planned)
        await schedule(session, CloseForgottenRoom(sitting.id), at=now + patience, key=f"forgotten:{sitting.id}")
    if (
        state.pace is None
        and state.clock is not None
        and state.clock != before.clock
        and room.phase is not None
        and room.phase.by_itself
    ):
        await cancel(session, f"phase:{sitting.id}:{before.step}")
        ends = clock.ends_at(state.clock, now=now)
        if ends is not None and room.running and not room.last_step:
            key = f"phase:{sitting.id}:{state.step}"
            await schedule(session, MovePhase(sitting.id, state.step), at=ends, key=key)
    due = None if sitting.row.practice else repair.due_at(room, begins=sitting.row.opens_at)
    if due is not None and state.short_since != before.short_since:
        await schedule(session, TellOfSmallGroup(sitting.id), at=due, key=f"few:{sitting.id}:{due.isoformat()}")
    if state.still is not None and state.still != before.still:
        at = ends_at(state.still)
        await schedule(session, EndSilence(sitting.id), at=at, key=f"still:{sitting.id}:{at.isoformat()}")
    if sitting.row.practice and state.status is not Status.CLOSED:
        at = now + PACE
        await schedule(session, PlayPractice(sitting.id), at=at, key=f"practice:{sitting.id}:{sitting.row.version}")


async def _set_days(session: AsyncSession, sitting: Sitting, room: Room, *, now: datetime) -> None:
    """In writing: the step closes, and those who have not read it are reminded. Old alarms find nothing to do."""
    state, before = room.state, sitting.room.state
    if state.clock is None or state.clock == before.clock or not room.running:
        return
    await schedule(session, CloseForgottenRoom(sitting.id), at=now + FORGOTTEN, key=f"forgotten:{sitting.id}")
    at = clock.ends_at(state.clock, now=now) if room.written else clock.meeting_over_at(room, now=now)
    if at is not None:
        work = MoveStep(sitting.id, state.step)
        await schedule(session, work, at=at, key=f"step:{sitting.id}:{state.step}:{at:%Y%m%d%H%M}")
    if room.written and at is not None:
        await news_until(session, f"room:{sitting.id}", state.step, until=at)
        zones = {who.zone for who in sitting.people.values() if who.person_id is not None}
        for moment in {at for zone in zones if (at := reminding.of_step(room, zone=zone, now=now))}:
            key = f"remind:{sitting.id}:{state.step}:{moment:%Y%m%d%H%M}"
            await schedule(session, RemindOfStep(sitting.id, state.step), at=moment, key=key)
