"""Roles, modules and detours of an adapted method, each as a whole from one form. Pure; `reading` judges the result."""

from collections.abc import Collection, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from app.consultation.engine.adapting import OWN, Document, settled, still
from app.consultation.engine.library import palettes
from app.consultation.engine.method import Words
from app.core.errors import Refused
from app.core.words import N_

MOST_ROLES, MOST_MODULES, MOST_LOOPS = 8, 10, 6
ANY = "any"  # a detour in the form of whatever module is chosen then


@dataclass(frozen=True, slots=True)
class RoleForm:
    """Without a key it is new; `most` None: as many as there are."""

    key: str
    title: Words
    least: int
    most: int | None
    leads: bool
    case: bool
    scribe: bool
    rotates: bool


@dataclass(frozen=True, slots=True)
class ModuleForm:
    key: str
    title: Words
    starter: Words
    rule: Words
    minutes: int


@dataclass(frozen=True, slots=True)
class LoopForm:
    """`back`: minutes of `after` that follow; 0: it goes on."""

    after: str
    runs: str
    module: str
    minutes: int
    back: int


def with_roles(before: Document, forms: Sequence[RoleForm]) -> Document:
    """The roles as the form says. Who is no longer there neither speaks nor listens nor writes anywhere."""
    after = deepcopy(before)
    known = {role["key"]: role for role in after["roles"]}
    if len(forms) > MOST_ROLES:
        raise Refused(N_("A method has at most {most} parts. Remove one first."), most=MOST_ROLES)
    after["roles"] = []
    for form in forms:
        key = form.key if form.key in known else _unused(known, (role["key"] for role in after["roles"]))
        flags = {"owner": form.leads, "case": form.case, "scribe": form.scribe, "rotates": form.rotates}
        count = f"{form.least}+" if form.most is None else f"{form.least}-{form.most}"
        role = {**still(known.get(key, {}), "per"), "key": key, "title": dict(form.title), "count": count}
        after["roles"].append(role | {name: True for name, wanted in flags.items() if wanted})
    after.pop("owner", None)
    if not any(form.leads for form in forms):
        after["owner"] = "system"
    gone = known.keys() - {role["key"] for role in after["roles"]}
    for phase in after["phases"]:
        for part, names in [(phase, ("speaks", "listens")), *((out, ("writes",)) for out in phase.get("outputs", []))]:
            for name in names:
                if name in part:
                    part[name] = [key for key in part[name] if key not in gone]
        if not phase.get("listens") and phase.get("listening") == "backstage":
            phase["listening"] = "normal"
    for module in after.get("modules", []):
        module["speaks"] = [key for key in module.get("speaks", []) if key not in gone]
    return settled(after)


def with_modules(before: Document, *, offered: Collection[str], own: Sequence[ModuleForm]) -> Document:
    """Those of the house's palette that are `offered`, and the event's own ones behind them."""
    after = deepcopy(before)
    if len(own) > MOST_MODULES:
        raise Refused(
            N_("A method has at most {most} ways of advising of its own. Remove one first."), most=MOST_MODULES
        )
    name = before.get("palette") or (next(iter(palettes())) if offered else None)
    known = {module["key"]: module for module in before.get("modules", [])}
    for field in ("palette", "without", "modules"):
        after.pop(field, None)
    if name is not None:
        after["palette"] = name
        after["without"] = [module.key for module in palettes()[name] if module.key not in offered]
    made: list[Document] = []
    for form in own:
        key = form.key if form.key in known else _unused(known, (module["key"] for module in made))
        made.append(
            {
                **still(known.get(key, {}), "fits", "speaks"), "key": key, "title": dict(form.title),
                "starter": dict(form.starter), "rule": dict(form.rule), "minutes": form.minutes,
            }
        )  # fmt: skip
    if made:
        after["modules"] = made
    return settled(after)


def with_loops(before: Document, forms: Sequence[LoopForm]) -> Document:
    after = deepcopy(before)
    if len(forms) > MOST_LOOPS:
        raise Refused(N_("A method has at most {most} detours. Remove one first."), most=MOST_LOOPS)
    after["loops"] = [
        {"after": form.after, "runs": form.runs, "module": form.module, "minutes": form.minutes}
        | ({"back": form.back} if form.back else {})
        for form in forms
    ]
    return settled(after)


def _unused(known: Collection[str], taken: Iterable[str]) -> str:
    """A key that nothing has or had before."""
    used = {*known, *taken}
    return next(key for number in range(1, 1000) if (key := f"{OWN}{number}") not in used)
