"""The form in which a method is adapted: from its document to the names of fields, and from what was sent to values.

Fields of an output carry its number: `kind-2`, `title-2-de`. The last number is an empty output, to be filled or not.
"""

from typing import Any

from pydantic import Field
from starlette.datastructures import FormData

from app.consultation.engine.adapting import (
    MOST_OUTPUTS,
    Document,
    OutputForm,
    PhaseForm,
    is_written,
    kinds_offered,
)
from app.consultation.engine.method import Kind, Method, Phase, Seen, Words
from app.core.errors import Invalid
from app.core.forms import Form
from app.core.i18n import CODES
from app.core.words import N_

LONGEST_TITLE, LONGEST_PROMPT = 120, 800
MOST = {"minutes": 240, "days": 20, "turn": 60, "characters": 5000, "items": 30}


class Copy(Form):
    original: str = Field(max_length=60)
    key: str = Field(min_length=1, max_length=64)


class Change(Form):
    """`revision`: of the method as the person saw it."""

    revision: int
    key: str = Field(min_length=1, max_length=64)


class Frame(Change):
    least: int = Field(ge=1, le=500)
    most: int = Field(ge=1, le=500)
    rounds: int = Field(default=1, ge=1, le=20)


class Move(Change):
    later: bool = False


class Retire(Form):
    retired: bool = False


def phase_sent(data: FormData, *, written: bool) -> PhaseForm:
    """The phase as it was filled in; raises Invalid with the sentence at the field."""
    return PhaseForm(
        title=words_sent(data, "title", longest=LONGEST_TITLE),
        prompt=words_sent(data, "prompt", longest=LONGEST_PROMPT),
        length=amount(data, "length", most=MOST["days" if written else "minutes"]) or 0,
        once=ticked(data, "once"),
        floor=line(data, "floor"),
        speaks=many(data, "speaks"),
        listens=many(data, "listens"),
        listening=line(data, "listening") or "normal",
        turn=amount(data, "turn", most=MOST["turn"]),
        by_itself=ticked(data, "by_itself"),
        outputs=[_output(data, n) for n in range(1, MOST_OUTPUTS + 2) if _is_wanted(data, n)],
    )


def output_names(data: FormData, document: Document, phase: str) -> dict[str, str]:
    """Output key → number of its fields, in the document that came of the form."""
    numbers = [n for n in range(1, MOST_OUTPUTS + 2) if _is_wanted(data, n)]
    found: Document = next((each for each in document["phases"] if each["key"] == phase), {"outputs": []})
    return {out["key"]: str(n) for out, n in zip(found["outputs"], numbers, strict=False)}


def words_sent(data: FormData, name: str, *, longest: int) -> Words:
    """A text per language; languages left empty are not in it."""
    texts = {lang: line(data, f"{name}-{lang}") for lang in CODES}
    for text in texts.values():
        if len(text) > longest:
            raise Invalid({name: N_("This is too long. Please shorten it a little.")})
    return {lang: text for lang, text in texts.items() if text}


def outputs_shown(phase: Phase | None, method: Method) -> list[dict[str, Any]]:
    """The outputs of a phase as the form asks for them, and one empty one."""
    shown = [
        {
            "number": number, "key": output.key, "title": output.title, "kind": output.kind,
            "kinds": kinds_offered(output.kind), "writes": output.writes, "seen": output.seen,
            "characters": output.characters, "items": output.items, "kept": output.key in method.capture,
        }
        for number, output in enumerate(phase.outputs if phase else (), start=1)
    ]  # fmt: skip
    if len(shown) < MOST_OUTPUTS:
        shown.append({
            "number": len(shown) + 1, "key": "", "title": {}, "kind": Kind.CARDS, "kinds": kinds_offered(), "writes": (),
            "seen": Seen.AT_ONCE, "characters": 280, "items": 5, "kept": True,
        })  # fmt: skip
    return shown


def length_of(phase: Phase | None, document: Document) -> int:
    if is_written(document):
        return phase.days if phase else 1
    return phase.seconds // 60 if phase else 5


def _is_wanted(data: FormData, number: int) -> bool:
    """An output that is there and stays, or the empty one once it has a title."""
    if ticked(data, f"gone-{number}"):
        return False
    return bool(line(data, f"output-{number}")) or any(line(data, f"title-{number}-{lang}") for lang in CODES)


def _output(data: FormData, number: int) -> OutputForm:
    return OutputForm(
        key=line(data, f"output-{number}"),
        title=words_sent(data, f"title-{number}", longest=LONGEST_TITLE),
        kind=line(data, f"type-{number}"),
        writes=many(data, f"writes-{number}"),
        seen=line(data, f"seen-{number}"),
        characters=amount(data, f"characters-{number}", most=MOST["characters"]),
        items=amount(data, f"items-{number}", most=MOST["items"]),
        kept=ticked(data, f"kept-{number}"),
    )


def line(data: FormData, name: str) -> str:
    value = data.get(name, "")
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def many(data: FormData, name: str) -> list[str]:
    return [value for value in data.getlist(name) if isinstance(value, str) and value][:20]


def ticked(data: FormData, name: str) -> bool:
    return data.get(name) == "yes"


def amount(data: FormData, name: str, *, most: int) -> int | None:
    typed = line(data, name)
    if not typed:
        return None
    if not typed.isdecimal() or not typed.isascii() or len(typed) > 6:
        raise Invalid({name: N_("Please write a number.")})
    if int(typed) > most:
        raise Invalid({name: N_("This number is too big.")})
    return int(typed)
