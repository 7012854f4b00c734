"""Reasons are true: taking the named obstacle away makes the case possible."""

from dataclasses import replace

from hypothesis import given, settings

from app.matching.by_hand import place_one
from app.matching.hours import ASLEEP, burden
from app.matching.left_out import (
    ALONE,
    GIVER_TAKEN,
    NOBODY_LEFT_TO_LEAD,
    ONE_MORE_MODERATOR,
    ONE_MORE_SKILLED,
    ONE_OF_THESE,
    ROOMS_TAKEN,
    SOME_OF_THESE,
    TOO_FEW_FREE,
    UNLESS_APART,
)
from app.matching.plan import Placement, Reason
from app.matching.problem import Case, Moderator, Person, Problem, Seat
from app.matching.solve import solve
from tests.matching.problems import ZONES, friendly, problems


def reasons(problem: Problem) -> list[str]:
    (left_out,) = solve(problem, steps=50).unplaced
    return [reason.sentence.format(**reason.values) for reason in left_out.why]


def test_a_language_nobody_moderates_in() -> None:
    silent = friendly(moderators=(Moderator(8, frozenset({"fr"})),))
    assert reasons(silent) == [
        "Nobody who moderates here speaks en.",
        "It would help most if one more person who moderates in en could at t0.",
    ]
    assert not solve(replace(silent, moderators=(Moderator(8, frozenset({"en"})),)), steps=50).unplaced


def test_too_few_who_speak_the_language_or_come_from_elsewhere() -> None:
    near = friendly(people=5)
    same_city = tuple(replace(person, city="City 1") if person.id in (2, 3) else person for person in near.people)
    assert reasons(replace(near, people=same_city)) == [
        "Only 2 of 3 advisers speak en and come from another city.",
    ]
    assert not solve(friendly(people=5), steps=50).unplaced


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


@settings(max_examples=60, deadline=None)
@given(problems())
def test_taking_the_named_obstacles_away_makes_the_case_possible(problem: Problem) -> None:
    plan = solve(problem, steps=15)
    seats = [placement.seat for placement in plan.placements]
    for left_out in plan.unplaced:
        case = next(case for case in problem.cases if case.id == left_out.case)
        mended, slot = problem, ""
        for why in left_out.why:
            slot = str(why.values.get("slot", slot))
            if why.sentence in (ONE_MORE_MODERATOR, ONE_MORE_SKILLED):
                assert _can_be(_without(problem, case, slot, why), seats, case, slot), why
            elif why.sentence in (UNLESS_APART, ONE_OF_THESE, SOME_OF_THESE):
                assert _can_be(_without(problem, case, slot, why), [], case, slot), why
            elif left_out.why[0].sentence == ALONE:
                mended = _without(mended, case, slot, why)
        if left_out.why[0].sentence == ALONE:
            slot = str(left_out.why[0].values["slot"])
            assert _can_be(problem, [], case, slot)
            assert _can_be(mended, seats, next(each for each in mended.cases if each.id == case.id), slot), left_out.why


def _can_be(problem: Problem, others: list[Seat], case: Case, slot: str) -> bool:
    return isinstance(place_one(problem, others, case=case.id, slot=slot), Placement)


def _without(problem: Problem, case: Case, slot: str, why: Reason) -> Problem:
    """The same world without what this reason names."""
    time = next(each for each in problem.slots if each.id == slot)
    zone = next(zone for zone in ZONES if burden(time.start, time.minutes, zone) < ASLEEP)
    count, language = int(str(why.values.get("count", 0))), frozenset({case.language})
    if why.sentence == UNLESS_APART:
        return replace(problem, apart=())
    if why.sentence == ROOMS_TAKEN:
        return replace(problem, slots=tuple(replace(each, rooms=each.rooms + 1) for each in problem.slots))
    if why.sentence in (ONE_OF_THESE, SOME_OF_THESE):
        could = list(why.values["people"])[: count or 1]  # type: ignore[arg-type]
        changed = (
            replace(each, impossible=each.impossible - {slot}) if each.id in could else each for each in problem.people
        )
        return replace(problem, people=tuple(changed))
    new = 1000 + len(problem.people)
    if why.sentence == TOO_FEW_FREE:
        more = int(str(why.values["needed"])) - count
        fresh = tuple(Person(new + at, "Elsewhere", zone, language) for at in range(more))
        return replace(problem, people=(*problem.people, *fresh))
    helper = Person(new, "Elsewhere", zone, language, adviser=False)
    grown = replace(problem, people=(*problem.people, helper))
    if why.sentence == GIVER_TAKEN:
        return replace(
            grown, cases=tuple(replace(each, giver=new) if each.id == case.id else each for each in problem.cases)
        )
    if why.sentence in (NOBODY_LEFT_TO_LEAD, ONE_MORE_MODERATOR, ONE_MORE_SKILLED):
        return replace(grown, moderators=(*problem.moderators, Moderator(new, language, skills=case.needs)))
    return problem


def test_too_few_at_the_best_time_and_whose_yes_would_help() -> None:
    problem = friendly(people=6, slots=1)
    away = replace(problem.people[1], impossible=frozenset({"t0"}), wishes=frozenset({"rain"}))
    third = replace(problem.people[2], impossible=frozenset({"t0"}))
    short = replace(problem, people=(problem.people[0], away, third, *problem.people[3:]))
    assert reasons(short) == [
        "Only 2 of 3 advisers can at the best time, t0.",
        "It would help most if one of these could: [2, 3].",
    ]
    willing = replace(short, people=(problem.people[0], problem.people[1], third, *problem.people[3:]))
    assert not solve(willing, steps=50).unplaced


def test_rooms_that_other_cases_have_taken() -> None:
    one_room = friendly(
        people=14, cases=2, slots=1, moderators=tuple(Moderator(at, frozenset({"en"})) for at in (13, 14))
    )
    crowded = replace(one_room, slots=(replace(one_room.slots[0], rooms=1),))
    assert reasons(crowded) == [
        "It could be held alone at t0, but other cases are in the way there:",
        "all 1 rooms are taken.",
    ]
    assert not solve(one_room, steps=50).unplaced


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
