"""python -m bench.timetable [S M L …] [--density 0.4] [--seconds 30] [--seed 1] [--bound 120] [--write FOLDER]

Plain greedy and plain local search (bench/timetable/plain.py) beside the planner, for the same objective; fairness apart.
`--equal` leaves inconvenient hours out of the objective, as in the measurements the project began with. `--bound` looks for
the LP bound for so many seconds. With --repair: what mending a published plan takes, and how many people it tells.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic, perf_counter

from app.matching.check import broken_rules
from app.matching.exact import answers, available, relaxes
from app.matching.hours import burden
from app.matching.plan import Plan
from app.matching.problem import Problem, to_json
from app.matching.repair import repair
from app.matching.search import Progress
from app.matching.solve import STEPS, solve
from app.matching.tables import Tables
from bench.timetable.generate import instance
from bench.timetable.plain import plain
from bench.timetable.repairs import happenings, told

ANEW = 300  # steps of the search: before a repair, and to solve anew beside it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["S"])
    parser.add_argument("--density", type=float, action="append")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--plain", type=float, help="seconds for the plain local search, if others")
    parser.add_argument("--bound", type=float, default=0, help="seconds to look for the LP bound")
    parser.add_argument("--equal", action="store_true", help="inconvenient hours cost nothing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repair", action="store_true")
    parser.add_argument("--write", type=Path, help="a folder for the problem files")
    asked = parser.parse_args()
    print(f"load {', '.join(f'{each:.1f}' for each in os.getloadavg())}; HiGHS: {'yes' if available() else 'no'}")
    if asked.repair:
        _repairs(asked)
        return
    print(
        f"{'instance':<12}{'method':<18}{'seconds':>8}{'score':>8}{'gap':>8}{'placed':>10}{'wished':>8}{'turns':>7}",
        end="",
    )
    print(f"{'burden mean/max':>17}")
    for size in asked.sizes:
        for density in asked.density or [0.4]:
            _compare(size, density, asked)


def _compare(size: str, density: float, asked: argparse.Namespace) -> None:
    problem = instance(size, density=density, seed=asked.seed)
    if asked.equal:
        problem = replace(problem, weights=replace(problem.weights, burden=0, if_need_be=0))
    name = f"{size} {density}"
    if asked.write:
        asked.write.mkdir(parents=True, exist_ok=True)
        (asked.write / f"{size}-{density}-{asked.seed}.json").write_text(to_json(problem))
    bound = _bound(problem, asked.bound) if asked.bound else None
    if asked.bound:
        print(f"{name:<12}{'LP bound':<18}{'':>8}{'not found' if bound is None else f'{bound:.0f}':>8}")
    possible = sum(1 for ways in Tables(problem).ways if ways)
    print(f"{name:<12}{possible} of {len(problem.cases)} cases could be held if each were the only one")
    _line(problem, name, "plain greedy", lambda: plain(problem, seconds=0, seed=asked.seed), bound)
    least = asked.seconds if asked.plain is None else asked.plain
    _line(problem, name, "plain local search", lambda: plain(problem, seconds=least, seed=asked.seed), bound)
    _line(problem, name, "search", lambda: _planner(problem, asked, prove=False), bound)
    _line(problem, name, "search, HiGHS", lambda: _planner(problem, asked, prove=True), bound)


def _bound(problem: Problem, seconds: float) -> float | None:
    asked = {"problem": json.loads(to_json(problem)), "relaxed": True, "seconds": seconds}
    lines = [line for line in answers(asked, until=monotonic() + seconds + 30) if line]
    return lines[-1]["bound"] if lines else None


def _planner(problem: Problem, asked: argparse.Namespace, *, prove: bool) -> Plan:
    """As the product does it: the search for a part of the time, or until it has taken its steps; then HiGHS."""
    began = perf_counter()
    share = 0.25 if prove else 1.0

    def watch(now: Progress) -> bool:
        return now.step == now.steps or perf_counter() - began < share * asked.seconds

    steps = STEPS if prove else 1_000_000
    rest = asked.seconds * (0.95 if relaxes(Tables(problem)) else 0.72) if prove else 0
    return solve(problem, seed=asked.seed, steps=steps, watch=watch, prove=rest)


def _line(problem: Problem, name: str, method: str, work: Callable[[], Plan], bound: float | None) -> None:
    began = perf_counter()
    plan = work()
    took = perf_counter() - began
    broken = broken_rules(problem, plan)
    assert not broken, broken
    best = bound if plan.bound is None else min(plan.bound, bound or plan.bound)
    gap = "" if best is None else f"{(best - plan.score) / max(1, abs(best)):.2%}"
    placed = f"{len(plan.placements)}/{len(problem.cases)}"
    wished, turns = _served(problem, plan)
    mean, worst = _hours(problem, plan)
    print(f"{name:<12}{method:<18}{took:>8.1f}{plan.score:>8}{gap:>8}{placed:>10}{wished:>7.0%}{turns:>8.2f}", end="")
    print(f"{mean:>11.2f}{worst:>6}", flush=True)


def _hours(problem: Problem, plan: Plan) -> tuple[float, int]:
    """Fairness: what inconvenient hours add up to for a person in the mean, and at most."""
    slots = {slot.id: slot for slot in problem.slots}
    people = {person.id: person for person in problem.people}
    givers = {case.id: case.giver for case in problem.cases}
    sums: Counter[int] = Counter()
    for placement in plan.placements:
        slot = slots[placement.slot]
        for person in (givers[placement.case], placement.moderator, *placement.advisers):
            sums[person] += burden(slot.start, slot.minutes, people[person].zone)
    return sum(sums.values()) / len(people), max(sums.values(), default=0)


def _repairs(asked: argparse.Namespace) -> None:
    print(f"{'instance':<12}{'what happened':<24}{'method':<14}{'seconds':>8}{'placed':>10}{'told':>6}")
    for size in asked.sizes:
        for density in asked.density or [0.4]:
            problem = instance(size, density=density, seed=asked.seed)
            before = solve(problem, seed=asked.seed, steps=ANEW)
            known = replace(problem, previous=tuple(placement.seat for placement in before.placements))
            for name, changed in happenings(known):
                _repair_line(changed, f"{size} {density}", name, "repair", repair)
                _repair_line(changed, f"{size} {density}", name, "anew", partial(solve, steps=ANEW))


def _repair_line(problem: Problem, size: str, name: str, method: str, plan_for: Callable[[Problem], Plan]) -> None:
    began = perf_counter()
    plan = plan_for(problem)
    took = perf_counter() - began
    assert not broken_rules(problem, plan)
    heard = told(problem.previous, plan, givers={case.id: case.giver for case in problem.cases})
    placed = f"{len(plan.placements)}/{len(problem.cases)}"
    print(f"{size:<12}{name:<24}{method:<14}{took:>8.2f}{placed:>10}{heard:>6}", flush=True)


def _served(problem: Problem, plan: Plan) -> tuple[float, float]:
    """The share of advising seats whose topic was wished for; consultations per person."""
    topics = {case.id: case.topic for case in problem.cases}
    people = {person.id: person for person in problem.people}
    seats = [(placement.case, person) for placement in plan.placements for person in placement.advisers]
    wished = sum(1 for case, person in seats if topics[case] in people[person].wishes)
    return wished / max(1, len(seats)), (len(seats) + len(plan.placements)) / len(people)


if __name__ == "__main__":
    main()
