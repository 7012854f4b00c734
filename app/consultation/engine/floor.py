"""The floor: who may speak now, who comes next, whose hand is up."""

from dataclasses import replace
from datetime import datetime

from app.consultation.engine.method import Floor, Phase, Seen
from app.consultation.engine.queue import queue
from app.consultation.engine.room import Room, check_led_by, check_running, check_seated
from app.consultation.engine.state import Shown, Status, Turns
from app.core.errors import Refused
from app.core.words import N_

BACKSTAGE = N_(
    "You are listening now, and this phase protects your listening. Keep it in your notes: you answer later."
)
STILL = N_("Everybody is writing now. Then the floor goes on where it was.")


def may_speak(room: Room, person: int) -> bool:
    """May be heard, or write a line into the text lane."""
    if person not in room.cast.persons or room.state.status is Status.CLOSED or person in room.state.away:
        return False
    if room.state.status is Status.LOBBY or room.leads == person:
        return True
    if room.state.still is not None:
        return False
    turns = room.state.turns
    if person == turns.allowed:
        return True
    assert room.phase is not None
    if not room.speaks_now(person) and person != turns.speaker:
        return False
    match room.phase.floor:
        case Floor.SINGLE | Floor.ROUND_ROBIN | Floor.QUEUE:
            return person == turns.speaker
        case Floor.OPEN | Floor.TEXT:
            return True
        case Floor.SILENT:
            return False


def check_speaks(room: Room, person: int) -> None:
    """Refuses with the reason and the way to be heard."""
    check_seated(room, person)
    if may_speak(room, person):
        return
    if room.state.status is Status.CLOSED:
        check_running(room)
    if room.is_backstage(person):
        raise Refused(BACKSTAGE)
    if room.state.still is not None:
        raise Refused(STILL)
    if room.phase is not None and room.phase.floor is Floor.SILENT:
        raise Refused(N_("This phase is silent: everybody writes. You can speak again in the next one."))
    raise Refused(N_("Somebody else has the floor. Raise your hand, and you will be called."))


def opening_turns(room: Room, phase: Phase, *, round: int, now: datetime) -> Turns:
    """The floor at the beginning of a phase: the first named person, the first in the round, or nobody yet."""
    people = tuple(
        person
        for person in room.persons(phase.speaks, round=round)
        if phase.floor is Floor.ROUND_ROBIN or person not in room.state.away
    )
    match phase.floor:
        case Floor.SINGLE:
            others = [person for person in people if person != room.leads]
            speaker = next(iter(others or people), None)
            return Turns(speaker=speaker, since=now if speaker is not None else None, shares=len(others))
        case Floor.ROUND_ROBIN:
            here = [person for person in people if person not in room.state.away]
            return _next_turn(Turns(order=people, shares=len(here or people)), away=room.state.away, now=now)
        case _:
            return Turns()


def give_floor(room: Room, *, by: int | None, to: int, instead_of: int | None, now: datetime) -> Room:
    """`instead_of` is whom the giver saw speaking; if the floor has moved on since, nothing happens."""
    check_led_by(room, by)
    _check_sound(room)
    check_seated(room, to)
    assert room.phase is not None
    if room.state.turns.speaker != instead_of or room.state.turns.speaker == to:
        return room
    if room.phase.floor not in (Floor.SINGLE, Floor.ROUND_ROBIN, Floor.QUEUE):
        raise Refused(N_("Nobody needs the floor in this phase."))
    if to in room.state.away:
        raise Refused(N_("This person has lost the line. Their turn comes again when they are back."))
    if not room.speaks_now(to):
        raise Refused(N_("This phase is not theirs to speak in. You can let them speak as an exception."))
    room = _ended_turn(room)
    turns = room.state.turns
    return room.but(
        turns=replace(
            turns, speaker=to, since=room.present(now), order=_without(turns.order, to), missed=_without(turns.missed, to),
            hands=_without(turns.hands, to), done=_without(turns.done, to),
        )
    )  # fmt: skip


