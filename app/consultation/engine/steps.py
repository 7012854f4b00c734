"""What happens to the steps of a consultation in writing: they close when it is time and enough have written, are
lengthened, reopened, exchanged for a meeting. Every act takes the room and returns the room after it."""

import math
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from app.consultation.engine import clock, pace, rules
from app.consultation.engine.floor import opening_turns
from app.consultation.engine.method import NOT_TYPED
from app.consultation.engine.room import Room, check_led_by, check_running
from app.consultation.engine.state import Pace, Step, Turns
from app.core.errors import Invalid, Refused
from app.core.words import N_

PATIENCE = 5  # working days that a step waits for the case; without a case there is no consultation
SOONEST, FURTHEST = timedelta(hours=1), timedelta(days=7)  # until when written advice may be collected
LONGEST = timedelta(days=21)  # that a step may last, with everything that was added
MOST_STEPS = 60


def expected(room: Room) -> tuple[int, ...]:
    """Who is to write in this step: everybody with something to type; whoever leads only where nobody else has.

    Of somebody who was asked to leave nothing is expected.
    """
    writers = tuple(
        person
        for person in room.cast.persons
        if person not in room.cast.out
        and any(output.kind not in NOT_TYPED and output.of != "modules" for output in room.outputs_for(person))
    )
    return tuple(person for person in writers if person != room.leads) or writers


def needed(room: Room) -> int:
    """How many of the expected must have written for the step to close in time."""
    return math.ceil(len(expected(room)) * room.method.steps.quorum / 100)


def has_quorum(room: Room, *, wrote: Collection[int]) -> bool:
    return len(set(expected(room)) & set(wrote)) >= needed(room)


def is_late(room: Room, *, now: datetime) -> bool:
    """Whether what is written now comes after the step was to close."""
    return room.running and room.written and room.state.due is not None and now > room.state.due


def pass_deadline(room: Room, *, leaving: int, wrote: Collection[int], now: datetime) -> Room:
    """The time of step `leaving` is up. With a quorum the next one opens; without, there is a day of grace, then too.

    The case is waited for longer; a consultation to which nobody brings it closes. `wrote`: who has, in this step.
    """
    if not _is_over(room, leaving=leaving, now=now):
        return room
    if room.state.meets_next:
        return rules.entered(rules.with_decks_shown(room), room.state.step + 1, now=now)
    grace, allowed = room.state.grace, room.method.steps.grace
    waits = not has_quorum(room, wrote=wrote) or (room.last_step and bool(rules.undecided(room)))
    case = _waits_for_case(room, wrote=wrote)
    if waits and grace < (PATIENCE if case else allowed):
        return _longer(room.but(grace=grace + 1), now=now)
    if room.last_step or case:
        return rules.close(room, by=None, now=now)
    return rules.entered(rules.with_decks_shown(room), room.state.step + 1, now=now)


def extend(room: Room, *, by: int | None, leaving: int, now: datetime) -> Room:
    """One working day more for the step that the person saw; who writes in it is not late."""
    _check_written(room, by)
    if leaving != room.state.step:
        return room
    room = _longer(room, now=now)
    box = room.state.clock
    assert box is not None
    if timedelta(seconds=box.seconds) > LONGEST:
        raise Refused(N_("This step has been open for three weeks. Close it, or meet live to finish it."))
    return room.but(due=now + timedelta(seconds=clock.remaining(box, now=now)))  # also where the clock stands still


def reopen(room: Room, *, by: int | None, step: int, leaving: int, now: datetime) -> Room:
    """Goes back to an earlier step for its days; then the present one goes on where it was interrupted."""
    _check_written(room, by)
    if leaving != room.state.step:
        return room
    if not 0 <= step < room.place:
        raise Refused(N_("Only a step that is over can be opened again. Choose one of the earlier ones."))
    if len(room.state.plan) >= MOST_STEPS:
        raise Refused(N_("Steps have been opened again so often that it is time to finish, or to meet."))
    again, at = room.state.plan[step], leaving + 1
    going_on = replace(room.state.plan[leaving], of=room.place)
    plan = (*room.state.plan[:at], replace(again, of=None), going_on, *room.state.plan[at:])
    return rules.entered(room.but(plan=plan, meets_next=False), at, now=now).but(due=now)


