"""Scripts of practice rooms: what simulated peers say and write, phase by phase.

Each is a file in `rooms`, whose head says what stands where. What is said in it is English; beside it lies a file per
language (`rain.de.yaml`) with what is said in that language. A room is played in one language from beginning to end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from app.consultation.engine.library import methods
from app.consultation.engine.method import Words, said

ROOMS = Path(__file__).parent / "rooms"
FIRST = "en"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Line:
    """One thing somebody does, `after` seconds after the last."""

    by: str
    after: int
    does: str  # say, write, park, ask, narrate, answer, question, choose, pick, values, release
    text: str = ""
    deck: str = ""
    number: int = 0
    keys: tuple[str, ...] = ()  # cards that are released; answers to what is asked
    unless: str = ""
    only: str = ""
    sample_only: bool = False


@dataclass(frozen=True)
class Scene:
    """A phase as it is played."""

    lines: tuple[Line, ...] = ()
    turns: Mapping[str, tuple[tuple[str, str], ...]] | None = None  # person → (key, text)
    reveal: str = ""
    moves_on: int = 10
    remind: str = ""  # once, to whoever has not decided yet what may leave the room


@dataclass(frozen=True)
class Disturbance:
    """What goes wrong in a dry run. `drops`: the line is lost `after` seconds, until `back` seconds later. `silent`: in
    their turn. `talks`: a line `every` so many seconds instead of one. `hint`: shown to the lead `hint_after` seconds.
    """

    phase: str
    who: str
    does: str  # drops, silent, talks
    hint_after: int
    what: Words
    hint: Words
    advice: Words
    after: int = 0
    back: int = 0
    every: int = 0
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """`order`: the peers in order of speaking. `lang`: the language in which it is played."""

    key: str
    lang: str
    method: str
    title: Words
    peers: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, str]]
    scenes: Mapping[str, Scene]
    case: Mapping[str, Any]
    any_case: Mapping[str, Any]
    nudges: Mapping[str, tuple[Line, ...]]
    help: Mapping[str, Mapping[str, Words]]
    order: tuple[str, ...] = ()
    drill: tuple[Disturbance, ...] = field(default=())

    def names_beside(self, visitor: str, *, stays_at_home: str) -> Mapping[str, tuple[str, str]]:
        """The peers' names; whoever is called like the visitor is played under the name of the one who stays at home."""
        return {who: self.names[stays_at_home] if name == visitor else (name, city)
                for who, (name, city) in self.names.items()}  # fmt: skip


_offered: dict[str, Callable[[str], Script]] = {}


def offer(key: str, read: Callable[[str], Script]) -> None:
    """From now on visitors can choose this script; it is read when somebody asks for it first, in their language."""
    _offered[key] = cache(read)


def offered(lang: str) -> list[Script]:
    return [read(lang) for read in _offered.values()]


def script(key: str, lang: str = FIRST) -> Script | None:
    """In this language, or in English."""
    return _offered[key](lang) if key in _offered else None


def help_for(key: str, *, role: str, phase: str, lang: str) -> str:
    """A sentence beside the room for a visitor with this part; empty outside practice."""
    played = script(key)
    words = played.help.get(role, {}).get(phase) if played else None
    return said(words, lang) if words else ""


def read_file(key: str, lang: str) -> Script:
    """The script as it lies in `rooms`, in `lang` where somebody has written it so, else in English."""
    there = ROOMS / f"{key}.{lang}.yaml"
    words = _parsed(there) if there.exists() else {}
    return read_script(key, _in_words(_parsed(ROOMS / f"{key}.yaml"), words), lang=lang if words else FIRST)


def read_script(key: str, document: Mapping[str, Any], *, lang: str = FIRST) -> Script:
    """The script in `document`; raises KeyError for a method or a person nobody knows."""
    method = methods()[document["method"]]
    peers = {role: tuple(people) for role, people in document["peers"].items()}
    people = [person for each in peers.values() for person in each]
    order = tuple(document.get("order", people))
    return Script(
        key=key,
        lang=lang,
        method=method.key,
        title=document["title"],
        peers=peers,
        names={person: tuple(document["names"][person]) for person in people},
        scenes={phase: _scene(scene) for phase, scene in document["phases"].items()},
        case=document["case"],
        any_case=document["any_case"],
        nudges={role: tuple(_line(line) for line in lines) for role, lines in document.get("nudges", {}).items()},
        help=document.get("help", {}),
        order=tuple(sorted(people, key=order.index)),
        drill=tuple(
            Disturbance(**{**each, "lines": tuple(each.get("lines", ()))}) for each in document.get("drill", ())
        ),
    )


def _parsed(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)


def _in_words(document: Any, words: Mapping[str, str]) -> Any:
    """The same document with every text that has one in `words` exchanged for it."""
    if isinstance(document, Mapping):
        return {name: _in_words(value, words) for name, value in document.items()}
    if isinstance(document, list):
        return [_in_words(each, words) for each in document]
    return words.get(document, document) if isinstance(document, str) else document


def _scene(scene: Mapping[str, Any]) -> Scene:
    turns = {
        person: tuple((turn["key"], turn["text"]) for turn in said_by)
        for person, said_by in scene.get("turns", {}).items()
    }
    lines = tuple(_line(line) for line in scene["lines"])
    return Scene(lines, turns, scene.get("reveal", ""), scene["moves_on"], scene.get("remind", ""))


def _line(line: Mapping[str, Any]) -> Line:
    does = next(
        name
        for name in (
            "choose",
            "pick",
            "write",
            "park",
            "ask",
            "narrate",
            "answer",
            "question",
            "values",
            "release",
            "say",
        )
        if name in line
    )
    return Line(
        by=line["by"], after=line["after"], does=does, text=str(line.get("text") or line.get("say") or line.get("park") or line.get("ask") or ""),
        deck=str(line.get("write") or line.get("choose") or line.get("pick") or ""), number=int(line.get(does) or 0)
        if does in ("narrate", "answer") else 0, keys=tuple(line.get("release", line.get("answers", ()))),
        unless=line.get("unless", ""), only=line.get("only", ""), sample_only=line.get("without", "") == "own_case",
    )  # fmt: skip


for _file in sorted(ROOMS.glob("*.yaml")):
    if "." not in _file.stem:
        offer(_file.stem, partial(read_file, _file.stem))
