"""Forms: from what a browser sends to a Pydantic model, and from Pydantic's complaints to sentences."""

from collections.abc import Awaitable, Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData

from app.core import i18n
from app.core.errors import Invalid
from app.core.words import N_

_One = TypeVar("_One")
_Other = TypeVar("_Other")

MOST = 2**31 - 1
"""The biggest number that both databases keep in a column."""


def _known(lang: str) -> str:
    if lang not in i18n.CODES:
        raise ValueError(N_("Please choose one of the list."))
    return lang


Lang = Annotated[str, AfterValidator(_known)]
"""A field that holds one of the languages of the interface."""


class Form(BaseModel):
    """What a browser may send. Its checks are built when it is first sent: all of them would be a tenth of a start."""

    model_config = ConfigDict(defer_build=True)


class Sentence(str):
    """A sentence marked for translation that names a limit: `values` fill its fields."""

    values: Mapping[str, object]

    def __new__(cls, sentence: str, **values: object) -> "Sentence":
        made = super().__new__(cls, sentence)
        made.values = values
        return made


def said_in(lang: str, sentence: str, **values: object) -> str:
    """A sentence about a field in this language; the limits that it names itself come first."""
    return i18n.say(lang, sentence, **{**values, **(sentence.values if isinstance(sentence, Sentence) else {})})


def check_storable(form: BaseModel) -> None:
    """Numbers that no column can keep are nobody's honest entry, but no reason to break either."""
    values = {name: value for name, value in form if not isinstance(value, bool)}
    numbers = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    if big := [name for name, many in numbers.items() if any(isinstance(n, int) and abs(n) > MOST for n in many)]:
        raise Invalid({name: N_("This number is too big.") for name in big})


def read(data: FormData, model: type[BaseModel]) -> dict[str, Any]:
    """The fields `model` knows: lists where it wants lists, an unticked box is False, an empty optional is absent."""
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if _is_many(field.annotation):
            values[name] = [value for value in data.getlist(name) if value != ""]
        elif field.annotation is bool:
            values[name] = data.get(name) in {"on", "true", "1", "yes"}
        elif name in data and (data[name] != "" or field.is_required() or field.annotation is str):
            values[name] = _text(data[name])
    return values


async def both(one: Awaitable[_One], other: Awaitable[_Other]) -> tuple[_One, _Other]:
    """Two parts of one form, its fields and its file: what is wrong with either is said at once."""
    found: list[Any] = []
    wrong: list[Invalid] = []
    for part in (one, other):
        try:
            found.append(await part)
        except Invalid as refusal:
            wrong.append(refusal)
    if wrong:
        fields = {name: words for each in wrong for name, words in each.fields.items()}
        values: dict[str, Any] = {name: value for each in wrong for name, value in each.values.items()}
        raise Invalid(fields, **values)
    return found[0], found[1]


def sentences(problem: ValidationError) -> dict[str, str]:
    """field → what to do about it (marked for translation)."""
    return {str(error["loc"][0]) if error["loc"] else "form": _sentence(error) for error in problem.errors()}


def _sentence(error: Any) -> str:
    own = error.get("ctx", {}).get("error")
    if error["type"] == "value_error" and isinstance(own, ValueError) and "email" not in str(error["msg"]).lower():
        return str(own)  # a validator of ours: it raised ValueError(N_("…"))
    if named := _NAMED.get(error["type"]):
        sentence, limit = named
        return Sentence(sentence, limit=error["ctx"][limit])
    return _SENTENCES.get(error["type"], N_("Please check this entry."))


def _text(value: Any) -> Any:
    # Browsers send line ends as CRLF; people did not type them.
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _is_many(annotation: Any) -> bool:
    return get_origin(annotation) in {list, set, frozenset, tuple} or any(
        get_origin(part) in {list, set, frozenset} for part in get_args(annotation)
    )


_NAMED = {  # kind of complaint → its sentence, and where Pydantic says the limit
    "string_too_long": (N_("This is too long. Please shorten it to {limit} characters."), "max_length"),
    "too_long": (N_("These are too many. Please choose {limit} at most."), "max_length"),
    "greater_than_equal": (N_("This number is too small. It can be {limit} or more."), "ge"),
    "less_than_equal": (N_("This number is too big. It can be {limit} or less."), "le"),
}
_SENTENCES = {
    "missing": N_("Please fill this in."),
    "string_too_short": N_("Please fill this in."),
    "too_short": N_("Please choose at least one."),
    "value_error": N_("Please write an e-mail address like name@example.org."),
    "int_parsing": N_("Please write a number."),
    "int_type": N_("Please write a number."),
    "float_parsing": N_("Please write a number."),
    "date_parsing": N_("Please write a date like 2026-06-08."),
    "date_from_datetime_parsing": N_("Please write a date like 2026-06-08."),
    "time_parsing": N_("Please write a time like 14:00."),
    "datetime_parsing": N_("Please write a date and a time."),
    "datetime_from_date_parsing": N_("Please write a date and a time."),
    "enum": N_("Please choose one of the list."),
    "literal_error": N_("Please choose one of the list."),
    "string_pattern_mismatch": N_("Please check this entry."),
    "bool_parsing": N_("Please choose yes or no."),
}
