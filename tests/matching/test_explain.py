"""Reasons are true: taking the named obstacle away makes the case possible."""

from dataclasses import replace

from hypothesis import given, settings

from app.matching.by_hand import place_one
from app.matching.explain import ONE_MORE_MODERATOR
from app.matching.hours import ASLEEP, burden
from app.matching.plan import Placement
from app.matching.problem import Case, Moderator, Person, Problem
from app.matching.solve import solve
from tests.matching.problems import ZONES, friendly, problems


def reasons(problem: Problem) -> list[str]:
    (left_out,) = solve(problem).unplaced
    return [reason.sentence.format(**reason.values) for reason in left_out.why]


def test_a_language_nobody_moderates_in() -> None:
    silent = friendly(moderators=(Moderator(8, frozenset({"fr"})),))
    assert reasons(silent) == [
        "Nobody who moderates here speaks en.",
        "It would help most if one more person who moderates in en could at t0.",
    ]
    assert not solve(replace(silent, moderators=(Moderator(8, frozenset({"en"})),))).unplaced


def test_too_few_who_speak_the_language_or_come_from_elsewhere() -> None:
    near = friendly(people=5)
    same_city = tuple(replace(person, city="City 1") if person.id in (2, 3) else person for person in near.people)
    assert reasons(replace(near, people=same_city)) == [
        "Only 2 of 3 advisers speak en and come from another city.",
    ]
    assert not solve(friendly(people=5)).unplaced


def test_a_giver_who_never_can() -> None:
    problem = friendly()
    never = replace(problem.people[0], impossible=frozenset({"t0", "t1", "t2"}))
    assert reasons(replace(problem, people=(never, *problem.people[1:]))) == [
        "1, whose case it is, can at none of the 3 times.",
    ]


def test_a_moderator_and_a_giver_who_never_meet() -> None:
    problem = friendly(slots=2)
    giver = replace(problem.people[0], impossible=frozenset({"t0"}))
    moderator = replace(problem.people[-1], impossible=frozenset({"t1"}))
    apart = replace(problem, people=(giver, *problem.people[1:-1], moderator))
    assert reasons(apart) == [
        "Nobody who moderates in en can at t1, the only time when 1 can.",
        "It would help most if one more person who moderates in en could at t1.",
    ]


@settings(max_examples=70, deadline=None)
@given(problems())
def test_one_more_moderator_helps_wherever_a_reason_says_so(problem: Problem) -> None:
    plan = solve(problem, steps=15)
    seats = [placement.seat for placement in plan.placements]
    slots = {slot.id: slot for slot in problem.slots}
    for left_out in plan.unplaced:
        for why in left_out.why:
            if why.sentence != ONE_MORE_MODERATOR:
                continue
            slot, language = str(why.values["slot"]), str(why.values["language"])
            zone = next(zone for zone in ZONES if burden(slots[slot].start, slots[slot].minutes, zone) < ASLEEP)
            helper = Person(id=999, city="Elsewhere", zone=zone, languages=frozenset({language}), adviser=False)
            more = replace(
                problem,
                people=(*problem.people, helper),
                moderators=(*problem.moderators, Moderator(999, frozenset({language}))),
            )
            assert isinstance(place_one(more, seats, case=left_out.case, slot=slot), Placement)


def test_too_few_at_the_best_time_and_whose_yes_would_help() -> None:
    problem = friendly(people=6, slots=1)
    away = replace(problem.people[1], impossible=frozenset({"t0"}), wishes=frozenset({"rain"}))
    third = replace(problem.people[2], impossible=frozenset({"t0"}))
    short = replace(problem, people=(problem.people[0], away, third, *problem.people[3:]))
    assert reasons(short) == [
        "Only 2 of 3 advisers can at the best time, t0.",
        "It would help most if one of these could: [2].",
    ]
    willing = replace(short, people=(problem.people[0], problem.people[1], third, *problem.people[3:]))
    assert not solve(willing).unplaced


def test_rooms_that_other_cases_have_taken() -> None:
    one_room = friendly(
        people=14, cases=2, slots=1, moderators=tuple(Moderator(at, frozenset({"en"})) for at in (13, 14))
    )
    crowded = replace(one_room, slots=(replace(one_room.slots[0], rooms=1),))
    assert reasons(crowded) == [
        "It could be held alone at t0, but other cases are in the way there:",
        "all 1 rooms are taken.",
    ]
    assert not solve(one_room).unplaced


def test_no_window_yet() -> None:
    assert reasons(friendly(slots=0)) == ["There is no time slot yet. Open a window first."]


def test_a_placed_case_says_who_can_who_moderates_what_it_costs_and_what_else() -> None:
    problem = friendly(people=6, cases=0)
    asked = Case(id=7, giver=1, city="City 1", language="en", topic="rain", least=4, most=4)
    wishing = replace(problem.people[1], wishes=frozenset({"rain"}), if_need_be=frozenset({"t0", "t1", "t2"}))
    (placement,) = solve(
        replace(problem, cases=(asked,), people=(problem.people[0], wishing, *problem.people[2:]))
    ).placements
    assert [reason.sentence for reason in placement.why] == [
        "All {count} people can, and speak {language}.",
        "{person} moderates, one of {count} who can in this language.",
        "{count} of {all} advisers asked for this topic: {topic}.",
        "Only if need be for {people}.",
        "Next best: {slot}, with {count} people.",
    ]
    assert placement.why[0].values["count"] == 6
    assert placement.why[3].values["people"] == [2]
