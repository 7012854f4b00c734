"""What people write comes out safe, and as they meant it."""

import re

import pytest

from app.core import text

ATTACKS = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    '<img src=x onerror="alert(1)">',
    '<a href="https://example.org" onclick="alert(1)">x</a>',
    "<svg/onload=alert(1)>",
    '"><iframe srcdoc="<script>alert(1)</script>">',
    "<style>body{display:none}</style>",
    "[x]: javascript:alert(1)\n\n[x]",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<form action=/sign-out method=post><button>free money</button></form>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_survives(attack: str) -> None:
    html = str(text.to_html(attack))
    tags = re.findall(r"<[^>]*>", html)
    assert not [t for t in tags if re.match(r"</?(script|svg|iframe|style|math|form|button)\b", t, re.I)]
    assert not [t for t in tags if re.search(r"\son\w+=|(href|src)=[\"']?\s*(javascript|data):", t, re.I)]


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("### A\n\n##### B\n\n### C", "3 4 3"),
        ("# A\n\n## B\n\n#### C\n\n## D", "3 4 5 4"),
        ("## A\n\n# B\n\n## C", "3 3 4"),
    ],
)
def test_headings_begin_at_the_third_level_and_skip_none(written: str, levels: str) -> None:
    html = str(text.to_html(written))
    assert re.findall(r"<h(\d)>", html) == re.findall(r"</h(\d)>", html) == levels.split()


def test_markdown_that_people_use_comes_through() -> None:
    html = text.to_html("# Title\n\n**bold** and https://example.org\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert "<h3>Title</h3>" in html
    assert "<strong>bold</strong>" in html
    assert 'href="https://example.org"' in html and "nofollow" in html
    assert "<td>1</td>" in html


def test_pictures_come_from_this_house_only() -> None:
    assert "tracker" not in text.to_html("![a](https://tracker.example.org/p.gif)")
    assert 'src="/files/x/y.webp"' in text.to_html("![a](/files/x/y.webp)")


def test_a_single_line_end_is_kept_as_people_typed_it() -> None:
    assert "<br" in text.to_html("one\ntwo")


def test_plain_words_are_cut_between_words() -> None:
    assert text.plain("**One** two three & four", length=12) == "One two …"
    assert text.plain("a < b & c") == "a < b & c"


@pytest.mark.parametrize(
    ("written", "asked"), [("animées", "ANIMEES"), ("Straße", "strasse"), ("Łódź", "łodz"), ("Київ", "київ")]
)
def test_folded_words_meet_without_accents_and_case(written: str, asked: str) -> None:
    assert text.folded(written) == text.folded(asked)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Marta Lindqvist", "ML"), ("Oyuna", "O"), ("Rania al-Haddad", "RA"), ("", ""), ("王 芳", "王芳")],
)
def test_initials(name: str, letters: str) -> None:
    assert text.initials(name) == letters


def test_what_is_wider_than_a_phone_is_scrolled_by_keyboard() -> None:
    """A table or a listing without a place for the focus cannot be read to its end without a mouse."""
    shown = text.to_html("| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nlong\n```")
    assert '<div class="scroller" tabindex="0"><table>' in shown
    assert "</table></div>" in shown
    assert '<pre tabindex="0">' in shown
