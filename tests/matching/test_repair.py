"""Repair: the rules are kept, nobody moves for nothing, and the reasons say what happened."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.check import broken_rules
from app.matching.plan import Placement, Plan
from app.matching.problem import Moderator, Problem, Seat
from app.matching.repair import repair
from app.matching.solve import solve
from bench.timetable.generate import instance
from bench.timetable.repairs import told, without_people, without_slots
from tests.matching.problems import friendly, problems


def published(problem: Problem, *, steps: int = 10) -> Problem:
    """The same problem after its plan has been published."""
    return replace(problem, previous=tuple(placement.seat for placement in solve(problem, steps=steps).placements))


@st.composite
def shaken(draw: st.DrawFn) -> Problem:
    """A published plan and a world that has changed since: people gone, times closed, fewer rooms, cases added."""
    problem = published(draw(problems()))
    gone = draw(st.sets(st.sampled_from([person.id for person in problem.people]), max_size=3))
    closed = draw(st.sets(st.sampled_from([slot.id for slot in problem.slots]), max_size=2)) if problem.slots else set()
    locked = {lock.slot for lock in problem.locks}
    changed = without_slots(without_people(problem, gone), closed - locked)
    return replace(
        changed,
        previous=tuple(seat for seat in problem.previous if draw(st.integers(0, 4))),
        slots=tuple(replace(slot, rooms=max(0, slot.rooms - draw(st.integers(0, 1)))) for slot in changed.slots),
    )


@settings(max_examples=60, deadline=None)
@given(shaken())
def test_a_repaired_plan_breaks_no_hard_rule_whatever_has_happened(problem: Problem) -> None:
    assert broken_rules(problem, repair(problem)) == []


@settings(max_examples=40, deadline=None)
@given(problems())
def test_where_nothing_has_happened_nothing_changes(problem: Problem) -> None:
    known = published(problem)
    assert repaired_seats(repair(known)) >= set(known.previous)


@settings(max_examples=60, deadline=None)
@given(shaken())
def test_nobody_is_told_of_a_change_that_could_simply_be_put_back(problem: Problem) -> None:
    plan = repair(problem)
    seats = {seat.case: seat for seat in problem.previous}
    slots, people = {slot.id for slot in problem.slots}, {person.id for person in problem.people}
    locked = {lock.case for lock in problem.locks}
    for placement in plan.placements:
        seat = seats.get(placement.case)
        if seat is None or same(placement.seat, seat) or placement.case in locked:
            continue
        if seat.slot in slots and {seat.moderator, *seat.advisers} <= people:
            assert broken_rules(problem, with_seat(plan, placement, seat)), f"{placement} could be {seat}"


@settings(max_examples=50, deadline=None)
@given(shaken())
def test_no_adviser_is_exchanged_who_could_have_stayed(problem: Problem) -> None:
    plan = repair(problem)
    seats = {seat.case: seat for seat in problem.previous}
    locked = {lock.case for lock in problem.locks}
    for placement in plan.placements:
        seat = seats.get(placement.case)
        if seat is None or seat.slot != placement.slot or placement.case in locked:
            continue
        for new in set(placement.advisers) - set(seat.advisers):
            fewer = tuple(person for person in placement.advisers if person != new)
            for old in set(seat.advisers) - {*placement.advisers, placement.moderator}:
                back = replace(placement.seat, advisers=(*fewer, old))
                assert broken_rules(problem, with_seat(plan, placement, back)), f"{old} could stay in {placement}"
            assert broken_rules(problem, with_seat(plan, placement, replace(placement.seat, advisers=fewer)))


def repaired_seats(plan: Plan) -> set[Seat]:
    return {placement.seat for placement in plan.placements}


def same(one: Seat, other: Seat) -> bool:
    return replace(one, advisers=()) == replace(other, advisers=()) and set(one.advisers) == set(other.advisers)


def with_seat(plan: Plan, placement: Placement, seat: Seat) -> Plan:
    others = tuple(each for each in plan.placements if each.case != placement.case)
    return replace(plan, placements=(*others, Placement(seat.case, seat.slot, seat.moderator, seat.advisers)))


def test_one_who_drops_out_is_not_replaced_while_enough_are_left() -> None:
    problem = published(friendly(people=8, cases=1))
    (seat,) = problem.previous
    leaving = seat.advisers[0]
    (placement,) = repair(without_people(problem, {leaving})).placements
    assert placement.seat == replace(seat, advisers=seat.advisers[1:])
    assert placement.why[0].sentence == "No longer there at {slot}: {people}."
    assert placement.why[0].values["people"] == [leaving]


def test_a_moderator_is_taken_from_a_case_that_has_another_rather_than_move_anybody() -> None:
    """Only one of the two moderates both; the other is free at the time, but not in the language of the first case."""
    problem = friendly(people=16, cases=2, slots=2, moderators=())
    speaks = {person.id: frozenset({"en", "fr"}) for person in problem.people}
    crowd = tuple(replace(person, languages=speaks[person.id]) for person in problem.people)
    first, second = problem.cases
    both, english, french = (
        Moderator(at, frozenset(said)) for at, said in ((14, ("en", "fr")), (15, ("en",)), (16, ("fr",)))
    )
    now = replace(
        problem,
        people=crowd,
        cases=(replace(first, language="fr"), second),
        moderators=(both, english, french),
        previous=(Seat(1, "t0", 16, (3, 4, 5)), Seat(2, "t0", 14, (6, 7, 8))),
    )
    plan = repair(without_people(now, {16}))
    assert repaired_seats(plan) == {Seat(1, "t0", 14, (3, 4, 5)), Seat(2, "t0", 15, (6, 7, 8))}
    assert told(now.previous, plan, givers={1: 1, 2: 2}) == 4


def test_a_closed_time_moves_its_cases_with_their_people_and_no_others() -> None:
    problem = published(instance("S", seed=2), steps=100)
    closed = problem.previous[0].slot
    plan = repair(without_slots(problem, {closed}))
    stood = {seat.case: seat for seat in problem.previous}
    moved = {seat.case for seat in problem.previous if seat.slot == closed}
    for placement in plan.placements:
        if placement.case in moved:
            assert placement.why[0].sentence == "The time that was announced is no longer offered: {slot}."
        elif placement.case in stood:
            assert same(placement.seat, stood[placement.case])
    assert len(plan.placements) >= len(problem.previous)


def test_an_added_case_moves_nobody_when_there_is_room() -> None:
    problem = published(friendly(people=14, cases=2, slots=6))
    known = replace(problem, previous=problem.previous[:1])
    plan = repair(known)
    assert len(plan.placements) == 2
    assert set(known.previous) <= repaired_seats(plan)


def test_it_tells_fewer_people_than_planning_anew_would() -> None:
    problem = published(instance("S", density=0.2), steps=100)
    gone = without_people(problem, {moderator.person for moderator in problem.moderators[:1]})
    mended, weighed = repair(gone), solve(gone, steps=100)
    anew = solve(replace(gone, previous=()), steps=100)
    givers = {case.id: case.giver for case in problem.cases}
    assert len(mended.placements) >= len(anew.placements)
    assert told(gone.previous, mended, givers=givers) <= told(gone.previous, weighed, givers=givers)
    assert told(gone.previous, mended, givers=givers) < told(gone.previous, anew, givers=givers) / 5


def test_the_same_problem_gives_the_same_repair_and_it_can_be_stopped() -> None:
    problem = published(instance("S", density=0.2), steps=60)
    gone = without_people(problem, {problem.moderators[0].person})
    assert repair(gone) == repair(gone)
    assert broken_rules(gone, repair(gone, stopped=lambda: True)) == []
