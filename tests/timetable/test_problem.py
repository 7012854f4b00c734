from datetime import UTC, date, datetime, time

import pytest

from app.matching.problem import Case, Lock, Seat, to_json
from app.timetable.problem import (
    Attendant,
    Can,
    Window,
    build,
    can,
    hours_touched,
    slot_id,
    slot_start,
    slots,
    solve_text,
)
from tests.matching.problems import friendly


def test_a_window_becomes_slots_that_fit_into_it() -> None:
    window = Window(date(2026, 6, 9), time(14), time(17, 30), "Asia/Tbilisi", rooms=3)
    found = slots([window], minutes=90)
    assert [slot.id for slot in found] == ["20260609T1000Z", "20260609T1130Z"]
    assert {slot.rooms for slot in found} == {3}


def test_two_windows_at_the_same_time_add_their_rooms() -> None:
    east = Window(date(2026, 6, 9), time(14), time(16), "Asia/Tbilisi", rooms=3)
    west = Window(date(2026, 6, 9), time(12), time(14), "Europe/Berlin", rooms=2)
    (slot,) = slots([east, west], minutes=90)
    assert slot.rooms == 5


def test_a_window_may_end_after_midnight() -> None:
    late = Window(date(2026, 6, 9), time(23), time(1), "Europe/Berlin")
    assert [slot.start for slot in slots([late], minutes=60)] == [
        datetime(2026, 6, 9, 21, tzinfo=UTC),
        datetime(2026, 6, 9, 22, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2026, 10, 23), "Europe/Berlin", 8),
        (date(2026, 10, 26), "Europe/Berlin", 9),
        (date(2026, 10, 30), "America/New_York", 14),
        (date(2026, 11, 2), "America/New_York", 15),
        (date(2020, 10, 29), "Asia/Amman", 7),
        (date(2020, 10, 30), "Asia/Amman", 8),
        (date(2026, 10, 30), "Asia/Amman", 7),
    ],
)
def test_ten_in_the_morning_stays_ten_when_the_clocks_change(day: date, zone: str, instant: int) -> None:
    (slot,) = slots([Window(day, time(10), time(11), zone)], minutes=60)
    assert slot.start == datetime(day.year, day.month, day.day, instant, tzinfo=UTC)


def test_a_slot_is_named_by_its_instant() -> None:
    start = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
    assert slot_start(slot_id(start)) == start


def test_a_slot_touches_every_hour_on_the_clocks_of_a_person_with_a_quarter_hour_zone() -> None:
    start = datetime(2026, 10, 26, 9, tzinfo=UTC)
    assert hours_touched(start, 90, "Asia/Kathmandu") == ("2026-10-26T14", "2026-10-26T15", "2026-10-26T16")
    assert hours_touched(start, 60, "Europe/Berlin") == ("2026-10-26T10",)


def test_one_impossible_hour_makes_the_slot_impossible() -> None:
    (slot,) = slots([Window(date(2026, 10, 26), time(10), time(11, 30), "Europe/Berlin")], minutes=90)
    person = Attendant(1, "Kiel", "Europe/Berlin", frozenset({"en"}))
    assert can(person, slot) is Can.POSSIBLE
    assert can(marked(person, {"2026-10-26T11": Can.IF_NEED_BE}), slot) is Can.IF_NEED_BE
    assert (
        can(marked(person, {"2026-10-26T11": Can.IMPOSSIBLE, "2026-10-26T10": Can.IF_NEED_BE}), slot) is Can.IMPOSSIBLE
    )
    assert can(marked(person, {"2026-10-26T12": Can.IMPOSSIBLE}), slot) is Can.POSSIBLE


def test_marks_are_read_in_the_zone_they_were_made_in_even_after_the_person_moved() -> None:
    (slot,) = slots([Window(date(2026, 10, 26), time(10), time(11), "Europe/Berlin")], minutes=60)
    moved = Attendant(
        1, "Kiel", "Asia/Tbilisi", frozenset(), marks={"2026-10-26T10": Can.IMPOSSIBLE}, marks_zone="Europe/Berlin"
    )
    assert can(moved, slot) is Can.IMPOSSIBLE


def marked(person: Attendant, marks: dict[str, Can]) -> Attendant:
    return Attendant(person.id, person.city, person.zone, person.languages, marks=marks)


def test_what_belongs_to_people_or_times_that_are_gone_is_not_asked_for() -> None:
    here = slots([Window(date(2026, 10, 26), time(10), time(11), "Europe/Berlin")], minutes=60)
    problem = build(
        [Attendant(1, "Kiel", "Europe/Berlin", frozenset({"en"}), moderates=2)],
        cases=[Case(1, 1, "Kiel", "en", "rain"), Case(2, 99, "Ternopil", "en", "rain")],
        slots=here,
        locks=[Lock(1, "20200101T0000Z"), Lock(2, here[0].id)],
        previous=[Seat(1, here[0].id, 1, ()), Seat(2, here[0].id, 1, ())],
    )
    assert [case.id for case in problem.cases] == [1]
    assert problem.locks == ()
    assert [seat.case for seat in problem.previous] == [1]
    assert [(moderator.person, moderator.most) for moderator in problem.moderators] == [(1, 2)]


def test_the_command_reads_a_problem_file_and_writes_the_plan_with_reasons() -> None:
    written = solve_text(to_json(friendly()), steps=5)
    assert '"case": 1' in written
    assert "All {count} people can" in written
