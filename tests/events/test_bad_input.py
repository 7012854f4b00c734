"""What a newcomer trips over: odd numbers, long texts, forms that come back, lists as people paste them."""

from datetime import date

import pytest
from pydantic import ValidationError

from app.core import i18n
from app.core.db import reading, transaction
from app.core.errors import Invalid
from app.core.forms import sentences
from app.events import forms, queries
from app.events.lists import read
from app.events.role_words import role_named
from app.events.rules import ROLE_WORDS, Role, check_not_past
from tests.events.events import an_event, joined, somebody
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor

pytestmark = ONE_DATABASE


HUGE = "9" * 21


async def a_manager(site: Site, *, template: str = "dialogue_10_days", admin: bool = False) -> tuple[Visitor, str]:
    event, person = await an_event(template=template), await somebody("Henrike Osthoff", admin=admin)
    await joined(event, person, "manager")
    return await site.as_person(person), f"/events/{event.slug}"


async def test_a_number_that_no_row_can_have_is_no_page_and_breaks_nothing(site: Site) -> None:
    manager, base = await a_manager(site)
    for path in (
        f"/threads/{HUGE}",
        f"/rooms/{HUGE}",
        f"/posts/{HUGE}",
        f"{base}/people/{HUGE}",
        f"{base}/days/{HUGE}",
    ):
        assert ((await manager.get(path)).status_code, path) == (404, path)
    sent = await manager.send_form(f"{base}/manage/links", {"role": "practitioner", "group_id": HUGE})
    assert sent.status_code == 422


async def test_sentences_name_the_limit_and_the_summary_names_the_field(site: Site) -> None:
    manager, base = await a_manager(site)
    wrong = {"day": "1", "starts": "10:00", "minutes": "3", "title": "x" * 201}
    answer = await manager.send_form(f"{base}/manage/blocks/new", wrong)
    assert answer.status_code == 422
    assert "It can be 5 or more." in answer.text and "shorten it to 200 characters" in answer.text
    assert "x" * 201 in answer.text, "nothing is cut off"
    assert '<a href="#f-minutes"><b>Minutes:</b>' in answer.text


async def test_language_and_light_lead_back_to_the_page_and_not_to_the_address_of_its_form(site: Site) -> None:
    manager, base = await a_manager(site)
    page = f"{base}/manage/blocks/new?day=2"
    wrong = {"day": "2", "starts": "10:00", "minutes": "60", "title": ""}
    manager.headers["referer"] = f"http://127.0.0.1:8000{page}"
    answer = await manager.send_form(f"{base}/manage/blocks/new", wrong)
    assert answer.status_code == 422
    assert f'name="back" value="{page}"' in answer.text
    manager.headers["referer"] = "https://elsewhere.example.org//evil"
    assert 'name="back" value="/"' in (await manager.send_form(f"{base}/manage/blocks/new", wrong)).text


async def test_an_event_is_not_cut_shorter_than_its_programme(site: Site) -> None:
    manager, base = await a_manager(site)
    about = {"title": "Rain", "kind": "dialogue_event", "lang": "en", "zone": "Europe/Berlin", "mode": "virtual"}
    short = await manager.send_form(
        f"{base}/manage/about", {**about, "starts_on": "2026-06-08", "ends_on": "2026-06-10"}
    )
    assert (short.status_code, "3 working days" in short.text) == (422, True)
    async with reading() as session:
        assert (await queries.all_events(session))[0].ends_on == date(2026, 6, 19)
    longer = await manager.send_form(
        f"{base}/manage/about", {**about, "starts_on": "2026-06-08", "ends_on": "2026-06-22"}
    )
    assert longer.status_code == 303


async def test_a_draft_is_thrown_away_while_nobody_else_has_to_do_with_it(site: Site) -> None:
    manager, base = await a_manager(site)
    assert (await manager.send_form(f"{base}/manage/throw-away")).status_code == 409
    async with transaction() as session:
        (await queries.all_events(session))[0].state = "draft"
    assert "Throw this draft away" in (await manager.get(f"{base}/manage")).text
    assert (await manager.send_form(f"{base}/manage/throw-away")).headers["location"] == "/events"
    async with reading() as session:
        assert await queries.all_events(session) == []


def named(page: str) -> str:
    """Which words the form says were before one's eyes."""
    return page.split('name="seen" value="')[1].split('"')[0]


