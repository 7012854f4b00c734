"""What may be done with a consultation as a whole: begin, move on, lose and find people, hand over, close.

Every act takes the room and returns the room after it, or refuses with a sentence. `by=None` is the system.
An act that a person repeats, or sends from a page that is no longer true, leaves the room as it is.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from app.consultation.engine import clock, floor, leading, polls
from app.consultation.engine.cast import check_cast, rounds_of
from app.consultation.engine.method import Loop, Seen
from app.consultation.engine.room import Room, check_led_by, check_running, check_seated
from app.consultation.engine.sight import decks_of, may_release
from app.consultation.engine.state import Shown, Status, Step
from app.core.errors import Refused
from app.core.words import N_


def start(room: Room, *, by: int | None, now: datetime) -> Room:
    """Opens the first phase."""
    check_led_by(room, by)
    if room.state.status is not Status.LOBBY:
        return room
    check_cast(room.method, room.cast)
    plan = planned(room)
    return entered(room.but(status=Status.RUNNING, plan=plan), 0, now=now)


def planned(room: Room) -> tuple[Step, ...]:
    """The phases in order; those of a round as often as there are rounds."""
    phases = room.method.phases
    turning = [phase for phase in phases if not phase.once]
    steps: list[Step] = []
    for phase in phases:
        if phase.once:
            steps.append(Step(phase.key, 0, phase.seconds))
        elif phase is turning[0]:
            rounds = range(rounds_of(room.method, room.cast))
            steps.extend(Step(each.key, round, each.seconds) for round in rounds for each in turning)
    return tuple(steps)


def advance(room: Room, *, by: int | None, leaving: int, now: datetime) -> Room:
    """Moves on from step `leaving`, the one the person saw."""
    check_led_by(room, by)
    check_running(room)
    if leaving != room.state.step:
        return room
    if by is None and not _may_move_by_itself(room, now=now):
        return room
    if room.last_step:
        raise Refused(N_("This is the last phase. Close the room when it is decided what may leave it."))
    return entered(with_decks_shown(room), room.state.step + 1, now=now)


def detours(room: Room) -> tuple[Loop, ...]:
    return tuple(loop for loop in room.method.loops if room.step is not None and loop.after == room.step.phase)


def take_detour(room: Room, *, by: int | None, leaving: int, module: str, now: datetime) -> Room:
    """Runs another phase once more, in the form of `module`, before the plan goes on."""
    check_led_by(room, by)
    check_running(room)
    if leaving != room.state.step:
        return room
    loop = next((loop for loop in detours(room) if loop.module in (None, module)), None)
    if loop is None or room.method.module(module) is None:
        raise Refused(N_("The method has no such detour here. Move on to the next phase, or add time."))
    step, at = room.state.plan[leaving], leaving + 1
    extra = [Step(loop.runs, step.round, loop.seconds, module)]
    if loop.back:
        extra.append(Step(loop.after, step.round, loop.back))
    plan = (*room.state.plan[:at], *extra, *room.state.plan[at:])
    return entered(with_decks_shown(room.but(plan=plan)), at, now=now)


def choose_module(room: Room, *, by: int | None, module: str) -> Room:
    """The form in which the group will advise; may change until that phase begins."""
    check_led_by(room, by)
    check_running(room)
    if room.method.module(module) is None:
        raise Refused(N_("This method has no such module. Choose one from the list."))
    if room.phase is not None and room.phase.module:
        raise Refused(N_("The group is already at work with a module. Take a detour if you want another one."))
    return room.but(module=module)


def show_cards(room: Room, *, by: int | None, deck: str, leaving: int) -> Room:
    """Turns all cards of a deck face up at once."""
    check_led_by(room, by)
    check_running(room)
    assert room.phase is not None
    output = room.phase.output(deck)
    if leaving != room.state.step:
        return room
    if output is None or output.seen is not Seen.AT_REVEAL:
        raise Refused(N_("There are no cards face down here."))
    return _with_shown(room, Shown(deck, room.state.step))


def open_door(room: Room, *, expected: Collection[int], now: datetime) -> Room:
    """The lobby opens, and nobody of the expected is here yet: who does not come is missed like a lost line."""
    if room.state.status is not Status.LOBBY or room.written:
        return room
    return _counted(room.but(away=tuple(person for person in room.cast.persons if person in expected)), now=now)


def lose_line(room: Room, *, person: int, now: datetime) -> Room:
    """The person is gone for now. Without the case giver the clock stops; an adviser's turn comes again."""
    check_seated(room, person)
    if person in room.state.away or room.state.status is Status.CLOSED or room.written:
        return room  # in writing nobody has a line to lose
    away = (*room.state.away, person)
    room = _counted(room.but(away=away), now=now)
    if not room.running or room.phase is None:
        return room
    turns = floor.lost_line(room.state.turns, room.phase, person=person, away=away, now=room.present(now))
    room = floor.held_by_somebody_here(room.but(turns=turns), now=now)
    case = room.case_givers()
    if person in case and all(each in away for each in case):
        return clock.pause(room, by=None, now=now, waits_for=person)
    return room


def find_line(room: Room, *, person: int, now: datetime) -> Room:
    """Back again: the seat, the place in the queue and the turn have waited; so has the clock."""
    check_seated(room, person)
    if person not in room.state.away or room.state.status is Status.CLOSED:
        return room
    away = tuple(each for each in room.state.away if each != person)
    room = _counted(room.but(away=away), now=now)
    room = room if leading.box_runs(room, now=now) else leading.returned(room)
    if not room.running or room.phase is None:
        return room
    turns = floor.found_line(room.state.turns, room.phase, person=person, away=away, now=room.present(now))
    room = floor.held_by_somebody_here(room.but(turns=turns), now=now)
    waits_for = room.state.clock.waits_for if room.state.clock else None
    return (
        clock.resume(room, by=None, now=now)
        if waits_for in room.case_givers() and person in room.case_givers()
        else room
    )


