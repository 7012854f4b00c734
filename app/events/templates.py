"""Programme templates: what a two-week dialogue or a planning workshop usually consists of, day by day.

The files lie in programmes/*.yaml and are checked for shape when read. Texts are in English with German and Arabic
beside them, the other languages lie in programmes/words by the English; live blocks and tasks become rows that may then be changed.
"""

from datetime import time
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent
Texts = dict[str, dict[str, str]]
"""Language → field → words, as rows keep them."""


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Part(Entry):
    """One part of a live block's agenda."""

    minutes: int = Field(ge=1, le=240)
    form: Literal["listening", "plenary", "groups", "break"]
    en: str
    de: str
    ar: str
    method: str = ""

    def as_agenda(self) -> dict[str, Any]:
        texts = {"de": {"title": self.de}, "ar": {"title": self.ar}, **_also(title=self.en)}
        return {"minutes": self.minutes, "form": self.form, "title": self.en, "method": self.method, "texts": texts}


class Words(Entry):
    title: str
    purpose: str = ""
    then: str = ""


class LiveBlock(Entry):
    day: int = Field(ge=0)
    starts: time
    en: str
    de: str
    ar: str
    method: str = ""
    optional: bool = False
    agenda: list[Part]

    @property
    def texts(self) -> Texts:
        return {"de": {"title": self.de}, "ar": {"title": self.ar}, **_also(title=self.en)}

    @property
    def minutes(self) -> int:
        return sum(part.minutes for part in self.agenda)


class WrittenTask(Entry):
    """`goes_to` is an address below the event's, e.g. `forum`."""

    day: int = Field(ge=0)
    minutes: int = Field(ge=1, le=240)
    until: time = time(22, 0)
    whose: Literal["all", "staff"] = "all"
    goes_to: str = "forum"
    en: Words
    de: Words
    ar: Words

    @property
    def texts(self) -> Texts:
        return {"de": self.de.model_dump(), "ar": self.ar.model_dump(), **_also(**self.en.model_dump())}


class Template(Entry):
    id: str
    kind: str
    en: str
    de: str
    ar: str
    working_days: int = Field(ge=1, le=20)
    live: list[LiveBlock]
    tasks: list[WrittenTask]

    @property
    def title(self) -> str:
        return self.en

    @property
    def texts(self) -> Texts:
        return {"de": {"title": self.de}, "ar": {"title": self.ar}, **_also(title=self.en)}


class Region(Entry):
    key: str
    en: str
    de: str
    ar: str
    countries: list[str]
    note: str = ""


@cache
def further() -> dict[str, dict[str, str]]:
    """Language → English sentence → the same in this language."""
    return {path.stem: _read(path) for path in sorted((HERE / "programmes" / "words").glob("*.yaml"))}


def _also(**fields: str) -> Texts:
    return {
        lang: {name: words[text] for name, text in fields.items() if text in words} for lang, words in further().items()
    }


@cache
def templates() -> dict[str, Template]:
    """All templates by id; raises pydantic.ValidationError for a file that is not in shape."""
    found = [Template.model_validate(_read(path)) for path in sorted((HERE / "programmes").glob("*.yaml"))]
    return {template.id: template for template in found}


@cache
def regions() -> dict[str, Region]:
    """The shipped region sets by key."""
    return {entry["key"]: Region.model_validate(entry) for entry in _read(HERE / "region_sets.yaml")["regions"]}


def _read(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), Loader=loader)
