"""Who may write what, and who may see what somebody wrote."""

from dataclasses import dataclass

from app.consultation.engine.method import Floor, Kind, Output, Seen
from app.consultation.engine.room import Room, check_running, check_seated
from app.consultation.engine.state import Status, Step
from app.core.errors import Invalid, Refused
from app.core.words import N_


@dataclass(frozen=True, slots=True)
class Card:
    """What the engine needs to know of anything written: which output, by whom, in which step."""

    deck: str
    author: int
    step: int


def may_write(room: Room, person: int, deck: str) -> bool:
    return person not in room.state.away and any(output.key == deck for output in room.outputs_for(person))


def may_release(room: Room, person: int) -> bool:
    """Whoever brought a case decides when the method asks for it, at the end, or after the room has closed by itself."""
    if person not in room.deciders() or person in room.state.decided or room.step is None:
        return False
    if room.state.status is Status.CLOSED or room.last_step:
        return True
    return any(output.kind is Kind.RELEASE for output in room.outputs_for(person))


def check_writes(room: Room, person: int, *, deck: str, text: str, already: int) -> Output:
    """The output to write into; `already` counts what the person wrote there in this step.

    Raises Refused where it is not theirs to write, Invalid(text=…) where it is too long or empty.
    """
    check_seated(room, person)
    check_running(room)
    if not may_write(room, person, deck):
        raise Refused(why_not(room, person), phase=room.phase.title if room.phase else "")
    output = next(output for output in room.outputs_for(person) if output.key == deck)
    if not text.strip():
        raise Invalid({"text": N_("Write something first.")})
    if output.characters is not None and len(text) > output.characters:
        raise Invalid({"text": N_("This is too long for one card. Shorten it, or make two of it.")})
    if output.items is not None and already >= output.items:
        raise Refused(
            N_("You have written all you can write here ({items}). Change one of yours instead."), items=output.items
        )
    return output


def may_see(room: Room, person: int, card: Card, *, has_own: bool) -> bool:
    """`has_own`: the person has written into this deck in the card's step."""
    if person not in room.cast.persons:
        return False
    return card.author == person or is_open(room, card) or _is_open_to(room, person, card, has_own=has_own)


def is_open(room: Room, card: Card) -> bool:
    """Visible to everybody in the room: what may travel as the same HTML to all."""
    match _seen(room, card):
        case Seen.AT_ONCE:
            return True
        case Seen.MINE:
            return False
        case Seen.AT_REVEAL:
            return _was_shown(room, card) or not _has_a_turn(room, card)
        case Seen.OWN_FIRST | Seen.PHASE_END:
            return room.state.step > room.last_run(card.step) or room.state.status is Status.CLOSED


def is_named(room: Room, card: Card) -> bool:
    """May it say whose it is? Anonymous cards do so after the phase in which they are read, the one after their own."""
    if room.state.status is Status.CLOSED or not 0 <= card.step < len(room.state.plan):
        return True
    output = room.method.phase(room.state.plan[card.step].phase).output(card.deck)
    return output is None or not output.anonymous or room.state.step > room.last_run(card.step) + 1


def _is_open_to(room: Room, person: int, card: Card, *, has_own: bool) -> bool:
    """Own card first: those who write here wait until they have; listeners and the lead need not."""
    if _seen(room, card) is not Seen.OWN_FIRST:
        return False
    step = room.state.plan[card.step]  # perhaps interrupted by another one: its own roles count
    role = room.cast.role(person, method=room.method, round=step.round)
    output = room.formed(step).output(card.deck)
    writes = role is not None and output is not None and role.key in output.writes
    return has_own or not writes or room.leads == person


def _was_shown(room: Room, card: Card) -> bool:
    if room.state.status is Status.CLOSED:
        return True
    return any(
        shown.deck == card.deck and shown.step >= card.step and shown.author in (None, card.author)
        for shown in room.state.shown
    )


def _has_a_turn(room: Room, card: Card) -> bool:
    """Whoever writes down what others say has no turn to read it out in: their cards lie open."""
    step = room.state.plan[card.step]
    phase = room.formed(step)
    role = room.cast.role(card.author, method=room.method, round=step.round)
    return phase.floor is not Floor.ROUND_ROBIN or (role is not None and role.key in phase.speaks)


def _seen(room: Room, card: Card) -> Seen:
    """As the phase says in which it was written; unknown decks stay with their author."""
    if not 0 <= card.step < len(room.state.plan):
        return Seen.MINE
    output = room.method.phase(room.state.plan[card.step].phase).output(card.deck)
    return Seen.MINE if output is None else output.seen


def decks_of(room: Room, step: Step) -> tuple[str, ...]:
    return tuple(output.key for output in room.phase_of(step).outputs)


def why_not(room: Room, person: int) -> str:
    if room.is_backstage(person):
        return N_("You are listening now, and this phase protects your listening. Your private notes are open.")
    return N_("This is not yours to write in the phase “{phase}”. Your private notes are always open.")
