"""All methods that come with the house, read and checked once."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from app.consultation.engine.method import Method, Module
from app.consultation.engine.mistake import MethodMistake, Place
from app.consultation.engine.reading import read_method
from app.consultation.engine.reading_modules import read_palette

FOLDER = Path(__file__).parents[1] / "methods"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, ten times as fast


@cache
def methods(folder: Path = FOLDER) -> Mapping[str, Method]:
    """Key → method; raises MethodMistake at the first file that cannot be used."""
    found: dict[str, Method] = {}
    for name, document in _documents(folder).items():
        if _is_palette(document):
            continue
        method = read_method(document, file=name, palettes=palettes(folder))
        if f"{method.key}.yaml" != name:
            raise MethodMistake(Place(name).at("id"), "Must be the name of the file.")
        found[method.key] = method
    return MappingProxyType(found)


@cache
def palettes(folder: Path = FOLDER) -> Mapping[str, tuple[Module, ...]]:
    """Name → modules, from which a method lets people choose."""
    documents = _documents(folder).items()
    return MappingProxyType(dict(read_palette(each, file=name) for name, each in documents if _is_palette(each)))


def document(key: str) -> dict[str, Any]:
    """The file of the method `key`, as values to copy and change."""
    found: dict[str, Any] = deepcopy(_documents(FOLDER)[f"{key}.yaml"])
    return found


@cache
def _documents(folder: Path) -> Mapping[str, Any]:
    return MappingProxyType({path.name: _parsed(path) for path in sorted(folder.glob("*.yaml"))})


def _is_palette(document: object) -> bool:
    return isinstance(document, Mapping) and "modules" in document


def _parsed(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as mistake:
        raise MethodMistake(Place(path.name), "Is not readable YAML ({mistake}).", mistake=mistake) from mistake
