"""From what a browser sends to values, and back to sentences."""

from datetime import date

import pytest
from pydantic import BaseModel, EmailStr, Field, ValidationError
from starlette.datastructures import FormData

from app.core.forms import read, sentences


class Sample(BaseModel):
    title: str = Field(min_length=1, max_length=10)
    email: EmailStr | None = None
    day: date
    many: list[str] = []
    agreed: bool = False
    note: str = ""


def parsed(*pairs: tuple[str, str]) -> Sample:
    return Sample.model_validate(read(FormData(list(pairs)), Sample))


def test_lists_boxes_and_empty_fields() -> None:
    sample = parsed(("title", " A "), ("day", "2026-06-08"), ("many", "x"), ("many", ""), ("many", "y"), ("email", ""))
    assert sample == Sample(title="A", day=date(2026, 6, 8), many=["x", "y"], agreed=False, email=None)
    assert parsed(("title", "A"), ("day", "2026-06-08"), ("agreed", "on")).agreed


def test_line_ends_are_the_ones_people_typed() -> None:
    assert parsed(("title", "A"), ("day", "2026-06-08"), ("note", "one\r\ntwo")).note == "one\ntwo"


@pytest.mark.parametrize(
    ("pairs", "fields"),
    [
        ((), {"title", "day"}),
        ((("title", ""), ("day", "8 June")), {"title", "day"}),
        ((("title", "far too long a title"), ("day", "2026-06-08")), {"title"}),
        ((("title", "A"), ("day", "2026-06-08"), ("email", "nobody at home")), {"email"}),
    ],
)
def test_each_wrong_field_gets_its_sentence(pairs: tuple[tuple[str, str], ...], fields: set[str]) -> None:
    with pytest.raises(ValidationError) as problem:
        parsed(*pairs)
    said = sentences(problem.value)
    assert set(said) == fields
    assert all(sentence.endswith(".") for sentence in said.values())
