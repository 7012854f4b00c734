"""A plan made better, and measured, by HiGHS: a solver in a process of its own that can say how good a plan can be.

Some cases at a time, everything else as it is; and all at once where the model is small, which also says how good any
plan can be. Without the library `highspy` nothing is done; `available()` says so.
"""

import json
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import IO, Any

from app.matching.draft import Draft, Place
from app.matching.model import size, suits
from app.matching.problem import to_json
from app.matching.tables import Tables

LARGEST = 9_000  # seats in the model: more take longer to prove than anybody waits
RELAXABLE = 40_000  # the same for what divided people could do
ROOT = Path(__file__).resolve().parents[2]


def available() -> bool:
    try:
        return find_spec("highspy") is not None
    except ValueError:  # it is known that it cannot be imported
        return False


def relaxes(tables: Tables) -> bool:
    """Whether HiGHS is there and sees the whole at once, as if people and cases could be divided."""
    return available() and suits(tables) and size(tables) <= RELAXABLE


class Proof:
    """What is known now: the best places, what they are worth, and how much better any plan could be at most."""

    def __init__(self, tables: Tables, places: Mapping[int, Place]) -> None:
        self.tables = tables
        self.places = dict(places)
        self.worth = worth_of(tables, self.places)
        self.bound: float | None = None
        self.proven = False
        self.whole = size(tables) <= LARGEST

    def work(self, *, seconds: float, go_on: Callable[["Proof"], bool] = lambda _: True) -> None:
        """Better the places for so many seconds at most; `go_on` is asked four times a second."""
        if not (available() and suits(self.tables) and any(self.tables.ways)):
            return
        asked = {"problem": json.loads(to_json(self.tables.problem)), "places": places_to(self.places)}
        for line in answers({**asked, "whole": self.whole, "seconds": seconds}, until=monotonic() + seconds + 2):
            if line:
                self._hear(line)
            if not go_on(self):
                return

    def _hear(self, line: Mapping[str, Any]) -> None:
        if "places" in line:
            places = places_from(line["places"])
            worth = worth_of(self.tables, places)
            if worth > self.worth:
                self.places, self.worth = places, worth
        if line.get("bound") is not None:
            self.bound = min(line["bound"], line["bound"] if self.bound is None else self.bound)
        if line.get("done"):
            self.proven = True


def answers(asked: Mapping[str, Any], *, until: float) -> Iterator[dict[str, Any]]:
    """What the solver says, line by line; an empty line now and then while it is silent. It never outlives this."""
    command = [sys.executable, "-m", "app.matching.highs"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as child:
        assert child.stdin is not None and child.stdout is not None
        lines: queue.Queue[str | None] = queue.Queue()
        try:
            child.stdin.write(json.dumps(asked))
            child.stdin.close()
            Thread(target=_read, args=(child.stdout, lines), daemon=True).start()
            while monotonic() < until:
                try:
                    line = lines.get(timeout=0.25)
                except queue.Empty:
                    yield {}
                    continue
                if line is None:
                    return
                yield json.loads(line)
        finally:
            child.kill()


def _read(told: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in told:
        lines.put(line)
    lines.put(None)


def worth_of(tables: Tables, places: Mapping[int, Place]) -> int:
    draft = Draft(tables)
    for case in sorted(places):
        draft.put(case, places[case])
    return draft.worth


def places_to(places: Mapping[int, Place]) -> dict[str, list[Any]]:
    return {str(case): [place.slot, place.leader, list(place.advisers)] for case, place in places.items()}


def places_from(rows: Mapping[str, Sequence[Any]]) -> dict[int, Place]:
    return {int(case): Place(slot, leader, tuple(advisers)) for case, (slot, leader, advisers) in rows.items()}
