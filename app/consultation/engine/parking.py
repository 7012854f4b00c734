"""The park list: what is worth a thought, but not now. Everybody may put something there and sees it. Pure."""

from app.consultation.engine.room import Room, check_led_by, check_running, check_seated
from app.core.errors import Invalid, Refused
from app.core.words import N_

LONGEST = 200
MOST = 30


def may_park(room: Room, person: int) -> bool:
    if not room.running or room.written or person in room.state.away or person not in room.cast.persons:
        return False
    return not room.is_backstage(person)


def check_parks(room: Room, person: int, *, text: str, already: int) -> None:
    """`already`: what is still open on the list."""
    check_seated(room, person)
    check_running(room)
    if not may_park(room, person):
        raise Refused(N_("You are listening now, and this phase protects your listening. Your private notes are open."))
    if not text.strip():
        raise Invalid({"text": N_("Write something first.")})
    if len(text) > LONGEST:
        raise Invalid({"text": N_("Two hundred characters are enough to remember it by.")})
    if already >= MOST:
        raise Refused(N_("The park list is full. Tick something off first."))


def check_ticks(room: Room, person: int) -> None:
    check_led_by(room, person)
    check_running(room)
