"""Choices and ratings: one pick each, from what the phase offers, changeable while the phase runs. When others see what
came out the phase says (`seen`); whose pick it was nobody is shown.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from app.consultation.engine.casting import gives_case, may_bring_the_case
from app.consultation.engine.method import PICKED, Kind, Output
from app.consultation.engine.room import Room, check_running, check_seated
from app.consultation.engine.sight import why_not
from app.core.errors import Refused
from app.core.words import N_


def is_pick(output: Output | None) -> bool:
    return output is not None and output.kind in PICKED


def is_counted(output: Output | None) -> bool:
    """Whether only the numbers of it are ever shown: a rating, a choice between answers."""
    return output is not None and is_pick(output) and output.of is None


def picks_for(room: Room, person: int) -> tuple[Output, ...]:
    """What the person may pick now, modules aside. Whoever stands in for the lead decides what the lead decides."""
    if person in room.state.away or room.phase is None or not room.running:
        return ()
    owner = room.method.owner
    acts = room.state.acting == person and owner is not None and not room.is_backstage(person)
    mine = room.outputs_for(person)
    led = tuple(out for out in room.phase.outputs if acts and owner and owner.key in out.writes and out not in mine)
    return tuple(output for output in (*mine, *led) if is_pick(output) and output.of != "modules")


def offered(room: Room, output: Output, *, cards: Collection[int] = ()) -> tuple[str, ...]:
    """What may be picked, by key; `cards`: those that lie open in the deck it is chosen from."""
    if output.scale is not None:
        return tuple(str(step) for step in range(output.scale.least, output.scale.most + 1))
    match output.of:
        case None:
            return tuple(key for key, _ in output.options)
        case "seats":
            able = (p for p in room.cast.persons if not gives_case(room, output) or may_bring_the_case(room, p))
            return tuple(str(person) for person in able)
        case "modules":
            return tuple(module.key for module in room.method.modules)
        case _:
            return tuple(str(card) for card in cards)


def check_picks(room: Room, person: int, *, deck: str, option: str, cards: Collection[int] = ()) -> Output:
    """The output in which `person` may pick `option` now."""
    check_seated(room, person)
    check_running(room)
    output = next((out for out in picks_for(room, person) if out.key == deck), None)
    if output is None:
        raise Refused(why_not(room, person), phase=room.phase.title if room.phase else "")
    if option not in offered(room, output, cards=cards):
        raise Refused(N_("There is no such answer. Choose one from the list."))
    return output


def pickers(room: Room, output: Output) -> tuple[int, ...]:
    """Who is to pick in this phase: everybody whose choice it is and who was not asked to leave."""
    people = [person for person in room.persons(output.writes) if person not in room.cast.out]
    return tuple(person for person in people if not room.is_backstage(person))


def missing(room: Room, output: Output, *, have: Collection[int]) -> tuple[int, ...]:
    """Who has not picked yet."""
    return tuple(person for person in pickers(room, output) if person not in have)


def tally(options: Sequence[str], picked: Iterable[str]) -> list[tuple[str, int]]:
    """(option, how many picked it) in the order in which they were offered; of ratings, too. Whose they were is lost."""
    counts = Counter(picked)
    return [(option, counts[option]) for option in (*options, *(key for key in counts if key not in options))]


def mean(output: Output, picked: Iterable[str]) -> float | None:
    """Of a rating, where somebody has rated."""
    values = [int(each) for each in picked if each.isdigit()]
    return sum(values) / len(values) if output.kind is Kind.RATING and values else None
