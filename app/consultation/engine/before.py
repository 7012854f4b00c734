"""What is asked of the case giver before the room opens: short, in writing, read by all who sit there. Pure."""

from app.consultation.engine.room import Room
from app.core.errors import Forbidden, Invalid, Refused
from app.core.words import N_

LONGEST, LONGEST_ANSWER = 300, 1000
MOST = 3  # of one person; more is for the room itself


def is_open_before(room: Room, *, status: str, practice: bool) -> bool:
    """Whether questions may be put now: the room is planned or its door is open, and somebody brings a case."""
    return status in ("planned", "lobby") and not practice and bool(room.case_givers())


def check_asks(room: Room, person: int, *, text: str, already: int) -> None:
    if person in room.case_givers():
        raise Forbidden(N_("You bring the case: here the others ask, and you answer."))
    if not text.strip():
        raise Invalid({"text": N_("Write something first.")})
    if len(text) > LONGEST:
        raise Invalid({"text": N_("This is too long for a question before. Three hundred characters are enough.")})
    if already >= MOST:
        raise Refused(N_("You have asked three questions. Keep the others for the room."))


def check_answers(room: Room, person: int, *, text: str) -> None:
    if person not in room.case_givers():
        raise Forbidden(N_("Only whoever brings the case answers here."))
    if len(text) > LONGEST_ANSWER:
        raise Invalid({"answer": N_("This is too long. Tell the rest in the room.")})
