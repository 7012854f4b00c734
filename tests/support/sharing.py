"""pytest rewrites every test file the first time it is imported, so that an assertion can say what it saw, and keeps the
outcome. Workers that begin together would all do that for every file; here each begins with files of its own."""

import contextlib
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def import_share(config: pytest.Config) -> None:
    """Import this worker's share of what is asked for: the others find those files done. Whatever is wrong with one,
    the collection says."""
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return
    asked = [ROOT / argument.partition("::")[0] for argument in config.args]
    files = {file for path in asked for file in ([path] if path.suffix == ".py" else path.rglob("test_*.py"))}
    in_turn = sorted(files, key=lambda file: (-file.stat().st_size, file))
    for file in in_turn[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