def finish_turn(room: Room, *, by: int | None, speaker: int, now: datetime) -> Room:
    """The speaker is done, or whoever leads says so. A second press finds another speaker and changes nothing."""
    _check_sound(room)
    if by is not None and by != speaker:
        check_led_by(room, by)
    assert room.phase is not None
    if room.state.turns.speaker != speaker:
        return room
    if room.phase.floor is Floor.SINGLE:
        return room if room.speaks_now(speaker) else _back_to_whose_phase_it_is(room, now=now)
    room = _ended_turn(room)
    if room.phase is not None and room.phase.floor is Floor.ROUND_ROBIN:
        return room.but(turns=_next_turn(room.state.turns, away=room.state.away, now=room.present(now)))
    return _called_by_the_system(room, now=now)


def another_round(room: Room, *, by: int | None, leaving: int, now: datetime) -> Room:
    """Everybody had a turn and there is time left: once more round the circle."""
    check_led_by(room, by)
    _check_sound(room)
    assert room.phase is not None and room.step is not None
    if leaving != room.state.step or room.state.turns.speaker is not None:
        return room
    if room.phase.floor is not Floor.ROUND_ROBIN:
        raise Refused(N_("In this phase people do not speak in turn."))
    fresh = opening_turns(room, room.phase, round=room.step.round, now=room.present(now))
    shares = room.state.turns.shares or fresh.shares  # turns are as long as the first time
    return room.but(turns=replace(fresh, hands=room.state.turns.hands, shares=shares))


def raise_hand(room: Room, *, person: int, now: datetime) -> Room:
    check_seated(room, person)
    check_running(room)
    if room.is_backstage(person):
        raise Refused(BACKSTAGE)
    if person in room.state.turns.hands or person == room.state.turns.speaker:
        return room
    turns = room.state.turns
    return _called_by_the_system(room.but(turns=replace(turns, hands=(*turns.hands, person))), now=now)


def lower_hand(room: Room, *, person: int, by: int | None) -> Room:
    check_running(room)
    if by != person:
        check_led_by(room, by)
    turns = room.state.turns
    return room.but(turns=replace(turns, hands=_without(turns.hands, person)))


def let_speak(room: Room, *, by: int | None, person: int | None, now: datetime) -> Room:
    """One person speaks outside the rule (`None` ends it). Where one person speaks, they get the floor instead."""
    check_led_by(room, by)
    _check_sound(room)
    assert room.phase is not None
    if person is None:
        return room.but(turns=replace(room.state.turns, allowed=None))
    check_seated(room, person)
    if person in room.state.away:
        raise Refused(N_("This person has lost the line. Their turn comes again when they are back."))
    turns = room.state.turns
    hands = _without(turns.hands, person)
    if room.phase.floor is Floor.SINGLE:
        if turns.speaker == person:
            return room.but(turns=replace(turns, hands=hands))
        return room.but(turns=replace(turns, speaker=person, since=room.present(now), hands=hands))
    return room.but(turns=replace(turns, allowed=person, hands=hands))


def _check_sound(room: Room) -> None:
    """While everybody writes there is no floor to give."""
    check_running(room)
    if room.state.still is not None:
        raise Refused(STILL)


def lost_line(turns: Turns, phase: Phase, *, person: int, away: tuple[int, ...], now: datetime) -> Turns:
    """The turn of somebody whose line is lost: skipped, and offered again at the end."""
    if turns.allowed == person:
        turns = replace(turns, allowed=None)
    if phase.floor is Floor.ROUND_ROBIN:
        if turns.speaker == person:
            skipped = replace(turns, speaker=None, since=None, missed=(*turns.missed, person), given=())
            return _next_turn(skipped, away=away, now=now)
        return turns
    if turns.speaker == person and phase.floor is Floor.QUEUE:
        return replace(turns, speaker=None, since=None, hands=(person, *_without(turns.hands, person)))
    return turns


def found_line(turns: Turns, phase: Phase, *, person: int, away: tuple[int, ...], now: datetime) -> Turns:
    """They are back: if the circle is through, their turn comes now; else it waits at the end."""
    if phase.floor is Floor.ROUND_ROBIN and turns.speaker is None and person in turns.missed:
        return _next_turn(turns, away=away, now=now)
    return turns


