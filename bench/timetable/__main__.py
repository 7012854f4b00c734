"""python -m bench.timetable [S M L …] [--density 0.4] [--seconds 10] [--seed 1]: greedy beside local search."""

import argparse
from time import perf_counter

from app.matching.check import broken_rules
from app.matching.plan import Plan
from app.matching.problem import Problem
from app.matching.search import Progress
from app.matching.solve import solve
from bench.timetable.generate import instance


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["S"])
    parser.add_argument("--density", type=float, action="append")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
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


def _served(problem: Problem, plan: Plan) -> tuple[float, float]:
    """The share of advising seats whose topic was wished for; consultations per person."""
    topics = {case.id: case.topic for case in problem.cases}
    people = {person.id: person for person in problem.people}
    seats = [(placement.case, person) for placement in plan.placements for person in placement.advisers]
    wished = sum(1 for case, person in seats if topics[case] in people[person].wishes)
    return wished / max(1, len(seats)), (len(seats) + len(plan.placements)) / len(people)


if __name__ == "__main__":
    main()
