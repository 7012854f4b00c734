"""A quick question to the room: one answer each, changeable until it closes; nobody's answer is ever shown.

While it is open nobody sees how it stands; when it closes only the numbers are kept, not who gave which.
"""

from dataclasses import replace

from app.consultation.engine.room import Room, check_led_by, check_running, check_seated
from app.consultation.engine.state import Poll
from app.core.errors import Invalid, Refused
from app.core.words import N_

LONGEST_QUESTION, LONGEST_ANSWER = 160, 80
LEAST, MOST = 2, 5  # answers
MOST_POLLS = 12  # in one room


def ask(room: Room, *, by: int | None, question: str, answers: tuple[str, ...], key: str) -> Room:
    """Opens a poll; the same key again is the same poll."""
    check_led_by(room, by)
    check_running(room)
    if any(poll.key == key for poll in room.state.polls):
        return room
    if room.written:
        raise Refused(N_("A poll is for people who are in the room together. Ask in a line instead."))
    if open_poll(room) is not None:
        raise Refused(N_("A poll is open. Close it first; then everybody sees the result."))
    if len(room.state.polls) >= MOST_POLLS:
        raise Refused(N_("There have been many polls in this room. Talk instead."))
    question, answers = question.strip(), tuple(dict.fromkeys(filter(None, (answer.strip() for answer in answers))))
    if not question or len(question) > LONGEST_QUESTION:
        raise Invalid({"question": N_("Ask one short question.")})
    if not LEAST <= len(answers) <= MOST:
        raise Invalid({"answers": N_("Give two to five answers, each on a line of its own.")})
    if any(len(answer) > LONGEST_ANSWER for answer in answers):
        raise Invalid({"answers": N_("Eighty characters are enough for an answer.")})
    return room.but(polls=(*room.state.polls, Poll(key, question, answers, room.state.step)))


def answer(room: Room, *, person: int, key: str, choice: int) -> Room:
    """My answer, or another one than before; the answer to a poll that is closed meanwhile is refused."""
    check_seated(room, person)
    check_running(room)
    poll = open_poll(room)
    if poll is None or poll.key != key:
        raise Refused(N_("This poll is closed. You see its result."))
    if person in room.state.away:
        raise Refused(N_("Your line was lost. Say that you are back, then answer."))
    if not 0 <= choice < len(poll.answers):
        raise Refused(N_("There is no such answer. Choose one from the list."))
    given = tuple(sorted((*((who, what) for who, what in poll.given if who != person), (person, choice))))
    return _with(room, replace(poll, given=given))


def close(room: Room, *, by: int | None, key: str) -> Room:
    """From now on everybody sees how many gave which answer. A second press finds it closed."""
    check_led_by(room, by)
    poll = open_poll(room)
    return room if poll is None or poll.key != key else _with(room, counted(room, poll))


def closed_all(room: Room) -> Room:
    """A phase ends: what is still open closes with it."""
    poll = open_poll(room)
    return room if poll is None else _with(room, counted(room, poll))


def counted(room: Room, poll: Poll) -> Poll:
    """The numbers, without the people; the result belongs to the phase in which it is seen."""
    counts = tuple(sum(what == number for _, what in poll.given) for number in range(len(poll.answers)))
    return replace(poll, given=(), counts=counts, step=room.state.step)


def open_poll(room: Room) -> Poll | None:
    last = room.state.polls[-1] if room.state.polls else None
    return last if last is not None and last.counts is None else None


def shown_poll(room: Room) -> Poll | None:
    """The open one, or the one whose result came in this phase."""
    last = room.state.polls[-1] if room.state.polls and room.running else None
    return last if last is not None and (last.counts is None or last.step == room.state.step) else None


def _with(room: Room, poll: Poll) -> Room:
    return room.but(polls=tuple(poll if each.key == poll.key else each for each in room.state.polls))
