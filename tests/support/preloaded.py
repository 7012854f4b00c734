"""What the source of all children has read before they are born."""

import gc
import importlib

from app.core import assets
from tests.support.templates import compile_all

for each in (
    "app.checks", "app.commands", "app.demo.load", "app.main", "app.migrate", "app.serving", "realtime.lines",
    "realtime.server", "tests.realtime.conftest", "tests.workers.work", "workers.inbox", "workers.settings",
):  # fmt: skip
    importlib.import_module(each)
compile_all()
assets.shipped()
gc.collect()
gc.freeze()
