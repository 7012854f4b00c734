"""Write first: a short silence within a phase. Nobody has the floor, everybody writes; then it goes on where it was."""

from dataclasses import replace
from datetime import datetime, timedelta

from app.consultation.engine.method import Floor
from app.consultation.engine.room import Room, check_led_by, check_running
from app.consultation.engine.state import Still
from app.core.errors import Refused
from app.core.words import N_

MINUTES = (1, 2, 3)


def begin(room: Room, *, by: int | None, minutes: int, leaving: int, now: datetime) -> Room:
    """Everybody falls silent and writes. A press from a page of another phase, or a second one, changes nothing."""
    check_led_by(room, by)
    check_running(room)
    assert room.phase is not None
    if leaving != room.state.step or room.state.still is not None:
        return room
    if room.phase.floor in (Floor.SILENT, Floor.TEXT):
        raise Refused(N_("Everybody writes in this phase anyway."))
    if minutes not in MINUTES:
        raise Refused(N_("One, two or three minutes of writing are enough."))
    turns = room.state.turns
    heard = 0.0 if turns.since is None else max(0.0, (room.present(now) - turns.since).total_seconds())
    return room.but(still=Still(now, minutes * 60, turns.speaker, heard))


def end(room: Room, *, by: int | None, now: datetime) -> Room:
    """The floor goes on with whoever had it; the silence has cost them nothing. The system ends it when it is time."""
    check_led_by(room, by)
    still, turns = room.state.still, room.state.turns
    if still is None or (by is None and now < ends_at(still)):
        return room
    since = turns.since
    if turns.speaker is not None and since is not None:
        heard = still.heard if turns.speaker == still.speaker else 0.0
        since = room.present(now) - timedelta(seconds=heard)
    return room.but(still=None, turns=replace(turns, since=since))


def ends_at(still: Still) -> datetime:
    return still.started + timedelta(seconds=still.seconds)
