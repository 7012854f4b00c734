"""Real processes: `python -m app web|realtime|worker|run`, with a proxy in front.

    programs.start("web"), programs.start("realtime"), programs.start("worker")
    proxy = programs.in_front()       # proxy.url is where browsers go; programs.line() is one more, to be cut
    programs.of("worker")[0].kill()   # as the machine would: SIGKILL

With `as_in_production` each is a new Python, which takes a second more. Everything they say is in `<test's folder>/<name>-<n>.log`, shown when a start fails.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.support.forking import ROOT, Child, said
from tests.support.postgres import free_port
from tests.support.proxy import Proxy

PATIENCE = 120.0
READY = {"worker": "Works.", "inbox": "Takes mail."}
"""What those without a port say when they are at work."""


class DidNotStart(AssertionError):
    """A program ended or did not answer; its log is in the message."""


class Program:
    def __init__(self, name: str, *, log: Path, env: Mapping[str, str], as_in_production: bool) -> None:
        self.name, self.log, self.env, self.as_in_production = name, log, dict(env), as_in_production
        self.port = int(self.env.get("PORT", "0"))
        self.process: subprocess.Popen[bytes] | Child | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def start(self) -> "Program":
        if not self.as_in_production:
            self.log.touch()
            self.process = Child("app", [self.name], env=self.env, log=self.log)
            return self
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", self.name], cwd=ROOT, env=self.env, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        return self

    def wait_until_ready(self) -> "Program":
        """Programs with a port answer /healthz; the worker and the inbox say that they work."""
        deadline = time.monotonic() + PATIENCE
        while not self._ready():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise DidNotStart(f"{self.name} did not start:\n{self.said[-4000:]}")
            time.sleep(0.02)
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=PATIENCE)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def _ready(self) -> bool:
        if self.name in READY:
            return READY[self.name] in self.said
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"{self.url}/healthz", timeout=5),
        ):
            return True
        return False


class Programs:
    """All programs of a test, in one environment; stopped at its end."""

    def __init__(self, folder: Path, env: Mapping[str, str], *, as_in_production: bool = False) -> None:
        self.folder, self.as_in_production = folder, as_in_production
        self.port = free_port()  # of the first line: the address in letters
        self.env = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}},
            "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "LOG_LEVEL": "info",
            "DATA": str(folder / "data"), "FILES": str(folder / "files"), "HOST": "127.0.0.1",
            **env,
        }  # fmt: skip
        self._programs: list[Program] = []
        self._lines: list[Proxy] = []

    def start(self, name: str, *, wait: bool = True, **env: str) -> Program:
        log = self.folder / f"{name}-{len(self._programs)}.log"
        program = Program(
            name, log=log, env={**self.env, "PORT": str(free_port()), **env}, as_in_production=self.as_in_production
        ).start()
        self._programs.append(program)
        return program.wait_until_ready() if wait else program

    def start_all(self, *names: str) -> None:
        """Several at once; returns when all are ready."""
        for program in [self.start(name, wait=False) for name in names]:
            program.wait_until_ready()

    def say(self, *command: str, **env: str) -> str:
        """Run one command to its end: `programs.say("migrate")`. Its output; fails when the command does."""
        done = said("app", *command, env={**self.env, **env}, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def of(self, name: str) -> list[Program]:
        return [p for p in self._programs if p.name == name and p.process is not None and p.process.poll() is None]

    def line(self) -> Proxy:
        """A way in of one's own, which can be cut without disturbing the others."""
        web = [p.port for p in self.of("web") + self.of("run")]
        proxy = Proxy(web, [p.port for p in self.of("realtime") + self.of("run")])
        proxy.start()
        self._lines.append(proxy)
        return proxy

    def close(self) -> None:
        for proxy in self._lines:
            proxy.stop()
        for program in self._programs:
            if program.process is not None and program.process.poll() is None:
                program.process.send_signal(signal.SIGTERM)
        for program in self._programs:
            try:
                program.stop()
            except subprocess.TimeoutExpired:
                program.kill()
