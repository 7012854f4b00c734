"""Scripts of practice rooms: what simulated peers say and write, phase by phase. Data, offered by whoever has some.

A script is a mapping as YAML gives it. `peers`: role → people; `case` and `any_case`: what they tell and contribute;
`phases`: `lines` in order (`by`, `after` seconds, one thing done; `unless`/`only` a part of the visitor), `turns` per
person, `moves_on`, `remind`; `nudges` and `help` by part of the visitor. `names`: person → (name, city).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.consultation.engine.library import methods
from app.consultation.engine.method import Words, said


@dataclass(frozen=True)
class Line:
    """One thing somebody does, `after` seconds after the last."""

    by: str
    after: int
    does: str  # say, write, narrate, answer, question, choose, values, release
    text: str = ""
    deck: str = ""
    number: int = 0
    keys: tuple[str, ...] = ()
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
class Script:
    key: str
    method: str
    title: Words
    peers: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, str]]
    scenes: Mapping[str, Scene]
    case: Mapping[str, Any]
    any_case: Mapping[str, Any]
    nudges: Mapping[str, tuple[Line, ...]]
    help: Mapping[str, Mapping[str, Words]]

    def names_beside(self, visitor: str, *, stays_at_home: str) -> Mapping[str, tuple[str, str]]:
        """The peers' names; whoever is called like the visitor is played under the name of the one who stays at home."""
        return {who: self.names[stays_at_home] if name == visitor else (name, city)
                for who, (name, city) in self.names.items()}  # fmt: skip


_offered: dict[str, Callable[[], Script]] = {}


def offer(key: str, read: Callable[[], Script]) -> None:
    """From now on visitors can choose this script; it is read when somebody asks for it first."""
    _offered[key] = cache(read)


def offered() -> list[Script]:
    return [read() for read in _offered.values()]


def script(key: str) -> Script | None:
    return _offered[key]() if key in _offered else None


def help_for(key: str, *, role: str, phase: str, lang: str) -> str:
    """A sentence beside the room for a visitor with this part; empty outside practice."""
    played = script(key)
    words = played.help.get(role, {}).get(phase) if played else None
    return said(words, lang) if words else ""


def read_script(key: str, document: Mapping[str, Any], *, names: Mapping[str, tuple[str, str]]) -> Script:
    """The script in `document`; raises KeyError for a method or a person nobody knows."""
    method = methods()[document["method"]]
    peers = {role: tuple(people) for role, people in document["peers"].items()}
    return Script(
        key=key,
        method=method.key,
        title=document["title"],
        peers=peers,
        names={person: names[person] for people in peers.values() for person in people},
        scenes={phase: _scene(scene) for phase, scene in document["phases"].items()},
        case=document["case"],
        any_case=document["any_case"],
        nudges={role: tuple(_line(line) for line in lines) for role, lines in document.get("nudges", {}).items()},
        help=document.get("help", {}),
    )


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
        for name in ("choose", "write", "narrate", "answer", "question", "values", "release", "say")
        if name in line
    )
    return Line(
        by=line["by"], after=line["after"], does=does, text=str(line.get("text") or line.get("say") or ""),
        deck=str(line.get("write") or line.get("choose") or ""), number=int(line.get(does) or 0)
        if does in ("narrate", "answer") else 0, keys=tuple(line.get("release", ())),
        unless=line.get("unless", ""), only=line.get("only", ""), sample_only=line.get("without", "") == "own_case",
    )  # fmt: skip
