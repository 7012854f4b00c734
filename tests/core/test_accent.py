"""A programme may choose any colour; nobody has to squint because of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.core.accent import address, contrast, stylesheet, tones

GROUNDS = {"light": ("#fffdf9", "#f8f4ec", "#efe9dd"), "dark": ("#23201c", "#181613", "#2e2a25")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@given(colour=some.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_whatever_colour_is_chosen_text_and_lines_stay_readable(scheme: str, colour: str) -> None:
    tone = tones(colour, scheme)
    for ground in (*GROUNDS[scheme], tone["teal-0"]):
        assert contrast(tone["teal-3"], ground) >= 7
        assert contrast(tone["teal-4"], ground) >= 7
        assert contrast(tone["teal-2"], ground) >= 3
    assert contrast(tone["teal-on"], tone["teal-3"]) >= 7


def test_contrast_is_what_everybody_else_computes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_another_colour_has_another_address_so_that_no_old_one_stays_in_a_browser() -> None:
    assert address("#aa2244") != address("#aa2245")
    assert "--teal-3:#" in stylesheet("#aa2244")
