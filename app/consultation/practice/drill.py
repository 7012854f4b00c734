"""What goes wrong in a dry run: somebody loses the line, falls silent when it is their turn, or talks and talks. Pure.

Whoever practises leading meets it as in a real room and gets a short hint after a while. A word of theirs is enough for
a silent peer to begin and for a talking one to stop; so is ending the turn. Without either it passes by itself.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from app.consultation.practice.play import BREATH, PATIENCE, Do, Met, Played, Scenario
from app.consultation.practice.scripts import Disturbance

# how it ended
HELPED, PASSED, ALONE, BRIDGED, BACK, LEFT = "helped", "passed", "alone", "bridged", "back", "left"

Step = tuple[tuple[Do, ...], Met]


def disturb(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played]:
    """Those that last go on or end; then at most one more begins."""
    if not played.drill:
        return (), played
    acts: tuple[Do, ...] = ()
    met: list[Met] = []
    for each in played.met:
        done, after = _goes_on(play, each) if each.ended is None else ((), each)
        acts, met = (*acts, *done), [*met, after]
    played = replace(played, met=tuple(met))
    begun = None if acts else _begins(play, played)
    return acts if begun is None else begun[0], played if begun is None else replace(played, met=(*met, begun[1]))


def is_held(play: Scenario, played: Played, seat: int) -> bool:
    """Whether this peer does nothing of the ordinary now: silent in their turn, or not yet through with talking."""
    lasting = (play.script.drill[each.number] for each in played.met if each.ended is None)
    return any(play.seats.get(each.who) == seat for each in lasting)


def lasting(play_met: tuple[Met, ...]) -> Met | None:
    """The newest disturbance that lasts and whose hint is to be seen."""
    return next((each for each in reversed(play_met) if each.ended is None and each.told), None)


def _begins(play: Scenario, played: Played) -> Step | None:
    known = {each.number for each in played.met}
    clock, phase = play.room.state.clock, play.room.phase
    if clock is None or clock.paused or play.room.state.still or phase is None:
        return None
    for number, each in enumerate(play.script.drill):
        seat = play.seats.get(each.who)
        if number in known or each.phase != phase.key or seat is None or seat in play.room.state.away:
            continue
        if each.does == "drops" and play.now - clock.started >= timedelta(seconds=each.after):
            return (Do("lose", seat),), Met(number, play.now)
        if each.does != "drops" and play.room.state.turns.speaker == seat:
            return (), Met(number, play.now)
    return None


def _goes_on(play: Scenario, met: Met) -> Step:
    each = play.script.drill[met.number]
    seat = play.seats[each.who]
    if play.room.phase is None or play.room.phase.key != each.phase:
        gone = (Do("find", seat),) if seat in play.room.state.away else ()
        return gone, _over(play, met, LEFT)
    acts, after = _KINDS[each.does](play, each, seat, met)
    if after.ended is None and not after.told and play.now - met.began >= timedelta(seconds=each.hint_after):
        return (*acts, Do("hint", seat)), replace(after, told=True)
    return acts, after


def _drops(play: Scenario, each: Disturbance, seat: int, met: Met) -> Step:
    if play.now - met.began < timedelta(seconds=each.back):
        return (), met
    return (Do("find", seat),), _over(play, met, BRIDGED if _spoke(play, met) else BACK)


def _is_silent(play: Scenario, each: Disturbance, seat: int, met: Met) -> Step:
    if play.room.state.turns.speaker != seat:
        return (), _over(play, met, PASSED)
    if _spoke(play, met) and _waited(play, BREATH):
        return (), _over(play, met, HELPED)
    if play.now - met.began >= timedelta(seconds=PATIENCE):
        return (), _over(play, met, ALONE)
    return (), met


def _talks(play: Scenario, each: Disturbance, seat: int, met: Met) -> Step:
    if play.room.state.turns.speaker != seat:
        return (), _over(play, met, PASSED)
    if _spoke(play, met):
        return (), _over(play, met, HELPED)
    if play.now - met.began < timedelta(seconds=each.every * met.lines):
        return (), met
    if met.lines == len(each.lines):
        return (), _over(play, met, ALONE)
    return (Do("say", seat, each.lines[met.lines]),), replace(met, lines=met.lines + 1)


_KINDS: dict[str, Callable[[Scenario, Disturbance, int, Met], Step]] = {
    "drops": _drops,
    "silent": _is_silent,
    "talks": _talks,
}


def _over(play: Scenario, met: Met, how: str) -> Met:
    return replace(met, ended=play.now, how=how)


def _spoke(play: Scenario, met: Met) -> bool:
    """Whether the visitor has said something since it began."""
    return play.spoke is not None and play.spoke > met.began


def _waited(play: Scenario, seconds: int) -> bool:
    return play.spoke is not None and play.now - play.spoke >= timedelta(seconds=seconds)
