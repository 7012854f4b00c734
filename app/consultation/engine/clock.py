"""Time in a phase: a pure function of the clock and the present instant."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

from app.consultation.engine import pace
from app.consultation.engine.room import Room, check_led_by, check_running
from app.consultation.engine.state import Clock, Step
from app.core.errors import Refused
from app.core.words import N_

ADDED = (1, 2, 5)  # minutes that one press adds
MEETING = 60 * 60  # seconds for a written step that people meet for
MET = timedelta(hours=12)  # a meeting that nobody ended is over by then; the consultation goes on in writing


def started(seconds: int, *, now: datetime) -> Clock:
    return Clock(started=now, seconds=seconds)


def opened(room: Room, step: Step, *, now: datetime) -> Clock:
    """The clock of a step that opens now: minutes in a room, working days in writing."""
    if room.written and room.state.pace is not None:
        ends = pace.deadline(room.state.pace, now=now, days=room.phase_of(step).days)
        return started(math.ceil((ends - now).total_seconds()), now=now)
    return started(MEETING if room.method.phase(step.phase).days and room.state.pace else step.seconds, now=now)


def remaining(clock: Clock, *, now: datetime) -> float:
    """Seconds left; negative when the phase runs over."""
    present = clock.paused or now
    return clock.seconds - ((present - clock.started).total_seconds() - clock.rested)


def ends_at(clock: Clock, *, now: datetime) -> datetime | None:
    """When the time will be up; None while it is paused."""
    return None if clock.paused else now + timedelta(seconds=remaining(clock, now=now))


def meeting_over_at(room: Room, *, now: datetime) -> datetime | None:
    """When a meeting that nobody ends goes on in writing: half a day after its time, or after its clock was stopped."""
    box = room.state.clock
    if box is None or not room.state.meeting:
        return None
    return MET + (box.paused or now + timedelta(seconds=remaining(box, now=now)))


def turn_left(room: Room, *, now: datetime) -> float | None:
    """Seconds left of the present turn, where turns have a length; negative when it runs over. Nobody is cut off."""
    until, clock = turn_until(room), room.state.clock
    return None if until is None or clock is None else until - (clock.seconds - remaining(clock, now=now))


def turn_until(room: Room) -> int | None:
    """The second of the phase at which the present turn is over: no pause and no added minute moves it."""
    turns, clock = room.state.turns, room.state.clock
    if not room.running or turns.speaker is None or turns.since is None or clock is None:
        return None
    seconds = room.turn_seconds(turns.speaker)
    if seconds is None:
        return None
    began = 0.0 if room.speaks_alone else (turns.since - clock.started).total_seconds() - clock.rested
    return round(began) + seconds


def pause(room: Room, *, by: int | None, now: datetime, waits_for: int | None = None) -> Room:
    """Stops the clock. A second press changes nothing."""
    check_led_by(room, by)
    clock = _running_clock(room)
    if clock.paused is not None:
        return room
    return room.but(clock=replace(clock, paused=now, waits_for=waits_for))


def resume(room: Room, *, by: int | None, now: datetime) -> Room:
    check_led_by(room, by)
    clock = _running_clock(room)
    if clock.paused is None:
        return room
    rest = (now - clock.paused).total_seconds()
    turns = room.state.turns
    since = turns.since and turns.since + timedelta(seconds=rest)  # a pause costs nobody's turn
    resumed = replace(clock, paused=None, rested=clock.rested + rest, waits_for=None)
    return room.but(clock=resumed, turns=replace(turns, since=since))


def add_time(room: Room, *, by: int | None, minutes: int, leaving: int) -> Room:
    """Lengthens the phase that the person saw; the press of a stale tab does not lengthen the next one."""
    check_led_by(room, by)
    clock = _running_clock(room)
    if minutes not in ADDED:
        raise Refused(N_("You can add one, two or five minutes at a time."))
    if leaving != room.state.step:
        return room
    if room.written:
        raise Refused(N_("A step in writing is lengthened by a working day at a time."))
    return room.but(clock=replace(clock, seconds=clock.seconds + minutes * 60))


def _running_clock(room: Room) -> Clock:
    check_running(room)
    assert room.state.clock is not None  # a running room has a clock: start and advance give it one
    return room.state.clock
