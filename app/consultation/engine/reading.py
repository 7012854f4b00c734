"""Reads a method file (schema version 2) strictly: every mistake is a sentence with file, phase and field."""

import re
from collections.abc import Mapping

from app.consultation.engine.checking import check
from app.consultation.engine.fields import (
    choice,
    count,
    fields_of,
    flag,
    keys,
    list_of,
    one_of,
    role_keys,
    span,
    text,
    words,
)
from app.consultation.engine.method import (
    Floor,
    Kind,
    Listening,
    Loop,
    Method,
    Module,
    Output,
    Phase,
    Role,
    Scale,
    Seen,
    Steps,
    Words,
)
from app.consultation.engine.mistake import MethodMistake, Place
from app.consultation.engine.reading_modules import modules_of
from app.core.words import N_

SPACES = ("room", "pairs", "tables", "plenary")
FAMILIES = ("peer_advice", "dialogue", "ideation", "planning", "opener", "closer")
METHOD_FIELDS = {
    "schema",
    "id",
    "version",
    "title",
    "family",
    "mode",
    "group",
    "rounds",
    "minutes",
    "days",
    "spaces",
    "roles",
    "phases",
}
METHOD_EXTRAS = {
    "palette",
    "loops",
    "capture",
    "owner",
    "steps",
    "confidence",
    "source",
    "table_size",
    "without",
    "modules",
}
DAY = 24 * 60 * 60
# What a choice and a rating offer where the method does not say it; shown in every language of the house.
AGREEMENT: tuple[tuple[str, Words], ...] = (
    ("yes", {"en": N_("I agree")}),
    ("no", {"en": N_("Not yet: let us talk about it")}),
)
FIVE = Scale(1, 5, {"en": N_("not at all")}, {"en": N_("completely")})


def read_method(document: object, *, file: str, palettes: Mapping[str, tuple[Module, ...]]) -> Method:
    """The method in `document` (as YAML gives it); raises MethodMistake."""
    place = Place(file)
    fields = fields_of(
        document,
        place,
        needs={"schema", "id", "version", "title", "family", "mode", "group", "roles", "phases"},
        may=METHOD_FIELDS | METHOD_EXTRAS,
    )
    if fields["schema"] != 2:
        raise MethodMistake(place.at("schema"), "Only version 2 is known here.")
    roles = tuple(_role(each, place.at("roles")) for each in list_of(fields["roles"], place.at("roles")))
    written = one_of(fields["mode"], ("live", "written"), place.at("mode")) == "written"
    spaces = one_of(fields.get("spaces", "room"), SPACES, place.at("spaces"))
    phases = tuple(
        _phase(each, place, roles=roles, written=written, spaces=spaces)
        for each in list_of(fields["phases"], place.at("phases"))
    )
    group = fields_of(fields["group"], place.at("group"), needs={"min", "max"})
    method = Method(
        key=text(fields["id"], place.at("id")),
        version=count(fields["version"], place.at("version")),
        title=words(fields["title"], place.at("title")),
        family=one_of(fields["family"], FAMILIES, place.at("family")),
        written=written,
        least=count(group["min"], place.at("group")),
        most=count(group["max"], place.at("group")),
        rounds=count(fields.get("rounds", 1), place.at("rounds")),
        rotates=any(role.rotates for role in roles),
        roles=roles,
        phases=phases,
        modules=modules_of(fields, palettes, place),
        loops=tuple(_loop(each, place.at("loops")) for each in list_of(fields.get("loops", []), place.at("loops"))),
        capture=keys(fields.get("capture", []), place.at("capture")),
        steps=_steps(fields.get("steps", {}), place.at("steps")),
    )
    check(method, place=place, total=fields.get("days" if written else "minutes"), owner=fields.get("owner"))
    return method


def _role(document: object, place: Place) -> Role:
    fields = fields_of(
        document,
        place,
        needs={"key", "title", "count"},
        may={"key", "title", "count", "owner", "case", "rotates", "scribe", "per"},
    )
    key = text(fields["key"], place.at("key"))
    place = place.within(f"role “{key}”")
    least, most = span(fields["count"], place.at("count"))
    return Role(
        key=key,
        title=words(fields["title"], place.at("title")),
        least=least,
        most=most,
        owner=flag(fields, "owner", place),
        case=flag(fields, "case", place),
        rotates=flag(fields, "rotates", place),
        scribe=flag(fields, "scribe", place),
    )


