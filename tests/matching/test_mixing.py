"""Rounds that mix people: everybody sits once in every round, and meets as many new people as there can be."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Refused
from app.matching.designs import rounds_by_design
from app.matching.mixing import Mixed, mix


def repeated(mixed: Mixed, met: set[tuple[int, int]] = frozenset()) -> int:  # type: ignore[assignment]
    """Counted anew from the tables alone."""
    meetings = Counter(pair for each in mixed.rounds for table in each for pair in combinations(sorted(table), 2))
    meetings.update(tuple(sorted(pair)) for pair in met)
    return sum(times - 1 for times in meetings.values() if times > 1)


@pytest.mark.parametrize(
    ("people", "size", "rounds"),
    [(8, 2, 7), (9, 3, 4), (16, 4, 5), (32, 4, 9), (12, 3, 4), (49, 7, 8), (35, 5, 7)],
)
def test_nobody_meets_anybody_twice_where_that_can_be(people: int, size: int, rounds: int) -> None:
    mixed = mix(range(people), size=size, rounds=rounds, seed=1)
    assert mixed.repeated == repeated(mixed) == 0
    for each in mixed.rounds:
        assert sorted(person for table in each for person in table) == list(range(people))
        assert {len(table) for table in each} == {size}


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 14), st.integers(2, 5), st.integers(1, 4), st.integers(0, 3), st.data())
def test_everybody_sits_once_in_every_round_and_the_count_is_true(
    people: int, size: int, rounds: int, seed: int, data: st.DataObject
) -> None:
    names = [100 + 7 * at for at in range(people)]
    pairs = list(combinations(names, 2))
    met = set(data.draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True)))
    mixed = mix(names, size=size, rounds=rounds, met=met, seed=seed, steps=30)
    assert mixed == mix(names, size=size, rounds=rounds, met=met, seed=seed, steps=30)
    assert len(mixed.rounds) == rounds
    for each in mixed.rounds:
        assert sorted(person for table in each for person in table) == names
        assert max(map(len, each)) <= size
        assert max(map(len, each)) - min(map(len, each)) <= 1
    assert mixed.repeated == repeated(mixed, met)


@given(st.integers(2, 90), st.integers(2, 8))
def test_rounds_by_arithmetic_seat_everybody_and_nobody_meets_twice(people: int, size: int) -> None:
    rounds = rounds_by_design(people, size)
    assert rounds or (people, size) not in {(32, 4), (49, 7), (25, 5), (47, 7), (30, 4)}
    meetings: Counter[tuple[int, ...]] = Counter()
    for each in rounds:
        assert sorted(person for table in each for person in table) == list(range(people))
        assert {len(table) for table in each} <= {size, size - 1}
        meetings.update(pair for table in each for pair in combinations(sorted(table), 2))
    assert max(meetings.values(), default=0) <= 1


def test_those_who_know_each_other_are_kept_apart() -> None:
    cities = [{(0, 1), (0, 2), (1, 2)}, {(3, 4), (3, 5), (4, 5)}, {(6, 7), (6, 8), (7, 8)}]
    met = set().union(*cities)
    mixed = mix(range(9), size=3, rounds=3, met=met)
    assert mixed.repeated == 0
    assert not met & {pair for each in mixed.rounds for table in each for pair in combinations(table, 2)}


def test_it_can_be_stopped_and_keeps_the_best() -> None:
    seen: list[int] = []

    def stop_soon(best: int) -> bool:
        seen.append(best)
        return len(seen) < 5

    mixed = mix(range(32), size=4, rounds=11, watch=stop_soon)
    assert len(seen) == 5
    assert mixed.repeated == repeated(mixed) <= seen[0]


def test_one_person_has_nobody_to_meet() -> None:
    with pytest.raises(Refused):
        mix([1], size=2, rounds=1)
