"""Working days, checks of the programme, templates, refusals: without any database."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import places
from app.core.errors import Invalid, Refused
from app.core.i18n import CODES
from app.events import checks, days, rules
from app.events.templates import further, regions, templates
from app.people.rules import as_address, check_password, device_in_words

MONDAY = date(2026, 6, 8)


def part(minutes: int, form: str, title: str = "Part") -> dict[str, object]:
    return {"minutes": minutes, "form": form, "title": title}


def sentences(minutes: int, *agenda: dict[str, object]) -> list[str]:
    return [found.sentence.format(**found.values) for found in checks.block_warnings(minutes, agenda, starts=time(10))]


def test_two_weeks_from_monday_to_friday_have_ten_working_days() -> None:
    assert len(days.working_days(MONDAY, date(2026, 6, 19))) == 10


def test_the_planning_workshop_of_the_public_example_has_nine_working_days() -> None:
    assert len(days.working_days(date(2020, 10, 26), date(2020, 11, 5))) == 9


def test_a_day_off_is_no_working_day() -> None:
    assert len(days.working_days(MONDAY, date(2026, 6, 19), off=["2026-06-11"])) == 9


def test_on_a_weekend_it_is_still_the_friday_that_came_last() -> None:
    on = days.working_days(MONDAY, date(2026, 6, 19))
    assert [days.number_of(day, on) for day in (date(2026, 6, 5), MONDAY, date(2026, 6, 14), date(2026, 7, 1))] == [
        0, 1, 5, 10,
    ]  # fmt: skip


def test_day_zero_is_the_working_day_before_the_first() -> None:
    on = days.working_days(MONDAY, date(2026, 6, 19))
    assert days.date_of(0, on) == date(2026, 6, 5)
    assert days.date_of(11, on) == date(2026, 6, 22)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 20))
def test_the_last_working_day_gives_exactly_so_many(first: date, count: int) -> None:
    last = days.last_working_day(first, count)
    assert len(days.working_days(first, last)) == count
    assert days.is_working_day(last)


@given(st.integers(1, 10))
def test_date_and_number_of_a_working_day_are_each_others_inverse(number: int) -> None:
    on = days.working_days(MONDAY, MONDAY + timedelta(days=11))
    assert days.number_of(days.date_of(number, on), on) == number


def test_a_block_over_135_minutes_is_warned_of() -> None:
    assert "140 minutes" in sentences(140)[0]
    assert sentences(135) == []


def test_parts_that_do_not_add_up_are_warned_of() -> None:
    assert "add up to 50 minutes, the block has 60" in sentences(60, part(50, "groups"))[0]


def test_more_than_an_hour_without_a_break_is_warned_of() -> None:
    without = (part(40, "groups"), part(30, "groups"), part(20, "groups", "Third"))
    assert "Third" in sentences(90, *without)[0]
    assert sentences(95, part(40, "groups"), part(30, "groups"), part(5, "break"), part(20, "groups")) == []


def test_listening_is_counted_across_parts() -> None:
    found = sentences(80, part(15, "listening"), part(15, "listening"), part(50, "groups"))
    assert found == ["People listen for 30 minutes in a row. After 25 something should happen with it."]


def test_at_least_half_in_groups() -> None:
    assert "Only 20 of 60 minutes" in sentences(60, part(40, "plenary"), part(20, "groups"))[0]


@pytest.mark.parametrize("template", templates().values(), ids=lambda template: str(template.id))
def test_the_shipped_templates_keep_our_own_rules(template: object) -> None:
    for block in template.live:  # type: ignore[attr-defined]
        assert checks.block_warnings(block.minutes, [p.as_agenda() for p in block.agenda], starts=block.starts) == []
        assert block.day <= template.working_days  # type: ignore[attr-defined]


def test_the_templates_are_the_two_weeks_and_the_nine_days() -> None:
    assert {t.id: (t.kind, t.working_days) for t in templates().values()} == {
        "dialogue_10_days": ("dialogue_event", 10),
        "planning_9_days": ("planning_workshop", 9),
    }
    assert [b.day for b in templates()["dialogue_10_days"].live if not b.optional] == [1, 3, 5, 8, 10]
    assert [b.day for b in templates()["planning_9_days"].live] == [1, 3, 5, 7, 9]


def test_the_region_of_the_public_example_has_its_twelve_countries() -> None:
    countries = regions()["see_eastern_partnership_western_balkans"].countries
    assert len(countries) == 12
    assert set(countries) <= places.country_codes()
    assert places.country("XK", "en") == "Kosovo"


def test_words_are_said_in_the_readers_language_and_else_as_written() -> None:
    row = {"title": "Welcome", "texts": {"de": {"title": "Willkommen"}}}
    assert [rules.said(row, "title", lang) for lang in ("en", "de", "ar")] == ["Welcome", "Willkommen", "Welcome"]


def test_unknown_roles_and_none_at_all_are_refused() -> None:
    for names in ([], ["emperor"], ["manager", "emperor"]):
        with pytest.raises(Invalid):
            rules.as_roles(names)


def test_the_only_manager_stays_manager() -> None:
    with pytest.raises(Refused):
        rules.check_keeps_manager([7], person_id=7, roles=["moderator"])
    rules.check_keeps_manager([7, 8], person_id=7, roles=["moderator"])


def test_dates_the_wrong_way_round_are_refused_at_the_field() -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_dates(date(2026, 6, 19), MONDAY)
    assert "ends_on" in refused.value.fields


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Rain in the Street", "rain-in-the-street"),
        ("Straße & Öffentlicher Raum", "strasse-oeffentlicher-raum"),
        ("Grüne Höfe, Łódź, Ærø, Đakovo", "gruene-hoefe-lodz-aeroe-dakovo".replace("aeroe", "aero")),
        ("Зелёные дворы, Дніпро, Љубовија", "zelenye-dvory-dnipro-ljubovija"),
        ("თბილისი Երևան مطر", "tbilisi-erevan-mtr"),
        ("雨", "event"),
    ],
)
def test_an_address_is_made_of_the_title(title: str, slug: str) -> None:
    assert rules.slug_for(title) == slug


@pytest.mark.parametrize("password", ["short", "qwertyuiop", "aaaaaaaaaaaaaa", "QWERTYUIOP", "oyuna-12345"])
def test_bad_passwords_are_refused_at_the_field(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, breached={"qwertyuiop"}, about=["Oyuna"])
    assert "password" in refused.value.fields


def test_four_words_in_a_row_are_a_good_password() -> None:
    check_password("drain lamp river stone", breached={"qwertyuiop"}, about=["Oyuna"])


def test_an_address_written_with_at_in_brackets_is_read() -> None:
    assert as_address(" Some.Body (at) Example.ORG ") == "some.body@example.org"


def test_a_device_is_named_in_two_words() -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert device_in_words(agent) == "Firefox, Linux"
    assert device_in_words("curl") == ""


def test_a_template_speaks_every_language_of_the_interface_and_no_word_is_left_over() -> None:
    spoken = [
        said
        for template in templates().values()
        for said in [
            template.en,
            *(words for live in template.live for words in (live.en, *(p.en for p in live.agenda))),
        ]
    ] + [said for each in templates().values() for task in each.tasks for said in task.en.model_dump().values() if said]
    assert {*further(), "en", "de", "ar"} == {*CODES}
    for lang, words in further().items():
        assert set(words) == set(spoken), lang
        assert all(said.strip() for said in words.values()), lang
    assert templates()["dialogue_10_days"].tasks[0].texts["fr"]["title"] == "Complétez votre profil"
