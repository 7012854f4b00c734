"""What a machine lacks is said loudly; where everything must be there (CI=true), it is a failure."""

import os
from typing import NoReturn

import pytest

LOUD = "NOT RUN: "


def missing(what: str) -> NoReturn:
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"This test must run here, and cannot: {what}", pytrace=False)
    pytest.skip(LOUD + what)
