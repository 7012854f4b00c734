"""Signs of those who listen: where a phase asks them to be quiet they may react with a few symbols, and with nothing else.

Each sign is there once for each person, or not; the room sees how many there are, never whose. They end with the phase.
"""

from enum import StrEnum

from app.consultation.engine.method import Listening
from app.consultation.engine.room import Room, check_running, check_seated
from app.core.errors import Refused
from app.core.words import N_


class Sign(StrEnum):
    FOLLOW = "follow"
    STRIKES = "strikes"
    QUESTION = "question"
    SLOWER = "slower"


NAMES = {
    Sign.FOLLOW: N_("I follow you"),
    Sign.STRIKES: N_("That strikes me"),
    Sign.QUESTION: N_("I have a question"),
    Sign.SLOWER: N_("More slowly, please"),
}


def may_sign(room: Room, person: int) -> bool:
    """Whoever listens in a phase of listening; the lead is heard anyway, and so is who has the floor."""
    phase, turns, role = room.phase, room.state.turns, room.role(person)
    if not room.running or room.written or phase is None or phase.listening is not Listening.OBSERVE or role is None:
        return False
    if person in room.state.away or person in (room.leads, turns.speaker, turns.allowed):
        return False
    return role.key in phase.listens


def give_sign(room: Room, *, person: int, symbol: str, on: bool) -> Room:
    """The sign is there, or not any more; a second press changes nothing."""
    check_seated(room, person)
    check_running(room)
    if symbol not in set(Sign):
        raise Refused(N_("There is no such sign. Choose one of those on the page."))
    mine = (person, symbol)
    if (mine in room.state.signs) == on:
        return room
    if on and not may_sign(room, person):
        raise Refused(N_("Signs are for those who listen in this phase. Raise your hand if you want to say something."))
    others = tuple(each for each in room.state.signs if each != mine)
    return room.but(signs=(*others, mine) if on else others)


def signs_of(room: Room, person: int) -> tuple[str, ...]:
    return tuple(symbol for who, symbol in room.state.signs if who == person)


def counted(room: Room) -> tuple[tuple[Sign, int], ...]:
    """Which signs there are and how many of each, in their own order."""
    given = [symbol for _, symbol in room.state.signs]
    return tuple((sign, given.count(sign)) for sign in Sign if sign in given)
