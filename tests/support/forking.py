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
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.core import times

ROOT = Path(__file__).parents[2]

_source = multiprocessing.get_context("forkserver")
_source.set_forkserver_preload(["tests.support.preloaded"])


class Child:
    def __init__(
        self, module: str, arguments: Sequence[str], *, env: Mapping[str, str] | None = None, log: Path | None = None,
        errors: Path | None = None,
    ) -> None:  # fmt: skip
        """`log` takes what it says; `errors` what it complains of, if that is to be kept apart."""
        self._process = _source.Process(target=_run, args=(module, [*arguments], env, log, errors), daemon=True)
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


def said(module: str, *arguments: str, env: Mapping[str, str], timeout: float) -> subprocess.CompletedProcess[str]:
    """Run to its end: what a subprocess.run() with captured text would return."""
    with tempfile.TemporaryDirectory() as folder:
        out, errors = Path(folder) / "out", Path(folder) / "errors"
        child = Child(module, arguments, env=env, log=out, errors=errors)
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
        return subprocess.CompletedProcess([module, *arguments], code, out.read_text(), errors.read_text())


def _run(
    module: str, arguments: list[str], env: Mapping[str, str] | None, log: Path | None, errors: Path | None
) -> None:
    os.setsid()
    os.chdir(ROOT)
    for number, file in ((1, log), (2, errors or log)):
        if file is not None:
            os.dup2(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), number)
    for line in (sys.stdout, sys.stderr):
        line.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if env is not None:
        os.environ.clear()
        os.environ.update(env)
        times._shift_file = Path(env["CLOCK"]) if env.get("CLOCK") else None  # is read when the module is
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
