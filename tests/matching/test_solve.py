from dataclasses import replace

import pytest
from hypothesis import given, settings

from app.core.errors import Refused
from app.matching.check import broken_rules
from app.matching.plan import plan_from_json, plan_to_json
from app.matching.problem import Lock, Moderator, Problem, from_json, to_json
from app.matching.search import Progress
from app.matching.solve import solve
from bench.timetable.generate import instance
from tests.matching.problems import friendly, problems


@settings(max_examples=80, deadline=None)
@given(problems())
def test_no_plan_breaks_a_hard_rule_whatever_the_problem(problem: Problem) -> None:
    assert broken_rules(problem, solve(problem, steps=25)) == []


@settings(max_examples=40, deadline=None)
@given(problems())
def test_a_repaired_plan_breaks_no_hard_rule_when_people_drop_out(problem: Problem) -> None:
    before = solve(problem, steps=10)
    everywhere = frozenset(slot.id for slot in problem.slots)
    gone = replace(problem.people[0], impossible=everywhere)
    changed = replace(
        problem, people=(gone, *problem.people[1:]), previous=tuple(placement.seat for placement in before.placements)
    )
    assert broken_rules(changed, solve(changed, steps=10)) == []


@settings(max_examples=40, deadline=None)
@given(problems())
def test_a_problem_survives_being_written_to_a_file(problem: Problem) -> None:
    assert from_json(to_json(problem)) == problem
    plan = solve(problem, steps=2)
    assert plan_from_json(plan_to_json(plan)) == plan


def test_the_same_seed_gives_the_same_plan_and_more_steps_never_a_worse_one() -> None:
    problem = instance("S", density=0.2)
    first = solve(problem, seed=3, steps=120)
    assert first == solve(problem, seed=3, steps=120)
    assert first.score > solve(problem, seed=3, steps=0).score


def test_local_search_makes_room_for_cases_the_greedy_start_left_out() -> None:
    problem = instance("S", density=0.1)
    greedy, searched = solve(problem, steps=0), solve(problem, steps=400)
    assert greedy.unplaced
    assert len(searched.placements) > len(greedy.placements)
    assert broken_rules(problem, searched) == []


def test_the_search_tells_how_far_it_is_and_can_be_stopped() -> None:
    seen: list[Progress] = []

    def stop_at_once(progress: Progress) -> bool:
        seen.append(progress)
        return False

    plan = solve(friendly(), steps=1000, watch=stop_at_once)
    assert plan.steps == seen[-1].step < 1000
    assert seen[-1].placed == seen[-1].cases == len(plan.placements) == 1


def test_a_lock_holds_and_one_that_breaks_a_rule_leaves_the_case_out_with_the_reason() -> None:
    locked = friendly(slots=6, locks=(Lock(case=1, slot="t4"),))
    assert solve(locked).placements[0].slot == "t4"
    giver = replace(locked.people[0], impossible=frozenset({"t4"}))
    plan = solve(replace(locked, people=(giver, *locked.people[1:])))
    assert [reason.sentence for reason in plan.unplaced[0].why] == [
        "{person}, whose case it is, cannot at {slot}.",
        "A coordinator has locked it at {slot}. Unlock it, and the planner looks at the other times, too.",
    ]


def test_a_repair_moves_nobody_who_need_not_move() -> None:
    problem = instance("S", density=0.4, seed=2)
    before = solve(problem, steps=200)
    leaving = before.placements[0].advisers[0]
    everywhere = frozenset(slot.id for slot in problem.slots)
    people = tuple(
        replace(person, impossible=everywhere) if person.id == leaving else person for person in problem.people
    )
    previous = tuple(placement.seat for placement in before.placements)
    after = solve(replace(problem, people=people, previous=previous), steps=200)
    concerned = {placement.case for placement in before.placements if leaving in placement.advisers}
    concerned |= {case.id for case in problem.cases if case.giver == leaving}
    stood = {placement.case: placement.seat for placement in before.placements}
    for placement in after.placements:
        if placement.case in stood and placement.case not in concerned:
            assert placement.seat == stood[placement.case]
        elif placement.case in stood:
            assert set(stood[placement.case].advisers) - {leaving} <= set(placement.advisers)


def test_nobody_sits_at_night_even_when_they_forgot_to_say_so() -> None:
    problem = friendly()
    far = tuple(replace(person, zone="Pacific/Auckland") for person in problem.people)
    plan = solve(replace(problem, people=far, slots=problem.slots[1:]))
    assert not plan.placements


def test_moderators_carry_no_more_than_they_said() -> None:
    problem = friendly(people=12, cases=3, slots=6, moderators=(Moderator(12, frozenset({"en"}), most=2),))
    plan = solve(problem)
    assert (len(plan.placements), len(plan.unplaced)) == (2, 1)
    assert broken_rules(problem, plan) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "This file is not readable as JSON"),
        ("[]", "The file should hold one object"),
        ('{"people": [{"id": 1}]}', "Number 1 of people cannot be read"),
        ('{"slots": [{"id": "a", "start": "2026-06-09T10:00"}]}', "start needs an offset"),
        ('{"cases": [{"id":1,"giver":5,"city":"x","language":"en","topic":"t"}]}', "5 is used but is not among"),
        ('{"weights": {"love": 3}}', "The weights cannot be read"),
        ('{"weights": {"per_week": 0}}', "At least one consultation"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        from_json(text)
    assert sentence in str(refused.value)
