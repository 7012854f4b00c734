"""Cards under a common heading: by whoever leads, and by whoever writes down what others say. Pure."""

from app.consultation.engine.room import Room, check_running, check_seated
from app.core.errors import Invalid, Refused
from app.core.words import N_

LONGEST_HEADING = 60
MOST_GROUPS = 20


def may_group(room: Room, person: int) -> bool:
    if not room.running or room.written or person in room.state.away or person not in room.cast.persons:
        return False
    role = room.role(person)
    return not room.is_backstage(person) and (room.is_led_by(person) or (role is not None and role.scribe))


def check_groups(room: Room, person: int) -> None:
    check_seated(room, person)
    check_running(room)
    if not may_group(room, person):
        raise Refused(
            N_("Cards are grouped by whoever leads or takes the notes. Tell them which ones belong together.")
        )


def check_heading(text: str, *, already: int) -> str:
    """The heading of a new group, where there are `already` so many."""
    heading = " ".join(text.split())
    if not heading:
        raise Invalid({"heading": N_("Give the group a short heading.")})
    if len(heading) > LONGEST_HEADING:
        raise Invalid({"heading": N_("Sixty characters are enough for a heading.")})
    if already >= MOST_GROUPS:
        raise Refused(N_("There are twenty groups. Put the cards into one of them."))
    return heading
