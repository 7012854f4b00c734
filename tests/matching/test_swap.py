"""Two people may exchange their seats exactly where the checker finds nothing new broken; reasons are true and tell nothing
of others."""

from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings

from app.matching.check import broken_rules
from app.matching.hours import ASLEEP, burden
from app.matching.plan import Placement, Plan, Reason
from app.matching.problem import Lock, Problem
from app.matching.solve import solve
from app.matching.swap import FIXED, HOURS, MEETS, OTHERS, WEEK, Exchange, Seats, exchanged
from tests.matching.problems import friendly, problems


def pairs(placements: tuple[Placement, ...]) -> list[Exchange]:
    found = []
    for one, other in permutations(placements, 2):
        found += [Exchange(a, one.case, b, other.case) for a in one.advisers for b in other.advisers if a != b]
        if one.moderator != other.moderator:
            found.append(Exchange(one.moderator, one.case, other.moderator, other.case))
    return found


@settings(max_examples=50, deadline=None)
@given(problems())
def test_an_exchange_is_offered_exactly_where_the_whole_plan_keeps_every_rule(problem: Problem) -> None:
    plan = solve(problem, steps=5)
    before, seats = set(broken_rules(problem, plan)), Seats(problem, plan.placements)
    for swap in pairs(plan.placements):
        after = broken_rules(problem, replace(plan, placements=tuple(exchanged(plan.placements, swap))))
        why = seats.why_not(swap)
        assert (why is None) == (not set(after) - before)
        if why == Reason(HOURS):
            slot = seats.slots[seats.by_case[swap.other_case].slot]
            me = seats.people[swap.one]
            assert slot.id in me.impossible or burden(slot.start, slot.minutes, me.zone) >= ASLEEP


def placed(*seats: tuple[int, str, int, tuple[int, ...]]) -> tuple[Placement, ...]:
    return tuple(Placement(*seat) for seat in seats)


def test_reasons_name_what_is_ones_own_and_one_sentence_stands_for_everything_of_others() -> None:
    problem = friendly(people=12, cases=3, slots=12)
    plan = placed((1, "t0", 11, (4, 5, 6)), (2, "t3", 12, (7, 8, 9)), (3, "t3", 11, (4, 5, 10)))
    swap = Exchange(6, 1, 7, 2)

    def why(**more: object) -> Reason | None:
        return Seats(replace(problem, **more), plan).why_not(swap)  # type: ignore[arg-type]

    def with_person(number: int, **more: object) -> tuple[object, ...]:
        return tuple(replace(each, **more) if each.id == number else each for each in problem.people)  # type: ignore[arg-type]

    assert why() is None
    assert why(people=with_person(6, impossible=frozenset({"t3"}))) == Reason(HOURS)
    for secret in (
        with_person(7, impossible=frozenset({"t0"})), with_person(6, city="City 2"), with_person(7, city="City 1"),
        with_person(7, languages=frozenset({"fr"})), with_person(7, zone="America/Managua"),
    ):  # fmt: skip
        assert why(people=secret) == Reason(OTHERS)
    assert Seats(problem, plan).why_not(Exchange(4, 1, 7, 2)) == Reason(MEETS), "4 is in case 3 at that time"
    assert Seats(problem, plan).why_not(Exchange(7, 2, 4, 1)) == Reason(OTHERS), "where 4 is else is not for 7 to know"
    leader = problem.moderators[0]
    both = replace(
        problem, moderators=(leader, replace(leader, person=11)), locks=(Lock(1, "t0", 12), Lock(2, "t9", 11))
    )
    leads = placed((1, "t0", 12, (4, 5, 6)), (2, "t9", 11, (7, 8, 9)))
    assert Seats(both, leads).why_not(Exchange(12, 1, 11, 2)) == Reason(FIXED)
    assert Seats(replace(both, locks=()), leads).why_not(Exchange(12, 1, 11, 2)) is None


def test_nobody_gets_more_sessions_in_a_week_by_an_exchange_than_a_plan_may_give_them() -> None:
    problem = friendly(people=16, cases=3, slots=25)
    monday = placed((1, "t0", 16, (4, 5, 6)), (2, "t21", 16, (7, 8, 9)), (3, "t24", 16, (4, 10, 11)))
    few = replace(problem, weights=replace(problem.weights, per_week=1))
    assert Seats(few, monday).why_not(Exchange(4, 1, 7, 2)) == Reason(WEEK)
    assert Seats(problem, monday).why_not(Exchange(4, 1, 7, 2)) is None


def test_the_checker_itself_agrees_that_an_exchange_leaves_everybody_else_where_they_are() -> None:
    problem = friendly(people=12, cases=2, slots=6)
    plan = placed((1, "t0", 12, (4, 5, 6)), (2, "t3", 12, (7, 8, 9)))
    after = exchanged(plan, Exchange(5, 1, 8, 2))
    assert [each.advisers for each in after] == [(4, 8, 6), (7, 5, 9)]
    assert broken_rules(problem, Plan(tuple(after), (), score=0)) == []