def held_by_somebody_here(room: Room, *, now: datetime) -> Room:
    """Where one person speaks: if they are gone or nobody was here, the next one whose phase it is has the floor."""
    phase, turns = room.phase, room.state.turns
    if phase is None or phase.floor is not Floor.SINGLE or (turns.speaker and turns.speaker not in room.state.away):
        return room
    here = [person for person in room.persons(phase.speaks) if person not in room.state.away and person != room.leads]
    return room.but(turns=replace(turns, speaker=here[0], since=room.present(now))) if here else room


def recast(room: Room, *, now: datetime) -> Room:
    """Parts have changed hands: whose phase it is now waits for a turn, whose it is no longer has none."""
    phase, turns = room.phase, room.state.turns
    if phase is None or room.written:
        return room
    speaks = room.persons(phase.speaks)
    holds = turns.speaker is None or turns.speaker in speaks
    if phase.floor is Floor.ROUND_ROBIN:
        known = {*turns.order, *turns.missed, *turns.done, turns.speaker}
        order = (*(p for p in turns.order if p in speaks), *(p for p in speaks if p not in known))
        turns = replace(turns, order=order, missed=tuple(p for p in turns.missed if p in speaks))
        if not holds or turns.speaker is None:
            turns = _next_turn(replace(turns, speaker=None, since=None, given=()), away=room.state.away, now=now)
        return room.but(turns=turns)
    if phase.floor is Floor.QUEUE and not holds:
        return room.but(turns=replace(turns, speaker=None, since=None))
    if phase.floor is Floor.SINGLE and not holds:
        return held_by_somebody_here(_back_to_whose_phase_it_is(room, now=now), now=now)
    return held_by_somebody_here(room, now=now)


def _ended_turn(room: Room) -> Room:
    """Notes that the speaker has spoken; what they wrote face down for this phase is read out with it."""
    turns, phase = room.state.turns, room.phase
    if turns.speaker is None or phase is None:
        return room
    shown = room.state.shown
    if phase.floor is Floor.ROUND_ROBIN:
        read = (Shown(out.key, room.state.step, turns.speaker) for out in phase.outputs if out.seen is Seen.AT_REVEAL)
        shown = tuple(dict.fromkeys((*shown, *read)))
    done = (*_without(turns.done, turns.speaker), turns.speaker)
    return room.but(turns=replace(turns, speaker=None, since=None, done=done, given=()), shown=shown)


def _back_to_whose_phase_it_is(room: Room, *, now: datetime) -> Room:
    assert room.phase is not None and room.step is not None
    opening = opening_turns(room, room.phase, round=room.step.round, now=room.present(now))
    return room.but(turns=replace(room.state.turns, speaker=opening.speaker, since=opening.since))


def _called_by_the_system(room: Room, *, now: datetime) -> Room:
    """Where nobody leads, the first hand gets the free floor."""
    turns, phase = room.state.turns, room.phase
    free = turns.speaker is None and phase is not None and phase.floor is Floor.QUEUE
    if room.leads is not None or not free:
        return room
    calls = (waiting.person for waiting in queue(room))
    ready = next((hand for hand in calls if hand not in room.state.away and room.speaks_now(hand)), None)
    if ready is None:
        return room
    return room.but(turns=replace(turns, speaker=ready, since=room.present(now), hands=_without(turns.hands, ready)))


def _next_turn(turns: Turns, *, away: tuple[int, ...], now: datetime) -> Turns:
    """The next in the circle who is there; those without a line are remembered for the end."""
    gone = tuple(person for person in turns.order if person in away)
    here = tuple(person for person in turns.order if person not in away)
    if here:
        first = turns.order.index(here[0])
        skipped = tuple(person for person in turns.order[:first] if person in away)
        rest = turns.order[first + 1 :]
        return replace(turns, speaker=here[0], since=now, order=rest, missed=(*turns.missed, *skipped))
    missed = (*turns.missed, *gone)
    again = next((person for person in missed if person not in away), None)
    since = now if again is not None else None
    return replace(turns, speaker=again, since=since, order=(), missed=_without(missed, again))


def _without(people: tuple[int, ...], person: int | None) -> tuple[int, ...]:
    return tuple(each for each in people if each != person)