def _phase(document: object, place: Place, *, roles: tuple[Role, ...], written: bool, spaces: str) -> Phase:
    length = "days" if written else "minutes"
    fields = fields_of(
        document,
        place.at("phases"),
        needs={"key", "title", "prompt", length, "floor", "speaks"},
        may={
            "key",
            "title",
            "prompt",
            length,
            "once",
            "spaces",
            "floor",
            "speaks",
            "listens",
            "listening",
            "outputs",
            "turn",
            "by_itself",
            "module",
        },
    )
    key = text(fields["key"], place.at("key"))
    place = place.within(f"phase “{key}”")
    known = tuple(role.key for role in roles)
    amount = count(fields[length], place.at(length))
    turn = fields.get("turn")
    return Phase(
        key=key,
        title=words(fields["title"], place.at("title")),
        prompt=words(fields["prompt"], place.at("prompt")),
        seconds=amount * (DAY if written else 60),
        days=amount if written else 0,
        once=flag(fields, "once", place),
        space=one_of(fields.get("spaces", spaces), SPACES, place.at("spaces")),
        floor=choice(Floor, fields["floor"], place.at("floor")),
        speaks=role_keys(fields["speaks"], known, place.at("speaks")),
        listens=role_keys(fields.get("listens", []), known, place.at("listens")),
        listening=choice(Listening, fields.get("listening", "normal"), place.at("listening")),
        outputs=tuple(_output(each, place, known) for each in list_of(fields.get("outputs", []), place.at("outputs"))),
        turn=None if turn is None else count(turn, place.at("turn")) * 60,
        by_itself=flag(fields, "by_itself", place),
        module=flag(fields, "module", place),
    )


def _output(document: object, place: Place, known: tuple[str, ...]) -> Output:
    fields = fields_of(
        document,
        place.at("outputs"),
        needs={"key", "title", "type", "writes", "seen"},
        may={"key", "title", "type", "writes", "seen", "limit", "of", "sorts", "anonymous", "options", "scale"},
    )
    key = text(fields["key"], place.at("outputs"))
    place = place.within(f"output “{key}”")
    limit = fields_of(fields.get("limit", {}), place.at("limit"), needs=set(), may={"characters", "items"})
    kind = choice(Kind, fields["type"], place.at("type"))
    options = _named(fields, "options", place)
    return Output(
        key=key,
        title=words(fields["title"], place.at("title")),
        kind=kind,
        writes=role_keys(fields["writes"], known, place.at("writes")),
        seen=choice(Seen, fields["seen"], place.at("seen")),
        characters=None if "characters" not in limit else count(limit["characters"], place.at("limit")),
        items=None if "items" not in limit else count(limit["items"], place.at("limit")),
        of=None if "of" not in fields else text(fields["of"], place.at("of")),
        sorts=_named(fields, "sorts", place),
        anonymous=flag(fields, "anonymous", place),
        options=(options or AGREEMENT) if kind is Kind.CHOICE and "of" not in fields else options,
        scale=_scale(fields["scale"], place.at("scale"))
        if "scale" in fields
        else FIVE
        if kind is Kind.RATING
        else None,
    )


def _named(fields: Mapping[str, object], name: str, place: Place) -> tuple[tuple[str, Words], ...]:
    """A list of keys with titles."""
    place = place.at(name)
    found = [fields_of(each, place, needs={"key", "title"}) for each in list_of(fields.get(name, []), place)]
    return tuple((text(each["key"], place), words(each["title"], place)) for each in found)


def _scale(document: object, place: Place) -> Scale:
    fields = fields_of(document, place, needs={"from", "to", "low", "high"})
    return Scale(
        least=count(fields["from"], place), most=count(fields["to"], place),
        low=words(fields["low"], place), high=words(fields["high"], place),
    )  # fmt: skip


def _loop(document: object, place: Place) -> Loop:
    fields = fields_of(
        document,
        place,
        needs={"after", "runs", "module", "minutes"},
        may={"after", "runs", "module", "minutes", "back"},
    )
    module = text(fields["module"], place.at("module"))
    back = fields.get("back")
    return Loop(
        after=text(fields["after"], place.at("after")),
        runs=text(fields["runs"], place.at("runs")),
        module=None if module == "any" else module,
        seconds=count(fields["minutes"], place.at("minutes")) * 60,
        back=0 if back is None else count(back, place.at("back")) * 60,
    )


def _steps(document: object, place: Place) -> Steps:
    """How it moves in writing; what is not said stays as it is for all methods."""
    fields = fields_of(document, place, needs=set(), may={"opens", "quorum", "reminds", "grace"})
    opens = text(fields.get("opens", Steps().opens), place.at("opens"))
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", opens):
        raise MethodMistake(place.at("opens"), N_("Write an hour like “09:00”."))
    quorum = count(fields.get("quorum", Steps().quorum), place.at("quorum"))
    if quorum > 100:
        raise MethodMistake(place.at("quorum"), N_("Is at most 100."))
    return Steps(
        opens=opens,
        quorum=quorum,
        reminds=count(fields.get("reminds", Steps().reminds), place.at("reminds")),
        grace=count(fields.get("grace", Steps().grace), place.at("grace")),
    )
