"""All methods that come with the house, read and checked once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from app.consultation.engine.method import Method, Module
from app.consultation.engine.mistake import MethodMistake, Place
from app.consultation.engine.reading import read_method, read_palette

FOLDER = Path(__file__).parents[1] / "methods"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, ten times as fast


@cache
def methods(folder: Path = FOLDER) -> Mapping[str, Method]:
    """Key → method; raises MethodMistake at the first file that cannot be used."""
    documents = {path.name: _parsed(path) for path in sorted(folder.glob("*.yaml"))}
    palettes: dict[str, tuple[Module, ...]] = {}
    for name, document in documents.items():
        if isinstance(document, Mapping) and "modules" in document:
            key, modules = read_palette(document, file=name)
            palettes[key] = modules
    found: dict[str, Method] = {}
    for name, document in documents.items():
        if isinstance(document, Mapping) and "modules" in document:
            continue
        method = read_method(document, file=name, palettes=palettes)
        if f"{method.key}.yaml" != name:
            raise MethodMistake(Place(name).at("id"), "must be the name of the file")
        found[method.key] = method
    return MappingProxyType(found)


def _parsed(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as mistake:
        raise MethodMistake(Place(path.name), f"is not readable YAML ({mistake})") from mistake
