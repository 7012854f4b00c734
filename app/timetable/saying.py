"""The planner's reasons in words: names, hours and languages in place of ids."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale

from app.core import i18n, times
from app.timetable.problem import slot_start


def people_in(reasons: Sequence[Mapping[str, Any]]) -> set[int]:
    ids: set[int] = set()
    for reason in reasons:
        values = reason["values"]
        ids.update(values.get("people", ()))
        if isinstance(values.get("person"), int):
            ids.add(values["person"])
    return ids


def say(reason: Mapping[str, Any], names: Mapping[int, str], *, lang: str, zone: str) -> str:
    """A reason of the planner in the reader's language, with names and times in place of ids."""
    values = dict(reason["values"])
    if "person" in values:
        values["person"] = names.get(values["person"], "")
    if "people" in values:
        values["people"] = i18n.listed(lang, (names.get(person, "") for person in values["people"]))
    if "slot" in values:
        values["slot"] = times.in_words(slot_start(values["slot"]), zone, lang)
    if "language" in values:
        values["language"] = language_name(values["language"], lang)
    return i18n.say(lang, reason["sentence"], **values)


def language_name(code: str, lang: str) -> str:
    """`fr` → `French`, `Französisch` … ; the code itself where the world has no name for it."""
    return str(Locale.parse(lang).languages.get(code, code))
