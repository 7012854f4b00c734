"""The standing texts of a site: help, netiquette, imprint, privacy, accessibility. Markdown with four blanks to fill in."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
BLANKS = ("programme", "operator", "address", "mail")


@cache
def names() -> frozenset[str]:
    """`help`, `help-rooms`, `netiquette` …: what exists in English exists."""
    return frozenset(path.stem for path in (FOLDER / "en").glob("*.md"))


def standing_text(name: str, *, lang: str, values: Mapping[str, str]) -> tuple[str, str, str]:
    """Title, Markdown without the title, and the language it is in: `lang` where there is a translation, else English.

    `values` fills BLANKS. Raises KeyError for a name that does not exist.
    """
    if name not in names():
        raise KeyError(name)
    found = lang if (FOLDER / lang / f"{name}.md").is_file() else "en"
    title, _, body = _read(name, found).partition("\n")
    for blank in BLANKS:
        body = body.replace("{" + blank + "}", values[blank])
    return title.removeprefix("# "), flowing(body.strip()) + "\n", found


def flowing(text: str) -> str:
    """Markdown as files keep it, with lines broken at the margin: each paragraph and list item on one line.

    What people type keeps its line breaks when it is shown; what files break only to be readable must not. A backslash
    at the end of a line keeps the break.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        goes_on = lines and lines[-1] and line.strip() and not _BEGINS.match(line) and not lines[-1].endswith("\\")
        if goes_on and not _BEGINS_ALONE.match(lines[-1]):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return "\n".join(lines)


_BEGINS = re.compile(r"\s*([-*] |\d+\. |> ?|#|\|)")  # a list item, a quotation, a heading, a row of a table
_BEGINS_ALONE = re.compile(r"\s*(#|\||>)")  # nothing flows into these


@cache
def _read(name: str, lang: str) -> str:
    return (FOLDER / lang / f"{name}.md").read_text("utf-8")
