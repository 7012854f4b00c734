from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.timetable.changes import Change, Kind, Part, Sitting, by_case, changes

MONDAY = datetime(2026, 10, 26, 9, tzinfo=UTC)
LATER = MONDAY + timedelta(days=1)


def sitting(
    case: int = 1, *, start: datetime = MONDAY, giver: int = 1, moderator: int = 2, advisers: tuple[int, ...] = (3, 4)
) -> Sitting:
    return Sitting(case, start, 90, giver, moderator, advisers)


def test_a_first_plan_is_news_for_everybody_in_it() -> None:
    found = changes([], [sitting()])
    assert found[1] == (Change(1, 1, Kind.NEW, Part.GIVER, 90, after=MONDAY),)
    assert {person: found[person][0].part for person in found} == {
        1: Part.GIVER, 2: Part.MODERATOR, 3: Part.ADVISER, 4: Part.ADVISER,
    }  # fmt: skip


def test_nothing_changed_is_news_for_nobody() -> None:
    assert changes([sitting()], [sitting(advisers=(4, 3))]) == {}


def test_a_new_time_is_told_to_all_of_this_case_and_to_nobody_else() -> None:
    found = changes(
        [sitting(), sitting(2, giver=7, moderator=8, advisers=(9,))],
        [sitting(start=LATER), sitting(2, giver=7, moderator=8, advisers=(9,))],
    )
    assert sorted(found) == [1, 2, 3, 4]
    assert found[3] == (Change(3, 1, Kind.MOVED, Part.ADVISER, 90, before=MONDAY, after=LATER),)


def test_a_replaced_adviser_is_told_and_the_others_are_not() -> None:
    found = changes([sitting()], [sitting(advisers=(3, 5))])
    assert found == {
        4: (Change(4, 1, Kind.GONE, Part.ADVISER, 90, before=MONDAY),),
        5: (Change(5, 1, Kind.NEW, Part.ADVISER, 90, after=MONDAY),),
    }


def test_another_part_at_the_same_time_is_told() -> None:
    found = changes([sitting()], [sitting(moderator=3, advisers=(2, 4))])
    assert {person: (found[person][0].kind, found[person][0].part) for person in found} == {
        2: (Kind.PART, Part.ADVISER), 3: (Kind.PART, Part.MODERATOR),
    }  # fmt: skip


def test_all_changes_of_one_person_come_together_in_order_of_time() -> None:
    found = changes([sitting(start=LATER)], [sitting(2, giver=3, moderator=2, advisers=(1,))])
    assert [change.kind for change in found[3]] == [Kind.NEW, Kind.GONE]


def test_the_coordinator_sees_the_same_changes_case_by_case() -> None:
    before = [sitting(), sitting(2, giver=5, moderator=6, advisers=(7, 8))]
    after = [sitting(start=LATER, advisers=(3, 9)), sitting(2, giver=5, moderator=6, advisers=(7, 9))]
    moved, parts = sorted(by_case(changes(before, after)), key=lambda change: change.case)
    assert (moved.kind, moved.before, moved.after, moved.people) == (Kind.MOVED, MONDAY, LATER, 5)
    assert (parts.kind, parts.people) == (Kind.PART, 2)


sittings = st.lists(
    st.builds(
        Sitting,
        case=st.integers(1, 4),
        start=st.sampled_from([MONDAY, LATER]),
        minutes=st.just(90),
        giver=st.integers(1, 3),
        moderator=st.integers(4, 6),
        advisers=st.lists(st.integers(7, 12), max_size=4, unique=True).map(tuple),
    ),
    unique_by=lambda sitting: sitting.case,
)


@given(sittings, sittings)
def test_whoever_applies_their_changes_to_the_old_plan_knows_the_new_one(
    before: list[Sitting], after: list[Sitting]
) -> None:
    found = changes(before, after)
    for person in range(1, 13):
        mine = {each.case: (each.start, each.parts()[person]) for each in before if person in each.parts()}
        for change in found.get(person, ()):
            if change.kind is Kind.GONE:
                del mine[change.case]
            else:
                assert change.after is not None
                mine[change.case] = (change.after, change.part)
        assert mine == {each.case: (each.start, each.parts()[person]) for each in after if person in each.parts()}
