from datetime import date

from app.timetable.board import board
from app.timetable.problem import Attendant, Can
from app.timetable.rules import asked_days, copied_to_later_weeks, marks_from
from app.timetable.week import by_week

WEEK = [date(2026, 10, 26), date(2026, 10, 27), date(2026, 10, 28), date(2026, 10, 29), date(2026, 10, 30)]


def person(number: int, zone: str, city: str, **marks: Can) -> Attendant:
    return Attendant(number, city, zone, frozenset({"en"}), marks=marks)


def test_the_strip_has_one_city_for_each_local_hour_from_west_to_east() -> None:
    people = [
        person(1, "Europe/Berlin", "Kiel"),
        person(2, "Europe/Belgrade", "Kraljevo"),
        person(3, "Europe/Belgrade", "Kraljevo"),
        person(4, "America/Managua", "León"),
        person(5, "Asia/Kathmandu", "Pokhara"),
    ]
    shown = board(people, days=WEEK, zone="Asia/Tbilisi", lang="en")
    assert [(strip.name, strip.offset) for strip in shown.cities] == [
        ("León", "−6"),
        ("Kraljevo", "+1"),
        ("Pokhara", "+5:45"),
    ]
    nine = next(row for row in shown.rows if row.hour == 9)
    assert [(there.hour, there.state) for there in nine.there] == [("23", "night"), ("06", "edge"), ("10:45", "day")]


def test_the_heat_counts_who_can_and_forgets_nobody_who_sleeps() -> None:
    people = [
        Attendant(1, "Kutaisi", "Asia/Tbilisi", frozenset(), marks={"2026-10-26T10": Can.IMPOSSIBLE}),
        Attendant(2, "Gyumri", "Asia/Yerevan", frozenset(), marks={"2026-10-26T10": Can.IF_NEED_BE}),
        Attendant(3, "León", "America/Managua", frozenset()),
    ]
    shown = board(people, days=WEEK, zone="Asia/Tbilisi", lang="en")
    ten = next(row for row in shown.rows if row.hour == 10)
    evening = next(row for row in shown.rows if row.hour == 19)
    assert [cell.can for cell in ten.cells] == [1, 2, 2, 2, 2]
    assert [cell.can for cell in evening.cells] == [3] * 5
    assert evening.cells[0].heat == 4 > ten.cells[1].heat > ten.cells[0].heat


def test_a_clock_change_within_the_week_is_named() -> None:
    over_the_weekend = [date(2026, 10, 30), date(2026, 11, 2)]
    people = [person(1, "America/New_York", "Albany"), person(2, "Europe/Berlin", "Kiel")]
    assert board(people, days=over_the_weekend, zone="Europe/Berlin", lang="en").clock_changes == ("Albany",)
    assert board(people, days=WEEK, zone="Europe/Berlin", lang="en").clock_changes == ()


def test_days_are_working_days_and_other_days_on_which_something_happens() -> None:
    days = asked_days(date(2026, 10, 22), date(2026, 11, 3), also=[date(2026, 10, 25)], off=["2026-10-30"])
    assert [[day.day for day in week] for week in by_week(days)] == [[22, 23, 25], [26, 27, 28, 29], [2, 3]]


def test_no_days_make_an_empty_board() -> None:
    assert board([], days=[], zone="UTC", lang="en").rows == ()


def test_marks_are_kept_to_the_hours_that_were_asked() -> None:
    marks = marks_from(
        ["2026-10-26T09", "2031-01-01T09", "x"], ["2026-10-26T09", "2026-10-26T10", "2026-10-26T03"], days=WEEK
    )
    assert marks == {"2026-10-26T09": "impossible", "2026-10-26T10": "if_need_be"}


def test_the_first_week_is_copied_to_its_weekdays_and_other_weekdays_keep_what_was_said() -> None:
    days = asked_days(date(2026, 10, 22), date(2026, 11, 5), also=set())
    marks = {"2026-10-22T09": Can.IMPOSSIBLE, "2026-10-26T10": Can.IMPOSSIBLE}
    assert copied_to_later_weeks(marks, days=days) == {
        "2026-10-22T09": "impossible", "2026-10-29T09": "impossible", "2026-11-05T09": "impossible",
        "2026-10-26T10": "impossible",
    }  # fmt: skip


def test_the_legend_names_every_number_of_people_once() -> None:
    few = board([person(n, "Europe/Berlin", "Kiel") for n in (1, 2)], days=WEEK, zone="Europe/Berlin", lang="en")
    assert few.tints == [(1, 2), (2, 4)]
