"""The planner's reasons in words: names, hours and languages in place of ids."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale

from app.consultation.engine.method import said
from app.consultation.queries_methods import Offered
from app.core import i18n, times
from app.timetable.problem import slot_start
from app.timetable.rules import fits_a_session


def people_in(reasons: Sequence[Mapping[str, Any]]) -> set[int]:
    ids: set[int] = set()
    for reason in reasons:
        values = reason["values"]
        ids.update(values.get("people", ()))
        if isinstance(values.get("person"), int):
            ids.add(values["person"])
    return ids


def say(reason: Mapping[str, Any], names: Mapping[Any, str], *, lang: str, zone: str) -> str:
    """A reason of the planner in the reader's language, with names and times in place of ids.

    `names` holds those of people by id and those of skills, which are methods, by key.
    """
    values = dict(reason["values"])
    if "person" in values:
        values["person"] = names.get(values["person"], "")
    if "people" in values:
        values["people"] = i18n.listed(lang, (names.get(person, "") for person in values["people"]))
    if "slot" in values:
        values["slot"] = times.in_words(slot_start(values["slot"]), zone, lang)
    if "skills" in values:
        values["skills"] = i18n.listed(lang, (names.get(skill, skill) for skill in values["skills"]))
    if "language" in values:
        values["language"] = language_name(values["language"], lang)
    return i18n.say(lang, reason["sentence"], **values)


def titles_that_fit(offered: Mapping[str, Offered], lang: str) -> list[tuple[str, str]]:
    """Key and title of the methods in which a case can be brought to one session."""
    return [(key, said(each.method.title, lang)) for key, each in offered.items() if fits_a_session(each.method)]


def language_name(code: str, lang: str) -> str:
    """`fr` → `French`, `Französisch` … ; the code itself where the world has no name for it."""
    return str(Locale.parse(lang).languages.get(code, code))
