"""What an act changes for whoever looks on: the shared parts of the page, by name."""

from dataclasses import replace

from app.consultation.engine.clock import turn_until
from app.consultation.engine.polls import shown_poll
from app.consultation.engine.room import Room

STATUS, PHASES, CLOCK, QUESTION, ORDER, DOWN = "status", "phases", "clock", "question", "order", "down"
POLL = "poll"
CAST = "cast"  # who plays what, would play it, and is here: what the forms of casting follow from
PICKS = "picks"  # choices and ratings: how many have, and what came out
SIGNS = "signs"  # of those who listen: nobody has other buttons because of them
GROUPS, PARKED, ASKED = "groups", "parked", "asked"  # rows, not state: whoever changes them says so
LINKS = "links"  # a practice on a card: its title is told to those who may read it, by their own desk
FEW = "few"  # the group is too small: whoever leads finds where it could go
HELP = "help"  # technical help: called, here, gone
MESSAGE = "message"  # from the team of the event to all its rooms
# after these somebody may press other buttons than before
DESK = frozenset({STATUS, PHASES, CLOCK, ORDER, POLL, GROUPS, PARKED, ASKED, LINKS, FEW})


def touched(before: Room, after: Room) -> set[str]:
    """The parts of the page that look different after an act."""
    old, new = before.state, after.state
    differs = {
        STATUS: (old.status, before.written) != (new.status, after.written),  # each has a page of its own
        PHASES: (old.plan, old.step, old.module) != (new.plan, new.step, new.module),
        CLOCK: (old.clock, old.still) != (new.clock, new.still),
        QUESTION: old.step != new.step,
        ORDER: _people(before) != _people(after),
        CAST: _casting(before) != _casting(after),
        DOWN: old.shown != new.shown,
        FEW: (old.asks, old.asked, old.declined) != (new.asks, new.asked, new.declined),
        SIGNS: old.signs != new.signs,
        POLL: (old.polls, shown_poll(before)) != (new.polls, shown_poll(after)),
    }
    return {part for part, changed in differs.items() if changed}


def _casting(room: Room) -> tuple[object, ...]:
    state = room.state
    return (room.cast, state.status, state.step, state.acting, state.away, state.volunteers, state.decided)


def _people(room: Room) -> tuple[object, ...]:
    """What the order of speaking and people's own buttons follow from."""
    state = room.state
    lead = (state.acting, state.standing_in)
    shut = (state.still is not None,)
    return (
        room.cast,
        turn_until(room),
        shut,
        state.step,
        replace(state.turns, given=()),  # seen by nobody but in what it refuses
        state.queue,
        state.away,
        lead,
        state.slow,
        state.typing,
        state.decided,
        state.volunteers,
    )
