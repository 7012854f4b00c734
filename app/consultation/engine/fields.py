"""The small readers a method file is made of: each takes a value and its place, and refuses with a sentence."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from app.consultation.engine.method import Words
from app.consultation.engine.mistake import MethodMistake, Place
from app.core.words import N_

Fields = Mapping[str, Any]
Choice = TypeVar("Choice", bound=StrEnum)


def fields_of(document: object, place: Place, *, needs: set[str], may: set[str] | None = None) -> Fields:
    if not isinstance(document, Mapping):
        raise MethodMistake(place, "Fields with names are expected here.")
    for name in sorted(needs - document.keys()):
        raise MethodMistake(place.at(name), N_("Is missing."))
    for name in sorted(map(str, document.keys() - (may or needs))):
        raise MethodMistake(place.at(name), "Is not a field of this schema.")
    return document


def list_of(value: object, place: Place) -> list[object]:
    if not isinstance(value, list):
        raise MethodMistake(place, "Must be a list.")
    return value


def text(value: object, place: Place) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MethodMistake(place, N_("Must be a text."))
    return value


def keys(value: object, place: Place) -> tuple[str, ...]:
    return tuple(text(each, place) for each in list_of(value, place))


def role_keys(value: object, known: tuple[str, ...], place: Place) -> tuple[str, ...]:
    """Role keys; `all` stands for every role of the method, `system` and `none` for nobody."""
    named = keys(value, place)
    if named == ("all",):
        return known
    if named in (("none",), ("system",)):
        return ()
    for key in named:
        if key not in known:
            raise MethodMistake(place, N_("There is no role “{key}”."), key=key)
    return named


def words(value: object, place: Place) -> Words:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) and each for each in value.values()):
        raise MethodMistake(place, N_("Must give a text for each language."))
    for lang in ("en", "de"):
        if lang not in value:
            raise MethodMistake(place, N_("Has no text in “{language}”."), language=lang)
    return dict(value)


def count(value: object, place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise MethodMistake(place, N_("Must be a whole number of at least 1."))
    return value


def span(value: object, place: Place) -> tuple[int, int | None]:
    """`1` → (1, 1); `1-2` → (1, 2); `1+` → (1, None); `rest` → (0, None)."""
    written = str(value)
    low, dash, high = written.partition("-")
    if written == "rest":
        return 0, None
    if written.endswith("+") and written[:-1].isdigit():
        return int(written[:-1]), None
    if low.isdigit() and (high.isdigit() or not dash):
        return int(low), int(high or low)
    raise MethodMistake(place, "Must be a number, “1-2”, “1+” or “rest”.")


def flag(fields: Fields, name: str, place: Place) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise MethodMistake(place.at(name), "Must be true or false.")
    return value


def one_of(value: object, allowed: tuple[str, ...], place: Place) -> str:
    if value not in allowed:
        raise MethodMistake(place, N_("Must be one of {allowed}."), allowed=", ".join(allowed))
    return str(value)


def choice(kind: type[Choice], value: object, place: Place) -> Choice:
    return kind(one_of(value, tuple(kind), place))