def give_more_time(room: Room, *, person: int) -> Room:
    """Who writes or is interpreted takes twice as long; asked once, it holds for the whole room."""
    check_seated(room, person)
    return room if person in room.state.slow else room.but(slow=(*room.state.slow, person))


def show_typing(room: Room, *, person: int, on: bool) -> Room:
    """Real-time text is everybody's own choice: with it the others read along while the person types."""
    check_seated(room, person)
    others = tuple(each for each in room.state.typing if each != person)
    return room.but(typing=(*others, person) if on else others) if on != (person in room.state.typing) else room


def decide_release(room: Room, *, person: int) -> Room:
    """The person has said, card by card, what may leave the room; nothing is an answer too."""
    check_seated(room, person)
    if person in room.state.decided:
        return room
    if not may_release(room, person):
        raise Refused(
            N_("Everybody decides about their own words, when the phase for it has come.")
            if room.method.everybody_releases
            else N_("Whoever brought the case decides what may leave the room, when the phase for it has come.")
        )
    return room.but(decided=(*room.state.decided, person))


def undecided(room: Room) -> tuple[int, ...]:
    """Whose decision the closing waits for. One of those who brought a case together is enough; the lost do not count.

    For people who decide about their own words it does not wait: what they do not release stays, and they may do so later.
    """
    waiting: list[int] = []
    rounds = {step.round for step in room.state.plan}
    for round in sorted(rounds):
        together = [person for person in room.case_givers(round=round) if person in room.bringers()]
        if together and not any(person in room.state.decided for person in together):
            gone = {*room.state.away, *room.cast.out}
            waiting.extend(person for person in together if person not in gone)
    return tuple(dict.fromkeys(waiting))


def still_deciding(room: Room) -> tuple[int, ...]:
    """Whose word is missing, where everybody decides about their own."""
    gone = {*room.state.away, *room.cast.out, *room.state.decided}
    return tuple(person for person in room.deciders() if person not in gone) if room.method.everybody_releases else ()


def close(room: Room, *, by: int | None, now: datetime) -> Room:
    """Ends the consultation. The lead closes at the end, when the release is decided; the system closes what nobody ends."""
    check_led_by(room, by)
    if room.state.status is Status.CLOSED:
        return room
    if by is not None:
        check_running(room)
        if not room.last_step:
            raise Refused(N_("There are phases left. Move on to the last one; there the room can be closed."))
        if undecided(room):
            raise Refused(N_("The room can close when it is decided what may leave it. “Nothing” is a decision too."))
    room = polls.closed_all(with_decks_shown(room) if room.step is not None else room)
    return room.but(
        status=Status.CLOSED,
        closed=now,
        still=None,
        signs=(),
        turns=replace(room.state.turns, speaker=None, since=None, allowed=None, given=()),
    )


def entered(room: Room, step: int, *, now: datetime) -> Room:
    """The room in another step: fresh clock, fresh floor."""
    room = polls.closed_all(room.but(step=step))
    state = room.state
    room = room.but(step=step, log=(*state.log, now), meeting=state.meets_next, meets_next=False, grace=0, still=None)
    room = room.but(signs=(), volunteers=())
    if room.state.meeting:  # nobody is here before they come
        room = _counted(room.but(away=room.cast.persons), now=now)
    fresh = clock.opened(room, state.plan[step], now=now)
    room = room.but(clock=fresh, due=clock.ends_at(fresh, now=now) if room.written else None)
    room = leading.returned(room.but(away=(), short_since=None) if room.written else room)
    assert room.phase is not None
    room = room.but(turns=floor.opening_turns(room, room.phase, round=state.plan[step].round, now=now))
    case = room.case_givers()
    if case and all(person in room.state.away for person in case):
        return clock.pause(room, by=None, now=now, waits_for=case[0])
    return room


def _may_move_by_itself(room: Room, *, now: datetime) -> bool:
    """The system moves a phase on only when its time is up and it may move by itself, never out of the last one."""
    assert room.phase is not None and room.state.clock is not None
    if room.last_step or room.state.clock.paused is not None:
        return False
    return room.phase.by_itself and clock.remaining(room.state.clock, now=now) <= 0


def with_decks_shown(room: Room) -> Room:
    """What still lies face down is turned up when the last phase of its deck ends: nothing written is lost.

    In writing nobody has a turn to read it out in: it lies open as soon as its step is over.
    """
    assert room.step is not None
    later = () if room.written else room.state.plan[room.state.step + 1 :]
    ahead = {deck for step in later for deck in decks_of(room, step)}
    ending = (deck for deck in decks_of(room, room.step) if deck not in ahead)
    for deck in ending:
        room = _with_shown(room, Shown(deck, room.state.step))
    return room


def _with_shown(room: Room, shown: Shown) -> Room:
    return room if shown in room.state.shown else room.but(shown=(*room.state.shown, shown))


def _counted(room: Room, *, now: datetime) -> Room:
    """Keeps the instant since when the room has been too small."""
    here = len(room.cast.persons) - len(room.state.away)
    if here >= room.method.least:
        return room.but(short_since=None)
    return room if room.state.short_since is not None else room.but(short_since=now)
