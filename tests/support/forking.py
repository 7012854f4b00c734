"""Processes of their own without the second in which Python reads them: all come from one that has read everything.

`Child("app", ["web"], env=…, log=…)` does what `python -m app web` would; beyond that it is used like a subprocess.Popen.
The programs themselves, as in production, are started by tests/test_starting.py and tests/test_commands.py.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.core import times

ROOT = Path(__file__).parents[2]

_source = multiprocessing.get_context("forkserver")
_source.set_forkserver_preload(["tests.support.preloaded"])


class Child:
    def __init__(
        self, module: str, arguments: Sequence[str], *, env: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        self._process = _source.Process(target=_run, args=(module, [*arguments], env, log), daemon=True)
        self._process.start()
        self.pid: int = self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return self._process.exitcode

    def send_signal(self, how: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, how)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(module: str, arguments: list[str], env: Mapping[str, str] | None, log: Path | None) -> None:
    os.setsid()
    os.chdir(ROOT)
    if log is not None:
        to = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(to, 1)
        os.dup2(to, 2)
    for line in (sys.stdout, sys.stderr):
        line.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if env is not None:
        os.environ.clear()
        os.environ.update(env)
        times._shift_file = Path(env["CLOCK"]) if env.get("CLOCK") else None  # is read when the module is
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