async def test_who_changes_the_page_after_somebody_else_sees_both_and_decides(site: Site) -> None:
    manager, base = await a_manager(site)
    page = f"{base}/manage/about"
    seen = named((await manager.get(page)).text)
    about = {
        "kind": "dialogue_event", "lang": "en", "zone": "Europe/Berlin", "mode": "virtual", "starts_on": "2026-06-08",
        "ends_on": "2026-06-19", "seen": seen,
    }  # fmt: skip
    assert (await manager.send_form(page, {**about, "title": "Rain in July"})).status_code == 303
    late = await manager.send_form(page, {**about, "title": "Rain in towns"})
    assert (late.status_code, "What it says now" in late.text) == (409, True)
    assert "<strong>Rain in July</strong>" in late.text and 'value="Rain in towns"' in late.text
    again = {**about, "title": "Rain in towns", "seen": named(late.text)}
    assert (await manager.send_form(page, again)).status_code == 303


async def test_two_different_blocks_of_a_day_keep_their_names_on_the_event_page(site: Site) -> None:
    manager, base = await a_manager(site, template="")
    for starts, title in (("10:00", "Market of good practices"), ("14:00", "Walk along the river")):
        block = {"day": "3", "starts": starts, "minutes": "60", "title": title}
        assert (await manager.send_form(f"{base}/manage/blocks/new", block)).status_code == 303
    page = (await site.stranger().get(base)).text
    assert ">Market of good practices</span>: " in page and ">Walk along the river</span>: " in page


async def test_a_block_at_night_is_something_to_look_at(site: Site) -> None:
    manager, base = await a_manager(site, template="")
    await manager.send_form(
        f"{base}/manage/blocks/new", {"day": "3", "starts": "23:30", "minutes": "60", "title": "Late talk"}
    )
    assert "It lies at night where the event is planned" in (await manager.get(f"{base}/manage")).text


async def test_moving_a_block_says_that_nobody_gets_a_letter(site: Site) -> None:
    manager, base = await a_manager(site, template="")
    block = {"day": "3", "starts": "10:00", "minutes": "60", "title": "Walk"}
    await manager.send_form(f"{base}/manage/blocks/new", block)
    moved = await manager.send_form(f"{base}/manage/blocks/1", {**block, "starts": "11:00"}, quiet=True)
    assert "nobody gets a letter" in moved.json()["said"]
    kept = await manager.send_form(f"{base}/manage/blocks/1", {**block, "starts": "11:00"}, quiet=True)
    assert kept.json()["said"] == "Saved."


async def test_the_method_of_a_block_is_chosen_by_its_name(site: Site) -> None:
    manager, base = await a_manager(site, template="")
    page = (await manager.get(f"{base}/manage/blocks/new?day=1")).text
    assert '<option value="cc_peer_consultation">Municipal peer-to-peer consultation</option>' in page


async def test_the_programme_stands_at_the_top_by_its_name(site: Site) -> None:
    admin = await site.as_person(await somebody("Ada", admin=True))
    await admin.get("/settings")
    await admin.send_form("/settings", {"name": "City Weeks"})
    assert "<span>City Weeks</span></a>" in (await site.stranger().get("/calendar")).text


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('"Dora, D" <dora@example.org>', [("dora@example.org", "Dora, D")]),
        ('Dora D <a@example.org>, "E, Emil" <b@example.org>;', [("a@example.org", "Dora D"), ("b@example.org", "E, Emil")]),
        ("Oyuna Bat <oyuna(at)example.org>; expert", [("oyuna@example.org", "Oyuna Bat")]),
        ("<c@example.org>, <d@example.org>", [("c@example.org", ""), ("d@example.org", "")]),
    ],
)  # fmt: skip
def test_the_address_line_of_a_letter_is_read(line: str, found: list[tuple[str, str]]) -> None:
    reading = read(line, role=Role.PRACTITIONER)
    assert reading.troubles == []
    assert [(guest.email, guest.name) for guest in reading.guests] == found


def test_a_first_day_on_a_weekend_is_refused() -> None:
    with pytest.raises(Invalid):
        check_not_past(date(2034, 6, 10), today=date(2034, 6, 1))
    check_not_past(date(2034, 6, 12), today=date(2034, 6, 1))


def test_everything_wrong_in_the_dates_is_said_in_one_round() -> None:
    with pytest.raises(ValidationError) as problem:
        forms.About.model_validate({"title": "", "kind": "dialogue_event", "mode": "virtual", "zone": "Tbilisi",
                                    "starts_on": "2026-06-10", "ends_on": "2026-06-08"})  # fmt: skip
    assert set(sentences(problem.value)) == {"title", "ends_on"}


