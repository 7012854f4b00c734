"""Libraries that are loaded when they are first used: a start need not wait for what few pages ask."""

from importlib import import_module
from typing import Any


class Later:
    """Stands for the module; whatever is asked of it, the module answers.

    For the type checker import the module itself: `if TYPE_CHECKING: import big` and `else: big = Later("big")`.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
