"""Work is kept as JSON in its row."""

import dataclasses
import importlib
import pkgutil

import app
from app.core.jobs import Work
from workers import registry


def _all_work() -> set[type[Work]]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.endswith((".jobs", ".mail")):
            importlib.import_module(module.name)
    return {work for work in Work.__subclasses__() if work.__module__.startswith("app.")}


def test_work_survives_the_way_through_its_row() -> None:
    """Arguments are kept as JSON and come back as the same piece of work."""
    registry.load()
    assert len(_all_work()) > 5
    for work in _all_work():
        fields = dataclasses.fields(work)
        assert {field.type for field in fields} <= {"int", "str", "float", "bool", int, str, float, bool}, work
