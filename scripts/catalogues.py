"""The words of the interface: `update` collects them into locale/*/LC_MESSAGES/messages.po, `check` says what is missing.

Sources are `N_("…")` in Python and `_()`, `ngettext()`, `{% trans %}` in templates.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.core.i18n import CODES, DEFAULT

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "locale"
SOURCES = {
    "app": [("**.py", "python")],
    "realtime": [("**.py", "python")],
    "workers": [("**.py", "python")],
    "templates": [("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.xml", "jinja2")],
}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "NN_": (1, 2), "pgettext": ((1, "c"), 2)}
AS_RENDERED = {
    "silent": "false", "extensions": "jinja2.ext.i18n", "newstyle_gettext": "true",
    "trim_blocks": "true", "lstrip_blocks": "true",
}  # fmt: skip
FIELD = re.compile(r"%\((\w+)\)|\{(\w+)[^}]*\}")


def main() -> None:
    words = collected()
    if sys.argv[1:] == ["update"]:
        for path, catalogue in catalogues():
            born = catalogue.creation_date
            catalogue.update(words, no_fuzzy_matching=True)
            catalogue.creation_date = born  # no line changes where no word does
            catalogue.obsolete.clear()
            store(path, catalogue)
        return
    problems = [f"{path.parts[-3]}: {problem}" for path, c in catalogues() for problem in wrong_in(c, words)]
    print("\n".join(problems[:60]))
    print(f"{len(problems)} words are missing or wrong in the catalogues ({len(words)} in all).")
    sys.exit(1 if problems else 0)


def collected() -> Catalog:
    """Every word there is to translate, with the places where it stands."""
    words = Catalog(project="Fortnight", charset="utf-8", fuzzy=False)
    for folder, methods in SOURCES.items():
        options = {pattern: AS_RENDERED for pattern, method in methods if method == "jinja2"}
        found = extract_from_dir(
            ROOT / folder, methods, options, KEYWORDS, comment_tags=("translators:",), strip_comment_tags=True
        )
        for name, line, message, comments, context in found:
            words.add(message, None, [(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return words


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    """The catalogue of every language the interface speaks, empty where there is none yet."""
    for code in (code for code in CODES if code != DEFAULT):
        path = LOCALE / code / "LC_MESSAGES" / "messages.po"
        if not path.exists():
            yield path, Catalog(locale=code, header_comment=f"# The words of Fortnight: {code}.", fuzzy=False)
            continue
        with path.open("rb") as file:
            yield path, read_po(file, locale=code)


def store(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)


def wrong_in(catalogue: Catalog, words: Catalog) -> Iterator[str]:
    for word in words:
        if not word.id:
            continue
        known = catalogue.get(word.id, word.context)
        where = f"{word.locations[0][0]}:{word.locations[0][1]}"
        if known is None or known.fuzzy or not all(texts(known.string)):
            yield f"not translated: {texts(word.id)[0]!r} ({where})"
        elif odd := odd_fields(known):
            yield f"other fields {odd} in the translation of {texts(word.id)[0]!r} ({where})"


def odd_fields(message: Message) -> set[str]:
    """Fields that a translation invents, and those that all its plural forms leave out."""
    wanted = {field for text in texts(message.id) for field in fields(text)}
    forms = [fields(text) for text in texts(message.string)]
    return (set.union(*forms) - wanted) | (wanted - set.union(*forms))


def fields(text: str) -> set[str]:
    return {a or b for a, b in FIELD.findall(text)}


def texts(one_or_more: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (one_or_more,) if isinstance(one_or_more, str) else tuple(one_or_more)


if __name__ == "__main__":
    main()
