"""The forms of a method's roles, modules and detours. Fields carry a number; the last one is empty, to be filled or not."""

from typing import Any

from starlette.datastructures import FormData

from app.consultation.engine.adapting import Document
from app.consultation.engine.adapting_parts import (
    ANY,
    MOST_LOOPS,
    MOST_MODULES,
    MOST_ROLES,
    LoopForm,
    ModuleForm,
    RoleForm,
)
from app.consultation.engine.library import palettes
from app.consultation.engine.method import Method
from app.consultation.forms_methods import LONGEST_PROMPT, LONGEST_TITLE, amount, line, many, ticked, words_sent
from app.core.errors import Invalid
from app.core.i18n import CODES
from app.core.words import N_

MOST_PEOPLE, MOST_MINUTES = 500, 240


def roles_shown(method: Method) -> list[dict[str, Any]]:
    shown = [
        {
            "number": n, "key": role.key, "title": role.title, "least": role.least, "most": role.most,
            "case": role.case, "scribe": role.scribe, "rotates": role.rotates,
        }
        for n, role in enumerate(method.roles, start=1)
    ]  # fmt: skip
    empty = {"key": "", "title": {}, "least": 0, "most": None, "case": False, "scribe": False, "rotates": False}
    return _with_empty(shown, empty, MOST_ROLES)


def roles_sent(data: FormData) -> list[RoleForm]:
    """The roles as they were filled in; raises Invalid with the sentence at the field."""
    leads, found = line(data, "leads"), []
    for n in _wanted(data, MOST_ROLES):
        least, most = amount(data, f"least-{n}", most=MOST_PEOPLE) or 0, amount(data, f"most-{n}", most=MOST_PEOPLE)
        if most is not None and most < max(1, least):
            raise Invalid({f"most-{n}": N_("This is fewer than the least.")})
        found.append(
            RoleForm(
                key=line(data, f"part-{n}"), title=words_sent(data, f"title-{n}", longest=LONGEST_TITLE), least=least,
                most=most, leads=leads == str(n), case=ticked(data, f"case-{n}"), scribe=ticked(data, f"scribe-{n}"),
                rotates=ticked(data, f"rotates-{n}"),
            )
        )  # fmt: skip
    if not found:
        raise Invalid({"leads": N_("A method needs a part at least.")})
    return found


def modules_shown(method: Method, document: Document, lang: str) -> dict[str, Any]:
    """What the house has, ticked where the method offers it, and what the event has written itself."""
    own = {module["key"] for module in document.get("modules", [])}
    offered = {module.key for module in method.modules}
    house = palettes()[document.get("palette") or next(iter(palettes()))]
    shown = [
        {
            "number": n, "key": module.key, "title": module.title, "starter": module.starter, "rule": module.rule,
            "minutes": module.seconds // 60,
        }
        for n, module in enumerate((each for each in method.modules if each.key in own), start=1)
    ]  # fmt: skip
    empty = {"key": "", "title": {}, "starter": {}, "rule": {}, "minutes": 10}
    return {
        "palette": house, "offered": [module.key for module in house if module.key in offered],
        "own": _with_empty(shown, empty, MOST_MODULES),
    }  # fmt: skip


def modules_sent(data: FormData) -> tuple[list[str], list[ModuleForm]]:
    """(keys of the house's, the event's own)"""
    own = [
        ModuleForm(
            key=line(data, f"part-{n}"), title=words_sent(data, f"title-{n}", longest=LONGEST_TITLE),
            starter=words_sent(data, f"starter-{n}", longest=LONGEST_TITLE),
            rule=words_sent(data, f"rule-{n}", longest=LONGEST_PROMPT),
            minutes=amount(data, f"minutes-{n}", most=MOST_MINUTES) or 0,
        )
        for n in _wanted(data, MOST_MODULES)
    ]  # fmt: skip
    return many(data, "offered"), own


def loops_shown(method: Method) -> list[dict[str, Any]]:
    shown = [
        {
            "number": n, "key": loop.after, "after": loop.after, "runs": loop.runs, "module": loop.module or ANY,
            "minutes": loop.seconds // 60, "back": loop.back // 60,
        }
        for n, loop in enumerate(method.loops, start=1)
    ]  # fmt: skip
    return _with_empty(shown, {"key": "", "after": "", "runs": "", "module": ANY, "minutes": 10, "back": 0}, MOST_LOOPS)


def loops_sent(data: FormData) -> list[LoopForm]:
    found = []
    for n in range(1, MOST_LOOPS + 2):
        if ticked(data, f"gone-{n}") or not line(data, f"after-{n}"):
            continue
        minutes = amount(data, f"minutes-{n}", most=MOST_MINUTES)
        if not minutes:
            raise Invalid({f"minutes-{n}": N_("Must be a whole number of at least 1.")})
        if not line(data, f"runs-{n}"):
            raise Invalid({f"runs-{n}": N_("Please choose one of the list.")})
        back = amount(data, f"back-{n}", most=MOST_MINUTES) or 0
        found.append(
            LoopForm(line(data, f"after-{n}"), line(data, f"runs-{n}"), line(data, f"module-{n}"), minutes, back)
        )
    return found


def numbers(data: FormData, made: list[Document], *, kind: str, most: int) -> dict[str, str]:
    """Where the sentences about a role or a module belong: its place in the file → number of its fields."""
    return {f"{kind} “{each['key']}”": str(n) for each, n in zip(made, _wanted(data, most), strict=False)}


def _with_empty(shown: list[dict[str, Any]], empty: dict[str, Any], most: int) -> list[dict[str, Any]]:
    return [*shown, {**empty, "number": len(shown) + 1}] if len(shown) < most else shown


def _wanted(data: FormData, most: int) -> list[int]:
    """What is there and stays, and the empty one once it has a title."""
    return [
        n for n in range(1, most + 2)
        if not ticked(data, f"gone-{n}")
        and (line(data, f"part-{n}") or any(line(data, f"title-{n}-{lang}") for lang in CODES))
    ]  # fmt: skip