def meet(room: Room, *, by: int | None, leaving: int, now: datetime) -> Room:
    """People meet for this step: the live room, with everything that was written. The next one is in writing again."""
    check_led_by(room, by)
    check_running(room)
    if leaving != room.state.step or room.state.meeting:
        return room
    if room.state.pace is None:
        raise Refused(N_("You are meeting already: this consultation is held live."))
    return _at_new_speed(room.but(meeting=True, due=None, grace=0, away=room.cast.out), now=now)


def go_on_in_writing(room: Room, *, by: int | None, days: Pace, leaving: int, now: datetime) -> Room:
    """From this step on in writing, over days; people and everything they made stay. After a meeting: back to it."""
    check_led_by(room, by)
    check_running(room)
    if leaving != room.state.step or room.written:
        return room
    room = room.but(pace=room.state.pace or days, meeting=False, away=(), short_since=None, grace=0)
    room = _at_new_speed(room, now=now)
    assert room.state.clock is not None
    return room.but(due=clock.ends_at(room.state.clock, now=now))


def may_collect(room: Room) -> bool:
    """Whether those who are not here could put anything down in this phase, before the room meets for the next one."""
    return room.running and not room.written and not room.last_step and bool(expected(room))


def collect(room: Room, *, by: int | None, days: Pace, until: datetime, leaving: int, now: datetime) -> Room:
    """Written advice for this step until `until`, from people who are asleep now; then the room meets for the next one."""
    check_led_by(room, by)
    check_running(room)
    if leaving != room.state.step or room.written:
        return room
    if not may_collect(room):
        raise Refused(N_("Nothing can be put down in this phase. Ask for written advice in one that has cards."))
    if not SOONEST <= until - now <= FURTHEST:
        raise Invalid({"day": N_("Choose a time between one hour and seven days from now.")})
    room = go_on_in_writing(room, by=by, days=days, leaving=leaving, now=now)
    box = clock.started(math.ceil((until - now).total_seconds()), now=now)
    return room.but(clock=box, due=until, meets_next=True)


def end_meeting(room: Room, *, leaving: int, now: datetime) -> Room:
    """Nobody ended the meeting of this step, or nobody came whom its clock waits for: it goes on in writing."""
    box = room.state.clock
    if not room.running or not room.state.meeting or leaving != room.state.step or box is None:
        return room
    if clock.remaining(box, now=now) > 0 if box.paused is None else now < box.paused + clock.MET:
        return room
    assert room.state.pace is not None
    return go_on_in_writing(room, by=None, days=room.state.pace, leaving=leaving, now=now)


def earlier(room: Room) -> tuple[tuple[int, Step], ...]:
    """The steps that can be opened again: (number, step), each phase and round once."""
    found: dict[tuple[str, int], tuple[int, Step]] = {}
    for number, step in enumerate(room.state.plan[: max(0, room.place)]):
        found.setdefault((step.phase, step.round), (number, step))
    here = room.step and (room.step.phase, room.step.round)
    return tuple(each for key, each in found.items() if key != here)


def _at_new_speed(room: Room, *, now: datetime) -> Room:
    assert room.step is not None
    phase = room.phase_of(room.step)
    turns = Turns() if room.written else opening_turns(room, phase, round=room.step.round, now=now)
    return room.but(clock=clock.opened(room, room.step, now=now), turns=turns, still=None, signs=())


def _is_over(room: Room, *, leaving: int, now: datetime) -> bool:
    if not room.running or not room.written or leaving != room.state.step:
        return False
    assert room.state.clock is not None
    return room.state.clock.paused is None and clock.remaining(room.state.clock, now=now) <= 0


def _waits_for_case(room: Room, *, wrote: Collection[int]) -> bool:
    """Only whoever brings the case writes here, and has not."""
    who = expected(room)
    return bool(who) and set(who) <= set(room.case_givers()) and not set(who) & set(wrote)


def _longer(room: Room, *, now: datetime) -> Room:
    """The present step with one working day more, counted from its end or, when that is past, from now."""
    days, box = room.state.pace, room.state.clock
    assert days is not None and box is not None
    ends = now + timedelta(seconds=clock.remaining(box, now=now))  # as if a clock that stands still went on now
    later = pace.one_day_later(days, max(ends, now))
    return room.but(clock=replace(box, seconds=box.seconds + math.ceil((later - ends).total_seconds())))


def _check_written(room: Room, by: int | None) -> None:
    check_led_by(room, by)
    check_running(room)
    if not room.written:
        raise Refused(N_("This step is held live. Add minutes to it, or go on in writing."))
