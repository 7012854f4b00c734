"""One contribution per turn: where turns go round, whoever has one says one thing, puts down one card, and passes on.

Whoever leads is always heard, whoever writes down what others say puts down their cards, too, and an exception is one.
"""

from dataclasses import replace

from app.consultation.engine.method import Floor
from app.consultation.engine.room import Room
from app.core.errors import Refused
from app.core.words import N_

LINE = "line"  # the deck of what is said in the text lane

MADE = N_("One contribution per turn, and yours is made. Pass on; what you typed stays here for your next turn.")


def has_contributed(room: Room, person: int, *, deck: str) -> bool:
    """Whether this person has used their turn as far as `deck` goes. What was prepared before the turn does not count."""
    return _counts(room, person, deck=deck) and deck in dict(room.state.turns.given)


def check_contributes(room: Room, person: int, *, deck: str) -> None:
    if has_contributed(room, person, deck=deck):
        raise Refused(MADE)


def contributed(room: Room, person: int, *, deck: str, number: int) -> Room:
    """The room after it: `number` names what was said or put down."""
    if not _counts(room, person, deck=deck):
        return room
    turns = room.state.turns
    return room.but(turns=replace(turns, given=(*turns.given, (deck, number))))


def taken_back(room: Room, *, number: int) -> Room:
    """Whoever takes back what they have put down in this turn may put down something else."""
    turns = room.state.turns
    return room.but(turns=replace(turns, given=tuple(each for each in turns.given if each[1] != number)))


def _counts(room: Room, person: int, *, deck: str) -> bool:
    phase, turns = room.phase, room.state.turns
    if not room.running or room.state.still is not None or phase is None or phase.floor is not Floor.ROUND_ROBIN:
        return False
    if turns.speaker != person or person in (room.leads, turns.allowed):
        return False
    role = room.role(person)
    return deck == LINE or role is None or not role.scribe
