"""The people in a room in order of speaking, each with what they are doing, in a sentence for the catalogue. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.consultation.engine.clock import turn_until
from app.consultation.engine.method import Floor, Listening
from app.consultation.engine.queue import queue
from app.consultation.engine.room import Room
from app.core.i18n import CODES
from app.core.places import country
from app.core.words import N_

if TYPE_CHECKING:
    from app.consultation.queries import Sitting
    from app.consultation.queries_seats import Somebody


@dataclass(frozen=True, slots=True)
class Shown:
    """`state`: done, lost or "" ; `icon` says the same as `note`."""

    seat_id: int
    name: str
    note: str
    values: Mapping[str, object] = field(default_factory=dict)
    state: str = ""
    current: bool = False
    icon: str = ""
    person_id: int | None = None  # simulated peers are nobody
    until: int | None = None  # the second of the phase at which their turn is over


def order_of_speaking(here: "Sitting") -> list[Shown]:
    """The lead, whoever has the floor or will have it, raised hands, then everybody else."""
    room = here.room
    return [
        replace(shown, person_id=who.person_id, values=_in_words(shown.values, here))
        for who in map(here.people.__getitem__, _order(room))
        for shown in [_shown(room, who)]
    ]


def _order(room: Room) -> list[int]:
    turns = room.state.turns
    first = [room.leads] if room.leads is not None else []
    speaking = room.persons(room.phase.speaks) if room.phase else ()
    hands = [waiting.person for waiting in queue(room)]
    if room.phase and room.phase.floor is Floor.QUEUE:
        speaking = (*([turns.speaker] if turns.speaker else []), *hands)
    return list(dict.fromkeys((*first, *speaking, *hands, *room.cast.persons)))


def _shown(room: Room, who: "Somebody") -> Shown:
    seat, turns = who.seat_id, room.state.turns
    role = room.role(seat)
    title = {"role": role.title} if role else {}
    if who.removed:
        return Shown(seat, who.name, N_("was asked to leave"), state="lost", icon="door")
    if not who.agreed and not who.simulated:
        return Shown(seat, who.name, N_("{role}, not here yet"), title)
    if seat in room.state.away:
        note = N_("line lost, gets a turn at the end") if seat in turns.missed else N_("line lost")
        return Shown(seat, who.name, note, state="lost", icon="warn")
    if seat == turns.speaker and room.state.still is not None:
        return Shown(seat, who.name, N_("goes on after the writing"), icon="pen")
    if seat == turns.speaker:
        words = _speaks(room, bool(role and role.case))
        return Shown(seat, who.name, words, title, current=True, icon="pen", until=turn_until(room))
    wish = dict(room.state.volunteers).get(seat)
    if wish is not None:
        return Shown(seat, who.name, N_("{role}, would take “{wish}”"), {**title, "wish": room.method.role(wish).title})
    if seat == turns.allowed:
        return Shown(seat, who.name, N_("may speak, as an exception"), current=True, icon="pen")
    if seat == room.leads:
        return Shown(seat, who.name, N_("leads"))
    if seat in turns.hands:
        waiting = next(each for each in queue(room) if each.person == seat)
        return Shown(seat, who.name, waiting.why, waiting.values, icon="hand")
    return _waiting(room, who, title)


def _speaks(room: Room, brings_the_case: bool) -> str:
    """Whose case it is stays in sight while they speak."""
    if room.phase and room.phase.floor is Floor.ROUND_ROBIN:
        return N_("{role}, has a turn") if brings_the_case else N_("has a turn")
    return N_("{role}, has the floor") if brings_the_case else N_("has the floor")


def _in_words(values: Mapping[str, object], here: "Sitting") -> dict[str, object]:
    """A country's code and a region's number become their names in every language."""
    said = dict(values)
    if "country" in values:
        said["country"] = {lang: country(str(values["country"]), lang) for lang in CODES}
    if "region" in values:
        said["region"] = next(region.names for region in here.regions if region.number == values["region"])
    return said


def _waiting(room: Room, who: "Somebody", title: Mapping[str, object]) -> Shown:
    seat, turns, phase = who.seat_id, room.state.turns, room.phase
    if seat == room.next_in_turn:
        return Shown(seat, who.name, N_("next"))
    if seat in turns.done and room.speaks_now(seat) and phase and phase.floor is Floor.ROUND_ROBIN:
        return Shown(seat, who.name, N_("has spoken"), state="done", icon="check")
    if phase and not room.speaks_now(seat) and phase.listening is not Listening.NORMAL:
        return Shown(seat, who.name, N_("{role}, listening"), title, icon="ear")
    return Shown(seat, who.name, N_("{role}, simulated") if who.simulated else N_("{role}"), title)