async def test_the_summary_names_fields_written_by_hand_and_says_what_must_be_typed_again(site: Site) -> None:
    first = {"programme": "City Weeks", "name": "Ada", "email": "ada@example.org", "zone": "Europe/Berlin"}
    weak = (await site.stranger().send_form("/setup", {**first, "password": "short"})).text
    assert '<a href="#f-password"><b>Password:</b>' in weak
    assert "only this please type again: <bdi>Password</bdi>" in weak and "Nothing you typed is lost" not in weak
    assert 'value="short"' not in weak and 'value="City Weeks"' in weak
    manager, base = await a_manager(site)
    group = {"key": "group-0001", "name": "n" * 121}
    nameless = (await manager.send_form(f"{base}/manage/groups", group)).text
    assert '<a href="#f-name"><b>Name:</b>' in nameless and 'id="f-name"' in nameless and "n" * 121 in nameless
    assert "Nothing you typed is lost" in nameless
    block = {
        "day": "1",
        "starts": "10:00",
        "minutes": "60",
        "title": "Rain",
        "part_minutes": "x",
        "part_title": "Hello",
    }
    agenda = (
        await manager.send_form(f"{base}/manage/blocks/new", {**block, "part_form": "talk", "part_method": ""})
    ).text
    assert '<a href="#f-agenda"><b>Agenda:</b>' in agenda
    backer = (await manager.send_form(f"{base}/manage/organisers", {"name": "Kiel", "url": "ftp://kiel"})).text
    assert '<a href="#f-url"><b>Web address:</b>' in backer and 'value="ftp://kiel"' in backer


def test_a_list_may_say_roles_and_languages_in_words_of_any_language_or_in_codes() -> None:
    lines = (
        "a@example.org; A; keynote; de", "b@example.org; B; Speaker; German", "c@example.org; C; Impuls; Deutsch",
        "d@example.org; D; Докладчик; німецька", "e@example.org; E; متحدث; الألمانية", "f@example.org; F; Lead moderator",
        "g@example.org; G; Teilnehmerin; Français", "h@example.org; H; anfitriã",
    )  # fmt: skip
    found = read("\n".join(lines), role=Role.OBSERVER, lang="uk")
    assert found.troubles == []
    assert [(*guest.roles, guest.lang) for guest in found.guests] == [
        *[(Role.KEYNOTE, "de")] * 5, (Role.LEAD_MODERATOR, "uk"), (Role.PRACTITIONER, "fr"), (Role.HOST, "uk"),
    ]  # fmt: skip


def test_no_word_of_a_list_means_two_roles() -> None:
    for role, word in ROLE_WORDS.items():
        for lang in i18n.CODES:
            assert role_named(i18n.say(lang, word)) == role, f"{word} in {lang}"


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("Teilnehmende; TeilnehmerInnen; Teilnehmer*innen; Teilnehmer_in; Teilnehmer/-innen; teilnehmer(in)", Role.PRACTITIONER),
        ("participant·e·s; participant(e); participante; participants; practitioner; участница; مشاركون", Role.PRACTITIONER),
        ("Moderatorinnen; moderador/a; modérateur·rice; модератори; moderation; moderador o moderadora", Role.MODERATOR),
        ("Referent:innen; conférencière; speakers; المتحدثون; доповідачка", Role.KEYNOTE),
        ("Fachleute; Experte/Expertin; especialistas; خبراء", Role.EXPERT),
    ],
)  # fmt: skip
def test_a_role_may_be_one_or_many_and_gender_is_written_as_one_likes(written: str, role: Role) -> None:
    assert {word: role_named(word) for word in written.split("; ")} == dict.fromkeys(written.split("; "), role)


def test_a_name_may_hold_a_comma_where_semicolons_part_the_line_and_the_unknown_role_is_named() -> None:
    found = read("hans@example.org; Müller, Hans; Moderator; Deutsch\nb@example.org, Bo, Chief", role=Role.OBSERVER)
    assert [(each.name, *each.roles, each.lang) for each in found.guests] == [("Müller, Hans", Role.MODERATOR, "de")]
    (trouble,) = found.troubles
    assert i18n.say("en", trouble.sentence, **trouble.values).startswith("“Chief” is no role")


def test_an_unknown_role_names_the_words_that_are_known_in_the_readers_language() -> None:
    (trouble,) = read("a@example.org; A; Häuptling", role=Role.OBSERVER, lang="de").troubles
    sentence = i18n.say("de", trouble.sentence, **trouble.values)
    assert "Teilnehmer:in" in sentence and "Gastgeber" in sentence and "{" not in sentence
    assert role_named("expert / host") is None, "which one is meant, nobody knows"


async def test_the_page_of_invitations_shows_a_line_as_an_example_and_the_words(site: Site) -> None:
    manager, base = await a_manager(site)
    await manager.send_form("/language", {"lang": "de", "back": "/"})
    page = (await manager.get(f"{base}/manage/invitations")).text
    assert "n.beridze@example.org; Nino Beridze; <bdi>Fachperson</bdi>; <bdi>Deutsch</bdi>" in page
    assert "<bdi>Impuls</bdi> (<code>keynote</code>)" in page and "<bdi>Deutsch</bdi> (<code>de</code>)" in page
