"""The standing texts say the same in each language and leave no blank."""

import re

import pytest

from app.core.text import to_html
from app.events.standing import BLANKS, FOLDER, flowing, names, standing_text

VALUES = {
    "programme": "Rain School",
    "operator": "Office of Examples",
    "address": "1 Sample Street",
    "mail": "help@example.org",
}
FOOTER = {"help", "netiquette", "accessibility", "privacy", "imprint"}


def test_every_link_of_the_footer_has_its_text_and_each_is_there_in_three_languages() -> None:
    assert names() >= FOOTER
    for lang in ("en", "de", "ar"):
        assert {path.stem for path in (FOLDER / lang).glob("*.md")} == names(), lang


@pytest.mark.parametrize("lang", ["en", "de", "ar"])
@pytest.mark.parametrize("name", sorted(names()))
def test_a_text_has_a_title_no_open_blank_and_the_same_parts_in_each_language(name: str, lang: str) -> None:
    title, body, found = standing_text(name, lang=lang, values=VALUES)
    assert title and not title.startswith("#") and found == lang
    assert not re.search(r"{\w+}", title + body)
    english = (FOLDER / "en" / f"{name}.md").read_text("utf-8")
    written = (FOLDER / lang / f"{name}.md").read_text("utf-8")
    for part in ("\n## ", "\n- ", "\n| ", *("{" + blank + "}" for blank in BLANKS)):
        assert written.count(part) == english.count(part), (part, lang)
    assert "<h1" not in to_html(body)


def test_a_language_without_translation_gets_english_and_says_so() -> None:
    assert standing_text("help", lang="mn", values=VALUES)[2] == "en"
    with pytest.raises(KeyError):
        standing_text("../../settings", lang="en", values=VALUES)


def test_a_blank_filled_with_markup_is_only_text() -> None:
    values = {**VALUES, "operator": "<script>alert(1)</script>"}
    _, body, _ = standing_text("imprint", lang="en", values=values)
    assert "<script" not in to_html(body)


def test_lines_broken_at_the_margin_flow_together_and_others_stay() -> None:
    text = "One thought\nover two lines.\n\n- first\n  goes on\n- second\n\n> quoted\nanswer\n\n# Head\ntext\n\nStreet 1\\\nTown"
    assert flowing(text).split("\n") == [
        "One thought over two lines.", "", "- first goes on", "- second", "", "> quoted", "answer", "", "# Head", "text", "",
        "Street 1\\", "Town",
    ]  # fmt: skip
    assert "<br" not in to_html(standing_text("help-rooms", lang="en", values=VALUES)[1])
    assert to_html(standing_text("imprint", lang="en", values=VALUES)[1]).count("<br") == 1
