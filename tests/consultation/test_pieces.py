"""A desk brings what has changed since the browser looked last, and names what stands apart and is the same."""

from app.consultation.pieces import APART, CUT, fresh
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .stage import stage


def desk(*pieces: str) -> str:
    return "".join(f"\n{piece}\n{CUT}" for piece in pieces)


def lead(row: str, menu: str) -> str:
    return f'<section id="lead">{row}{APART}<details class="menu" id="more">{menu}</details>{APART}</section>'


PART, KEYED = '<p id="part">You listen.</p>', '<form id="say"><input type="hidden" name="key" value="{}"></form>'


def test_the_first_look_brings_everything_and_the_next_what_has_changed() -> None:
    html, has = fresh(desk(PART, KEYED.format("a1")), had="")
    assert html == PART + KEYED.format("a1")
    assert fresh(desk(PART, KEYED.format("b2")), had=has) == ("", has), "another name for a write shows nothing"
    spoken, _ = fresh(desk(PART.replace("listen", "speak"), KEYED.format("c3")), had=has)
    assert spoken == PART.replace("listen", "speak")


def test_what_stands_apart_comes_alone_or_is_only_named() -> None:
    html, has = fresh(desk(lead("Next: Case", "Poll")), had="")
    assert html == lead("Next: Case", "Poll").replace(APART, "")
    row, _ = fresh(desk(lead("Next: Closing", "Poll")), had=has)
    assert row == '<section id="lead">Next: Closing<details id="more" data-same></details></section>'
    menu, _ = fresh(desk(lead("Next: Case", "Poll, detour")), had=has)
    assert menu == '<details class="menu" id="more">Poll, detour</details>'


def test_strange_stamps_bring_everything() -> None:
    html, has = fresh(desk(PART), had="no stamp at all, and much longer than one" * 100)
    assert html == PART and len(has) == 5


@ONE_DATABASE
async def test_an_act_changes_a_piece_and_only_that_piece_comes(site: Site) -> None:
    here = await stage()
    await here.begin()
    await here.go_to("method_choice")
    person = await site.as_person(here.adviser)
    await person.get(f"/rooms/{here.room}")
    first = await person.get(f"/rooms/{here.room}/desk?after=0")
    assert 'id="desk-part"' in first.text and 'id="desk-say"' in first.text
    has = first.headers["x-has"]
    assert (await person.get(f"/rooms/{here.room}/desk?after=0&has={has}")).text == ""
    await person.send_form(f"/rooms/{here.room}/hand", {"up": "yes"})
    after = (await person.get(f"/rooms/{here.room}/desk?after=0&has={has}")).text
    assert 'id="desk-acts"' in after and 'id="desk-say"' not in after
