"""The demonstration's material, read from the YAML files beside this module."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.demo.entries import (
    Announced,
    Asked,
    Challenge,
    Circle,
    EventFile,
    Issue,
    OwnMethod,
    PeopleFile,
    Practice,
    Thread,
)
from app.demo.rooms import ConsultationFile, TimetableFile

HERE = Path(__file__).parent


@cache
def event() -> EventFile:
    return EventFile.model_validate(read("event"))


@cache
def people() -> PeopleFile:
    return PeopleFile.model_validate(read("people"))


@cache
def practices() -> list[Practice]:
    return [Practice.model_validate(each) for each in read("practices")["practices"]]


@cache
def challenges() -> list[Challenge]:
    return [Challenge.model_validate(each) for each in read("challenges")["challenges"]]


@cache
def own_methods() -> list[OwnMethod]:
    return [OwnMethod.model_validate(each) for each in read("methods")["methods"]]


@cache
def announcements() -> list[Announced]:
    return [Announced.model_validate(each) for each in read("announcements")["announcements"]]


@cache
def newsletters() -> list[Issue]:
    return [Issue.model_validate(each) for each in read("newsletters")["issues"]]


@cache
def pulses() -> list[Asked]:
    return [Asked.model_validate(each) for each in read("pulses")["pulses"]]


@cache
def glossary() -> list[dict[str, dict[str, str]]]:
    return list(read("glossary")["terms"])


@cache
def splits() -> dict[str, list[dict[str, Any]]]:
    return dict(read("splits"))


@cache
def consultations() -> ConsultationFile:
    return ConsultationFile.model_validate(read("consultation"))


@cache
def timetable() -> TimetableFile:
    return TimetableFile.model_validate(read("timetable"))


@cache
def forum() -> list[Circle]:
    files = [read(f"forum/{path.stem}") for path in sorted((HERE / "forum").glob("*.yaml"))]
    circles = [circle for file in files for circle in file.get("spaces", [file])]
    return [
        Circle(space=each["space"], threads=[Thread.model_validate(_filled(thread)) for thread in each["threads"]])
        for each in circles
    ]


def _filled(thread: dict[str, Any]) -> dict[str, Any]:
    """A thread about a practice or a challenge, completed from the sheet it is about."""
    for practice in practices():
        if thread.get("practice") == practice.key:
            return {
                "key": practice.key,
                "kind": "practice",
                "text": practice_text(practice),
                **_head(practice),
                **thread,
            }
    for challenge in challenges():
        if thread.get("challenge") == challenge.key:
            return {"key": challenge.key, "kind": "challenge", "text": challenge.public, **_head(challenge), **thread}
    return thread


def _head(sheet: Practice | Challenge) -> dict[str, Any]:
    return {"title": sheet.title, "by": sheet.author, "day": sheet.day, "at": sheet.at, "lang": sheet.lang}


def practice_text(practice: Practice) -> str:
    """The sheet as the first post of its thread, in Markdown."""
    parts = [
        practice.summary,
        f"### Situation\n\n{practice.context}",
        f"### What we wanted\n\n{practice.objective}",
        f"### What we do\n\n{practice.solution.strip()}",
        f"*New about it:* {practice.innovation}",
        f"### What came of it\n\n{practice.results}",
        f"### What was difficult, what failed\n\n{practice.obstacles}",
        f"### If you want to do it too\n\n{practice.transfer}\n\n*It needs:* {practice.success_factors}",
        f"*Who:* {practice.actors}\n\n*Money:* {practice.financing}",
    ]
    return "\n\n".join(parts)


def read(name: str) -> Any:
    """The parsed file `name`.yaml; with the C reader where it was built, which is ten times as fast."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((HERE / f"{name}.yaml").read_text("utf-8"), Loader=loader)
