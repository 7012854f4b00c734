"""Who sits with whom: kept apart, known already, wished for, able to lead."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Refused
from app.matching.check import broken_rules
from app.matching.company import Company
from app.matching.masks import bits
from app.matching.plan import Placement, Plan
from app.matching.problem import Moderator, Problem, from_json
from app.matching.repair import repair
from app.matching.solve import solve
from tests.matching.problems import friendly

TWO_LEAD = (Moderator(11, frozenset({"en"})), Moderator(12, frozenset({"en"}), skills=frozenset({"role play"})))


@settings(max_examples=80, deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])), st.integers(1, 255)
)
def test_as_many_can_sit_together_as_trying_every_group_finds(pairs: set[tuple[int, int]], people: int) -> None:
    apart = [sum(1 << other for other in range(8) if {(one, other), (other, one)} & pairs) for one in range(8)]
    groups = (group for size in range(9) for group in combinations(bits(people), size))
    most = max(len(group) for group in groups if not set(combinations(group, 2)) & pairs)
    assert Company(apart).largest(people, at_most=8) == most


def test_two_who_are_kept_apart_never_sit_together_and_the_checker_would_see_it() -> None:
    problem = friendly(people=7, apart=((2, 3), (1, 4)))
    plan = solve(problem, steps=50)
    (placement,) = plan.placements
    assert not {2, 3} <= {*placement.advisers} and 4 not in placement.advisers
    wrong = replace(placement, advisers=(2, 3, 4))
    assert broken_rules(problem, Plan((wrong,), (), score=0)) == [
        "2 and 3 are kept apart, yet both sit in case 1",
        "1 and 4 are kept apart, yet both sit in case 1",
    ]


def test_a_case_that_fails_only_for_people_kept_apart_says_so_and_names_nobody() -> None:
    problem = friendly(people=5, apart=((2, 3),))
    (left_out,) = solve(problem, steps=50).unplaced
    why = left_out.why[0]
    assert (why.sentence, why.values) == ("It could be held at {slot} if nobody were kept apart.", {"slot": "t0"})
    assert not solve(replace(problem, apart=()), steps=50).unplaced


def test_a_repair_parts_two_who_are_kept_apart_since_and_leaves_everybody_else() -> None:
    problem = friendly(people=8)
    before = solve(problem, steps=50).placements[0]
    gone = set(before.advisers[:2])
    mended = repair(replace(problem, previous=(before.seat,), apart=((before.advisers[0], before.advisers[1]),)))
    (after,) = mended.placements
    assert (after.slot, after.moderator, len(gone - {*after.advisers})) == (before.slot, before.moderator, 1)
    assert {*before.advisers} - gone <= {*after.advisers}
    assert after.why[0].sentence == "Some who are announced for it are kept apart now."


def test_a_case_is_led_by_somebody_who_can_and_if_possible_by_whom_its_giver_wishes() -> None:
    problem = friendly(people=12, moderators=TWO_LEAD)
    (case,) = problem.cases
    assert moderator_of(replace(problem, cases=(replace(case, prefers=frozenset({12})),))).moderator == 12
    wished = moderator_of(replace(problem, cases=(replace(case, prefers=frozenset({11})),)))
    assert wished.moderator == 11
    assert "{person} wished for this moderator." in [why.sentence for why in wished.why]
    needing = replace(case, prefers=frozenset({11}), needs=frozenset({"role play"}))
    assert moderator_of(replace(problem, cases=(needing,))).moderator == 12
    nobody = replace(case, needs=frozenset({"fishbowl"}))
    (left_out,) = solve(replace(problem, cases=(nobody,)), steps=50).unplaced
    assert [why.sentence for why in left_out.why] == [
        "Nobody who moderates here leads {skills} in {language}.",
        "It would help most if one more person who leads {skills} in {language} could at {slot}.",
    ]


def moderator_of(problem: Problem) -> Placement:
    (placement,) = solve(problem, steps=20).placements
    return placement


def test_people_meet_others_than_those_they_have_sat_with() -> None:
    problem = friendly(people=12, cases=1, moderators=TWO_LEAD, met=((1, 2, 3, 4, 5),))
    (case,) = problem.cases
    four = replace(problem, cases=(replace(case, least=4, most=4),))
    (placement,) = solve(four, steps=20).placements
    assert not {2, 3, 4, 5} & {*placement.advisers}
    forgetful = replace(four, weights=replace(four.weights, again=0))
    assert solve(forgetful, steps=20).placements[0].advisers == (2, 3, 4, 5)


def test_a_plan_brings_people_together_who_do_not_meet_elsewhere_in_it() -> None:
    problem = friendly(people=12, cases=2, moderators=TWO_LEAD)
    two = replace(problem, cases=tuple(replace(case, least=4, most=4) for case in problem.cases))
    first, second = (set(each.advisers) for each in solve(two, steps=200).placements)
    assert len(first & second) < 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"apart": [[1, 2]]}', "1 is used but is not among the people"),
        ('{"apart": [[1]]}', "Number 1 of apart cannot be read"),
        (
            '{"people": [{"id":1,"city":"","zone":"UTC","languages":[]}], "apart": [[1, 1]]}',
            "kept apart from themselves",
        ),
        ('{"weights": {"again": -1}}', "cannot be a gain"),
    ],
)
def test_a_file_that_says_it_wrongly_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        from_json(text)
    assert sentence in str(refused.value)
