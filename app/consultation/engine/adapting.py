"""A method adapted in an event: a document like a method file, changed by forms. Pure; `reading` judges every change."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.consultation.engine.library import document, palettes
from app.consultation.engine.method import NOT_TYPED, Floor, Kind, Listening, Method, Seen, Words
from app.consultation.engine.mistake import MethodMistake, Place
from app.consultation.engine.reading import read_method
from app.core.errors import Invalid, Missing, Refused
from app.core.words import N_

Document = dict[str, Any]

MOST_PHASES = 20
MOST_OUTPUTS = 8  # of one phase
OWN = "own_"  # keys of methods that belong to an event, and of what was added to them
FILE = "method"
# What a form can ask for; the others belong to the phases that a method brings along.
OFFERED = (Kind.CARDS, Kind.LIST, Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.QUESTION, Kind.ACTION_LIST, Kind.LINK)


@dataclass(frozen=True, slots=True)
class OutputForm:
    """What a phase leaves, as somebody filled it in. Without a key it is new."""

    key: str
    title: Words
    kind: str
    writes: Sequence[str]
    seen: str
    characters: int | None
    items: int | None
    kept: bool  # the protocol may hold it


@dataclass(frozen=True, slots=True)
class PhaseForm:
    """`length`: minutes, or working days of a written method. `turn`: minutes, or none."""

    title: Words
    prompt: Words
    length: int
    once: bool
    floor: str
    speaks: Sequence[str]
    listens: Sequence[str]
    listening: str
    turn: int | None
    by_itself: bool
    outputs: Sequence[OutputForm]


def as_text(changed: Document) -> str:
    return json.dumps(changed, ensure_ascii=False)


def as_document(text: str) -> Document:
    found: Document = json.loads(text)
    return found


@lru_cache(maxsize=256)
def method_in(text: str) -> Method:
    """The method in a stored text; the same text is read once."""
    return read_method(json.loads(text), file=FILE, palettes=palettes())


def copied(original: str | Document, *, key: str) -> Document:
    """The file of a method of the house, or a method of the event, under a key of its own."""
    made = document(original) if isinstance(original, str) else deepcopy(original)
    made["id"], made["version"] = key, 1
    return made


def with_frame(before: Document, *, title: Words, least: int, most: int, rounds: int) -> Document:
    """What holds for the method as a whole."""
    after = deepcopy(before)
    if least > most:
        raise Invalid({"most": N_("This is fewer than the least.")})
    after["title"], after["group"] = dict(title), {"min": least, "max": most}
    if not is_written(after):
        after["rounds"] = rounds
    return settled(after)


def with_phase(before: Document, key: str, form: PhaseForm, *, after: str = "") -> Document:
    """The phase `key` as the form says; without a key a new phase, behind the phase `after` or at the beginning."""
    changed = deepcopy(before)
    phases = changed["phases"]
    if key:
        place = _place(changed, key)
        phases[place] = _phase(changed, phases[place], form)
        return settled(changed)
    if len(phases) >= MOST_PHASES:
        raise Refused(N_("A method has at most {most} phases. Remove one first."), most=MOST_PHASES)
    place = _place(changed, after) + 1 if after else 0
    phases.insert(place, {})
    phases[place] = _phase(changed, {"key": _unused(changed)}, form)
    return settled(changed)


def without_phase(before: Document, key: str) -> Document:
    after = deepcopy(before)
    del after["phases"][_place(after, key)]
    if not after["phases"]:
        raise Refused(N_("This is the only phase. A method needs one."))
    return settled(after)


def with_phase_moved(before: Document, key: str, *, later: bool) -> Document:
    """One place later or earlier; at either end it stays where it is."""
    after = deepcopy(before)
    phases, place = after["phases"], _place(after, key)
    other = place + (1 if later else -1)
    if 0 <= other < len(phases):
        phases[place], phases[other] = phases[other], phases[place]
    return settled(after)


def judged(
    changed: Document,
    *,
    phase: str = "",
    names: Mapping[str, str] | None = None,
    parts: Mapping[str, str] | None = None,
) -> Method:
    """The method; raises Invalid with the sentence at the field (`names`: output key → number of its fields, `parts`: role
    or module → number), or Refused.
    """
    try:
        return read_method(changed, file=FILE, palettes=palettes())
    except MethodMistake as mistake:
        values: dict[str, Any] = {name: _titled(changed, value) for name, value in mistake.values.items()}
        here = Place(FILE).within(f"phase “{phase}”")
        if phase and mistake.place.part == here.part:
            field = "length" if mistake.place.field in {"minutes", "days"} else mistake.place.field
            raise Invalid({field: mistake.why}, **values) from mistake
        for key, number in (names or {}).items():
            if phase and mistake.place.part == here.within(f"output “{key}”").part:
                raise Invalid({f"{mistake.place.field}-{number}": mistake.why}, **values) from mistake
        if mistake.place.part in (parts or {}):
            field = "least" if mistake.place.field == "count" else mistake.place.field
            raise Invalid({f"{field}-{(parts or {})[mistake.place.part]}": mistake.why}, **values) from mistake
        if not mistake.place.part and mistake.place.field in {"title", "group", "rounds"}:
            raise Invalid({mistake.place.field: mistake.why}, **values) from mistake
        raise Refused(mistake.why, **values) from mistake


def is_written(of: Document) -> bool:
    return bool(of["mode"] == "written")


def phase_of(of: Document, key: str) -> Document:
    found: Document = of["phases"][_place(of, key)]
    return found


def _phase(of: Document, before: Document, form: PhaseForm) -> Document:
    written = is_written(of)
    outputs = {each["key"]: each for each in before.get("outputs", [])}
    if len(form.outputs) > MOST_OUTPUTS:
        raise Refused(N_("A phase leaves at most {most} things. Remove one first."), most=MOST_OUTPUTS)
    phase = {
        **still(before, "key", "spaces", "module"),
        "title": dict(form.title),
        "prompt": dict(form.prompt),
        "days" if written else "minutes": form.length,
        "floor": Floor.TEXT.value if written else form.floor,
        "speaks": list(form.speaks),
        "listens": [] if form.listening == Listening.NORMAL and not form.listens else list(form.listens),
        "listening": form.listening,
    }
    if form.once:
        phase["once"] = True
    if not written and form.turn:
        phase["turn"] = form.turn
    if not written and form.by_itself:
        phase["by_itself"] = True
    phase["outputs"] = []
    for each in form.outputs:
        phase["outputs"].append(_output(of, outputs.get(each.key), each, taken=phase["outputs"]))
    _keep(of, {made["key"]: each.kept for made, each in zip(phase["outputs"], form.outputs, strict=True)})
    return phase


def _output(of: Document, before: Document | None, form: OutputForm, *, taken: Sequence[Document]) -> Document:
    fixed = before is not None and before["type"] not in OFFERED
    if not fixed and form.kind not in OFFERED:
        raise Invalid({"outputs": N_("Please choose one of the list.")})
    output = {
        **still(before or {}, "of", "sorts", "anonymous", "options", "scale"),
        "key": before["key"] if before else _unused(of, also=taken),
        "title": dict(form.title),
        "type": before["type"] if before and fixed else form.kind,
        "writes": list(form.writes),
        "seen": form.seen,
    }
    limit = {"characters": form.characters, "items": form.items}
    if any(limit.values()):
        output["limit"] = {name: value for name, value in limit.items() if value}
    return output


def still(before: Document, *names: str) -> Document:
    """What a form does not ask for stays."""
    return {name: before[name] for name in names if name in before}


def _keep(of: Document, kept: Mapping[str, bool]) -> None:
    """The protocol holds what is ticked; what it holds of other phases stays, in its order."""
    capture = [key for key in of.get("capture", []) if kept.get(key, True)]
    of["capture"] = capture + [key for key, wanted in kept.items() if wanted and key not in capture]


def settled(changed: Document) -> Document:
    """With the length that the phases add up to, and without what pointed at something that is gone."""
    phases = changed["phases"]
    length = "days" if is_written(changed) else "minutes"
    each_round = sum(phase[length] for phase in phases if not phase.get("once"))
    changed[length] = (
        sum(phase[length] for phase in phases if phase.get("once")) + changed.get("rounds", 1) * each_round
    )
    keys = {phase["key"] for phase in phases}
    decks = {output["key"] for phase in phases for output in phase.get("outputs", [])}
    changed["loops"] = [loop for loop in changed.get("loops", []) if {loop["after"], loop["runs"]} <= keys]
    changed["capture"] = [key for key in changed.get("capture", []) if key in decks]
    return changed


def _place(of: Document, key: str) -> int:
    for place, phase in enumerate(of["phases"]):
        if phase["key"] == key:
            return place
    raise Missing


def _unused(of: Document, *, also: Sequence[Document] = ()) -> str:
    """A key that neither a phase nor an output has."""
    things = [*of["phases"], *(each for phase in of["phases"] for each in phase.get("outputs", [])), *also]
    taken = {thing.get("key") for thing in things}
    return next(key for number in range(1, 1000) if (key := f"{OWN}{number}") not in taken)


def _titled(of: Document, value: object) -> object:
    """People know a role or a phase by its title."""
    things = [*of["roles"], *of["phases"]]
    return next((dict(each["title"]) for each in things if each["key"] == value and each["title"].get("en")), value)


def kinds_offered(now: str = "") -> tuple[str, ...]:
    """What an output may be made of; one that a form cannot make stays what it is."""
    return (now,) if now in {*NOT_TYPED, Kind.CHOICE, Kind.RANKING, Kind.RATING} else tuple(OFFERED)


SEEN = tuple(Seen)
