"""python -m bench.timetable [S M L …] [--density 0.4] [--seconds 10] [--seed 1]: greedy beside local search.

With --repair: what mending a published plan takes, and how many people it tells, beside planning anew.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import perf_counter

from app.matching.check import broken_rules
from app.matching.plan import Plan
from app.matching.problem import Problem
from app.matching.repair import repair
from app.matching.search import Progress
from app.matching.solve import STEPS, solve
from bench.timetable.generate import instance
from bench.timetable.repairs import happenings, told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["S"])
    parser.add_argument("--density", type=float, action="append")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repair", action="store_true")
    asked = parser.parse_args()
    if asked.repair:
        _repairs(asked)
        return
    print(
        f"{'instance':<12}{'method':<14}{'seconds':>8}{'steps':>8}{'score':>8}{'placed':>10}{'wished':>8}{'mean turns':>12}"
    )
    for size in asked.sizes:
        for density in asked.density or [0.4]:
            problem = instance(size, density=density, seed=asked.seed)
            _line(problem, f"{size} {density}", "greedy", 0, asked)
            _line(problem, f"{size} {density}", "local search", 1_000_000, asked)


def _line(problem: Problem, name: str, method: str, steps: int, asked: argparse.Namespace) -> None:
    began = perf_counter()

    def watch(_progress: Progress) -> bool:
        return perf_counter() - began < asked.seconds

    plan = solve(problem, seed=asked.seed, steps=steps, watch=watch)
    took = perf_counter() - began
    broken = broken_rules(problem, plan)
    assert not broken, broken
    placed = f"{len(plan.placements)}/{len(problem.cases)}"
    wished, turns = _served(problem, plan)
    print(f"{name:<12}{method:<14}{took:>8.2f}{plan.steps:>8}{plan.score:>8}{placed:>10}{wished:>7.0%}{turns:>12.2f}")


def _repairs(asked: argparse.Namespace) -> None:
    print(f"{'instance':<12}{'what happened':<24}{'method':<14}{'seconds':>8}{'placed':>10}{'told':>6}")
    for size in asked.sizes:
        for density in asked.density or [0.4]:
            problem = instance(size, density=density, seed=asked.seed)
            before = solve(problem, seed=asked.seed, steps=STEPS // 3)
            known = replace(problem, previous=tuple(placement.seat for placement in before.placements))
            for name, changed in happenings(known):
                _repair_line(changed, f"{size} {density}", name, "repair", repair)
                _repair_line(changed, f"{size} {density}", name, "anew", partial(solve, steps=STEPS // 3))


def _repair_line(problem: Problem, size: str, name: str, method: str, plan_for: Callable[[Problem], Plan]) -> None:
    began = perf_counter()
    plan = plan_for(problem)
    took = perf_counter() - began
    assert not broken_rules(problem, plan)
    heard = told(problem.previous, plan, givers={case.id: case.giver for case in problem.cases})
    placed = f"{len(plan.placements)}/{len(problem.cases)}"
    print(f"{size:<12}{name:<24}{method:<14}{took:>8.2f}{placed:>10}{heard:>6}")


def _served(problem: Problem, plan: Plan) -> tuple[float, float]:
    """The share of advising seats whose topic was wished for; consultations per person."""
    topics = {case.id: case.topic for case in problem.cases}
    people = {person.id: person for person in problem.people}
    seats = [(placement.case, person) for placement in plan.placements for person in placement.advisers]
    wished = sum(1 for case, person in seats if topics[case] in people[person].wishes)
    return wished / max(1, len(seats)), (len(seats) + len(plan.placements)) / len(people)


if __name__ == "__main__":
    main()
