"""Every table there is: for the migrations and for tests. Tables live in a slice's models.py, models_*.py or in core."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from sqlalchemy import MetaData

from app.core.db import metadata

_HERE = Path(__file__).parent


def tables() -> MetaData:
    """The metadata with every table in it."""
    for module in iter_modules([str(_HERE / "core")]):
        import_module(f"app.core.{module.name}")
    for models in sorted(_HERE.glob("*/models*.py")):
        import_module(f"app.{models.parent.name}.{models.stem}")
    return metadata
