"""Groups of six to nine: sizes, who is kept apart, who is held, counted anew by a checker that knows nothing of the search."""

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.group_facts import evenly, facts
from app.matching.groups import Built, Somebody, Wishes, build, how_many


def crowd(many: int) -> list[Somebody]:
    """Of five countries; every third speaks French alone; two in three said a gender; mornings or afternoons."""
    return [
        Somebody(
            id=100 + 3 * at,
            country=["DE", "GE", "UA", "RS", "AM"][at % 5],
            languages=frozenset({"fr"} if at % 3 == 0 else {"en"}),
            topics=frozenset({"water", "heat"} if at % 2 else {"law"}),
            gender=("woman", "man", "")[at % 3],
            hours=0xFFF << (6 if at % 4 < 2 else 12),
        )
        for at in range(many)
    ]


def wrongs(found: Built, ids: list[int], apart: set[tuple[int, int]], held: dict[int, int], most: int = 9) -> list[str]:
    """Whatever is not as it was promised."""
    seated = [person for group in found.groups for person in group]
    said = [] if sorted([*seated, *found.left_out]) == sorted(ids) else ["somebody is missing or there twice"]
    said += [
        f"{pair} are together"
        for group in found.groups
        for pair in combinations(group, 2)
        if apart & {pair, pair[::-1]}
    ]
    said += [f"{person} was held" for person, group in held.items() if person not in found.groups[group]]
    return said + [f"{len(group)} are too many" for group in found.groups if len(group) > most]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60), st.integers(0, 3), st.data())
def test_nobody_is_lost_none_who_are_kept_apart_meet_and_sizes_are_six_to_nine_whenever_they_can_be(
    people: int, seed: int, data: st.DataObject
) -> None:
    everybody = crowd(people)
    ids = [each.id for each in everybody]
    apart = (
        data.draw(st.sets(st.sampled_from(list(combinations(ids, 2))), max_size=people // 3)) if people > 1 else set()
    )
    many = how_many(people)[0]
    holds = data.draw(st.dictionaries(st.sampled_from(ids), st.integers(0, many - 1), max_size=3))
    held = {} if any(holds.get(one) == holds.get(other, -1) for one, other in apart) else holds
    found = build(everybody, apart=apart, held=held, seed=seed, steps=60)
    assert wrongs(found, ids, apart, held) == []
    assert found == build(everybody, apart=apart, held=held, seed=seed, steps=60)
    if any(6 * groups <= people <= 9 * groups for groups in range(1, 11)) and not apart:
        assert found.left_out == () and min(len(group) for group in found.groups) >= 6


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), st.data())
def test_everybody_has_a_seat_exactly_if_every_way_of_seating_them_says_so(people: int, data: st.DataObject) -> None:
    everybody = crowd(people)
    ids = [each.id for each in everybody]
    apart = data.draw(st.sets(st.sampled_from(list(combinations(ids, 2)))))
    found = build(everybody, apart=apart, least=2, most=3, steps=20)
    assert wrongs(found, ids, apart, {}, most=3) == []
    numbers = how_many(people, least=2, most=3)
    ways = (
        [[person for person, at in zip(ids, seats, strict=True) if at == group] for group in range(many)]
        for many in numbers
        for seats in product(range(many), repeat=people)
    )
    possible = any(
        all(2 <= len(group) <= 3 and not any(pair in apart for pair in combinations(group, 2)) for group in groups)
        for groups in ways
    )
    assert (not found.left_out and all(2 <= len(group) <= 3 for group in found.groups)) == possible


def test_numbers_that_do_not_come_out_make_the_smallest_groups_there_can_be() -> None:
    assert [how_many(people)[0] for people in (1, 5, 6, 9, 10, 11, 12, 18, 19, 45, 60)] == [
        1,
        1,
        1,
        1,
        2,
        2,
        2,
        2,
        3,
        6,
        8,
    ]
    for people, sizes in ((5, [5]), (10, [5, 5]), (11, [5, 6]), (19, [6, 6, 7])):
        assert sorted(len(group) for group in build(crowd(people), steps=200).groups) == sizes
    assert build([]).groups == ()


def test_groups_share_a_language_and_hours_and_lie_better_than_where_the_search_began() -> None:
    everybody = crowd(36)
    known = {each.id: each for each in everybody}
    plain, found = build(everybody, steps=0), build(everybody, steps=3000)
    assert found.cost < plain.cost
    seen = facts(found.groups, known)
    assert sum(len(each.without) for each in seen) <= 4 < sum(len(each.without) for each in facts(plain.groups, known))
    assert all(each.hours == 12 or each.hours == 6 for each in seen)
    assert all(each.countries >= 4 for each in seen)


def test_what_a_group_lacks_is_said_with_whether_it_had_to_be() -> None:
    people = {
        1: Somebody(1, "DE", frozenset({"en"}), frozenset({"law"}), hours=0b1100),
        2: Somebody(2, "DE", frozenset({"en", "fr"}), frozenset({"law"}), hours=0b0110),
        3: Somebody(3, "GE", frozenset({"fr"}), frozenset({"heat"}), hours=0b0100),
        4: Somebody(4, "DE", frozenset({"en"}), hours=0b1111),
    }
    first, second = facts([[1, 2, 3], [4]], people, languages=["en"])
    assert (first.size, first.countries, first.doubled) == (3, 2, (("DE", True),)), "three of Germany, two groups"
    assert (first.language, first.without, first.hours, first.shared) == ("en", (3,), 1, ("law",))
    assert (second.hours, second.doubled, second.without) == (4, (), ())
    assert evenly([[1, 2], [3, 4]], {1: "woman", 3: "woman"}) and not evenly([[1, 3], [2, 4]], {1: "woman", 3: "woman"})


def test_topics_are_mixed_or_alike_as_it_is_wished() -> None:
    everybody = [Somebody(at, topics=frozenset({"law" if at % 2 else "heat"})) for at in range(12)]

    def law(wishes: Wishes) -> list[int]:
        return sorted(sum(at % 2 for at in group) for group in build(everybody, wishes=wishes, steps=1000).groups)

    assert law(Wishes()) == [3, 3] and law(Wishes(alike=True)) == [0, 6]


def test_who_is_held_with_somebody_they_are_kept_apart_from_since_is_set_free() -> None:
    found = build(crowd(12), apart=[(100, 103)], held={100: 0, 103: 0}, steps=50)
    assert wrongs(found, [each.id for each in crowd(12)], {(100, 103)}, {100: 0}) == []
