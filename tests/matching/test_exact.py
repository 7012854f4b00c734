"""The planner's second opinion: the same problem as inequalities, solved by HiGHS."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings

from app.matching import exact
from app.matching.by_hand import place_one
from app.matching.check import broken_rules
from app.matching.exact import Proof, available
from app.matching.model import Model, suits
from app.matching.plan import Placement, plan_from_json
from app.matching.problem import Problem, to_json
from app.matching.search import Progress, search
from app.matching.solve import solve
from app.matching.tables import Tables
from bench.timetable.generate import instance
from tests.matching.problems import friendly, problems


@settings(max_examples=30, deadline=None)
@given(problems())
def test_every_plan_of_the_search_keeps_the_inequalities_and_is_worth_the_same(problem: Problem) -> None:
    before = solve(problem, seed=5, steps=5)
    known = replace(problem, previous=tuple(placement.seat for placement in before.placements))
    for asked in (problem, known):
        tables = Tables(asked)
        places, _ = search(tables, seed=1, steps=15)
        model = Model(tables, dict(enumerate(tables.ways)))
        columns = model.columns_of(places)
        assert columns is not None
        assert model.places_of(columns) == places
        worth = exact.worth_of(tables, places)
        assert model.value(columns) == worth if not asked.weights.again else model.value(columns) >= worth
        for low, high, row in model.rows:
            assert low <= sum(factor * columns[column] for column, factor in row.items()) <= high


def test_it_finds_the_best_of_all_plans_and_proves_it() -> None:
    assert available(), "the tests need highspy: it is among the dev requirements"
    problem = instance("S", density=0.1)
    few = replace(problem, cases=problem.cases[:12], people=problem.people, slots=problem.slots[::3])
    searched = solve(few, steps=0)
    proved = solve(few, steps=0, prove=30)
    assert broken_rules(few, proved) == []
    assert proved.score == proved.bound
    assert proved.score >= searched.score
    assert len(proved.placements) >= len(searched.placements)
    assert solve(few, steps=300, prove=30).score == proved.score


def test_no_plan_found_by_trying_everything_is_better_than_the_proved_one() -> None:
    problem = friendly(people=8, cases=2, slots=3)
    tight = replace(problem, weights=replace(problem.weights, per_week=1), slots=problem.slots[:2])
    best = max(_by_trying(tight), default=None)
    proved = solve(tight, steps=0, prove=20)
    assert best == proved.score == proved.bound


def _by_trying(problem: Problem) -> list[int]:
    """The worth of every way to put each case at a slot or nowhere, with the best people for each in turn."""
    tables = Tables(problem)
    worths = []
    for slots in product([None, *(slot.id for slot in problem.slots)], repeat=len(problem.cases)):
        seats = []
        for case, slot in zip(problem.cases, slots, strict=True):
            found = slot and place_one(problem, seats, case=case.id, slot=slot)
            if isinstance(found, Placement):
                seats.append(found.seat)
        model = Model(tables, dict(enumerate(tables.ways)))
        held = {tables.case[seat.case]: seat for seat in seats}
        places = {
            at: exact.Place(
                tables.slot[seat.slot],
                next(n for n, each in enumerate(problem.moderators) if each.person == seat.moderator),
                tuple(sorted(tables.person[person] for person in seat.advisers)),
            )
            for at, seat in held.items()
        }
        columns = model.columns_of(places)
        assert columns is not None
        worths.append(round(model.value(columns)))
    return worths


@settings(max_examples=12, deadline=None)
@given(problems())
def test_a_proved_plan_breaks_no_rule_and_is_never_worse(problem: Problem) -> None:
    searched, proved = solve(problem, steps=5), solve(problem, steps=5, prove=10)
    assert broken_rules(problem, proved) == []
    assert proved.score >= searched.score
    if proved.bound is not None:
        assert proved.score <= proved.bound


def test_the_same_question_has_the_same_answer() -> None:
    problem = instance("S", density=0.1)
    few = replace(problem, cases=problem.cases[:5])
    assert solve(few, seed=2, steps=20, prove=30) == solve(few, seed=2, steps=20, prove=30)


def test_it_tells_the_bound_while_it_works_and_leaves_nothing_behind_when_stopped() -> None:
    problem = instance("S", density=0.2)
    seen: list[Progress] = []

    def stop_after_the_search(progress: Progress) -> bool:
        seen.append(progress)
        return len(seen) < 3

    plan = solve(problem, steps=0, prove=60, watch=stop_after_the_search)
    assert len(seen) == 3
    assert broken_rules(problem, plan) == []
    assert plan.score >= solve(problem, steps=0).score


def test_without_the_library_there_is_a_plan_but_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    assert not available()
    plan = solve(friendly(people=6), steps=5, prove=5)
    assert plan.placements and plan.bound is None


def test_where_turns_are_worth_more_the_more_they_are_the_search_stands_alone() -> None:
    problem = friendly(people=6)
    rising = replace(problem, weights=replace(problem.weights, turns=(2, 4, 8, 12)))
    assert not suits(Tables(rising))
    assert solve(rising, steps=5, prove=5).bound is None
    proof = Proof(Tables(rising), {})
    proof.work(seconds=5)
    assert proof.bound is None and not proof.places


def test_the_planner_as_a_program_says_the_bound() -> None:
    problem = friendly(people=6)
    asked = [sys.executable, "-m", "app.matching", "--steps", "5", "--prove", "20"]
    done = subprocess.run(asked, input=to_json(problem), capture_output=True, text=True, check=True, timeout=60)
    plan = plan_from_json(json.dumps(json.loads(done.stdout.splitlines()[-1])["plan"]))
    assert plan.bound == plan.score
