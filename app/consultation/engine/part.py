"""A person's part in words: what I am now, in one sentence, and what that means, in another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.consultation.engine.floor import may_speak
from app.consultation.engine.method import NOT_TYPED, Floor, Listening, Phase, Words
from app.consultation.engine.room import Room
from app.consultation.engine.state import Status
from app.core.words import N_


class Stance(StrEnum):
    LEAD = "lead"
    TURN = "turn"
    SPEAK = "speak"
    WRITE = "write"
    WAIT = "wait"
    LISTEN = "listen"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Part:
    """`now` and `hint` are sentences for the catalogue; a value that is a mapping holds one text per language."""

    stance: Stance
    now: str
    hint: str
    values: Mapping[str, Words] = field(default_factory=dict)


def part(room: Room, person: int) -> Part:
    state = room.state
    if state.status is Status.LOBBY:
        return Part(
            Stance.REST, N_("You are in good time."), N_("The lead opens the first phase. Until then: say hello.")
        )
    if state.status is Status.CLOSED:
        return Part(Stance.REST, N_("This room is closed."), N_("Thank you. What was released is in the protocol."))
    assert room.phase is not None
    if room.written:
        return _in_writing(room, person, room.phase)
    if state.still is not None and not room.is_backstage(person):
        return _still(room, person)
    if room.leads == person:
        return Part(
            Stance.LEAD, N_("You lead now."), N_("Read the prompt aloud, keep the time, protect the listening.")
        )
    if person in (state.turns.speaker, state.turns.allowed) and may_speak(room, person):
        return _turn(room, room.phase)
    if not room.speaks_now(person):
        return _listening(room, person, room.phase)
    return _speaking(room, person, room.phase)


def _still(room: Room, person: int) -> Part:
    if room.leads == person:
        return Part(Stance.LEAD, N_("Everybody writes now."), N_("Then the floor goes on where it was. Write, too."))
    if room.outputs_for(person):
        return Part(Stance.WRITE, N_("You are writing now."), N_("All write in silence, then the floor goes on."))
    return Part(
        Stance.WRITE, N_("You are writing now."), N_("Put your thoughts into your notes; then the floor goes on.")
    )


def _in_writing(room: Room, person: int, phase: Phase) -> Part:
    """Over days nobody has the floor: one writes, reads, or listens."""
    if room.leads == person:
        return Part(
            Stance.LEAD, N_("You lead this consultation."), N_("See who has read and written; help the silent ones.")
        )
    if room.is_backstage(person):
        return _listening(room, person, phase)
    if any(output.kind not in NOT_TYPED for output in room.outputs_for(person)):
        return Part(Stance.WRITE, N_("You write in this step."), N_("Ten minutes are enough. Then read the others."))
    return Part(
        Stance.LISTEN, N_("You read in this step."), N_("Somebody else writes now. It is your turn again soon.")
    )


def _turn(room: Room, phase: Phase) -> Part:
    if phase.floor is Floor.ROUND_ROBIN and room.state.turns.given:
        return Part(Stance.TURN, N_("It is your turn."), N_("Your contribution is made. Pass on when you are ready."))
    if phase.floor is Floor.ROUND_ROBIN:
        return Part(Stance.TURN, N_("It is your turn."), N_("One contribution. Say or write it, then pass on."))
    return Part(Stance.TURN, N_("You have the floor."), N_("Speak, or write into the text lane if you prefer."))


def _speaking(room: Room, person: int, phase: Phase) -> Part:
    match phase.floor:
        case Floor.SILENT:
            return Part(
                Stance.WRITE,
                N_("You are writing now."),
                N_("All write in silence. Nobody sees yours before it is time."),
            )
        case Floor.OPEN | Floor.TEXT:
            return Part(Stance.SPEAK, N_("You may speak."), N_("Short, one thought at a time. Leave room for others."))
        case Floor.ROUND_ROBIN if person == room.next_in_turn:
            return Part(Stance.WAIT, N_("You are next."), N_("Think of one contribution while you listen."))
        case Floor.ROUND_ROBIN if person in room.state.turns.order:
            return Part(Stance.WAIT, N_("Your turn will come."), N_("Listen. Turns go round; nobody is left out."))
        case Floor.ROUND_ROBIN:
            return Part(
                Stance.LISTEN,
                N_("You have spoken."),
                N_("Listen now. Raise your hand if you want to build on something."),
            )
        case Floor.QUEUE if person in room.state.turns.hands:
            return Part(Stance.WAIT, N_("Your hand is up."), N_("You will be called. Write down your first words."))
        case Floor.QUEUE:
            return Part(Stance.WAIT, N_("Raise your hand to speak."), N_("One at a time; whoever leads calls you."))
        case Floor.SINGLE:
            return Part(
                Stance.WAIT, N_("Somebody else has the floor."), N_("Raise your hand when you want to add something.")
            )


def _listening(room: Room, person: int, phase: Phase) -> Part:
    answer = next_own_phase(room, person)
    values = {"phase": answer.title} if answer else {}
    if phase.listening is Listening.BACKSTAGE and room.is_backstage(person):
        hint = N_("Note what strikes you. You answer in “{phase}”.") if answer else N_("Note what strikes you.")
        return Part(Stance.LISTEN, N_("You are listening now."), hint, values)
    if phase.listening is Listening.OBSERVE and answer:
        return Part(Stance.LISTEN, N_("You are listening now."), N_("No advice yet. Collect your questions."))
    if room.outputs_for(person):
        return Part(Stance.WRITE, N_("You listen and write."), N_("Put down what you hear, one idea on each card."))
    hint = N_("You speak again in “{phase}”.") if answer else N_("Thank you for listening to the end.")
    return Part(Stance.LISTEN, N_("You are listening now."), hint, values)


def next_own_phase(room: Room, person: int) -> Phase | None:
    """The next phase in which the person may speak."""
    for step in room.state.plan[room.state.step + 1 :]:
        phase = room.phase_of(step)
        role = room.cast.role(person, method=room.method, round=step.round)
        if role is not None and role.key in phase.speaks:
            return phase
    return None
