"""Ways of advising in files: a palette that methods share, and what a method makes of it."""

from collections.abc import Mapping

from app.consultation.engine.fields import count, fields_of, keys, list_of, text, words
from app.consultation.engine.method import Module
from app.consultation.engine.mistake import MethodMistake, Place


def read_palette(document: object, *, file: str) -> tuple[str, tuple[Module, ...]]:
    """A module palette: its id and its modules."""
    place = Place(file)
    fields = fields_of(document, place, needs={"schema", "id", "modules"}, may={"schema", "id", "modules"})
    modules = tuple(_module(each, place) for each in list_of(fields["modules"], place.at("modules")))
    return text(fields["id"], place.at("id")), modules


def modules_of(
    fields: Mapping[str, object], palettes: Mapping[str, tuple[Module, ...]], place: Place
) -> tuple[Module, ...]:
    """Those of the palette that the method offers, and its own."""
    without = keys(fields.get("without", []), place.at("without"))
    own = tuple(_module(each, place) for each in list_of(fields.get("modules", []), place.at("modules")))
    chosen = _palette(fields.get("palette"), palettes, place.at("palette"))
    return (*(module for module in chosen if module.key not in without), *own)


def _module(document: object, place: Place) -> Module:
    fields = fields_of(
        document,
        place.at("modules"),
        needs={"key", "title", "starter", "rule", "minutes"},
        may={"key", "title", "starter", "rule", "minutes", "fits", "speaks"},
    )
    key = text(fields["key"], place.at("modules"))
    place = place.within(f"module “{key}”")
    return Module(
        key=key,
        title=words(fields["title"], place.at("title")),
        starter=words(fields["starter"], place.at("starter")),
        rule=words(fields["rule"], place.at("rule")),
        seconds=count(fields["minutes"], place.at("minutes")) * 60,
        fits=keys(fields.get("fits", []), place.at("fits")),
        speaks=keys(fields.get("speaks", []), place.at("speaks")),
    )


def _palette(name: object, palettes: Mapping[str, tuple[Module, ...]], place: Place) -> tuple[Module, ...]:
    if name is None:
        return ()
    key = text(name, place)
    if key not in palettes:
        raise MethodMistake(place, "There is no module palette “{key}”.", key=key)
    return palettes[key]
