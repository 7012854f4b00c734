"""How long until the first page, and how much memory then: `.venv/bin/python bench/start/start.py [runs]`.

Everything in one process with data present, Valkey included, compiled once before. Prints a table; goals: 2 s, 200 MB.
On a machine that others use too, look at the seconds of processor: the other seconds count the waiting for it as well.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        measured(data)  # makes the data; not counted
        found = [measured(data) for _ in range(runs)]
    seconds, computing, megabytes = zip(*found, strict=True)
    print(f"{'':<28}{'best':>10}{'median':>10}{'worst':>10}{'goal':>10}")
    print(row("first page after (s)", seconds, goal="2"))
    print(row("  of processor (s)", computing))
    print(row("resident, with Valkey (MB)", megabytes, goal="200"))


def row(what: str, found: Sequence[float], *, goal: str = "") -> str:
    return f"{what:<28}{min(found):>10.2f}{statistics.median(found):>10.2f}{max(found):>10.2f}{goal:>10}"


def measured(data: Path) -> tuple[float, float, float]:
    """(seconds to the first answered page, seconds of processor until then, megabytes resident after twenty pages)."""
    env = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATA": str(data), "PORT": "8791", "DEMO": "1",
    }  # fmt: skip
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "app", "run"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        page("/", until=began + 120)
        seconds, computing = time.perf_counter() - began, processor(process.pid)
        for _ in range(20):
            page("/demo", until=began + 120)
        return (
            seconds,
            computing,
            resident(process.pid) + resident(json.loads((data / "valkey.json").read_text())["pid"]),
        )
    finally:
        process.terminate()
        process.wait(30)


def page(path: str, *, until: float) -> None:
    while True:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"http://127.0.0.1:8791{path}", timeout=30).read()
            return
        if time.perf_counter() > until:
            sys.exit("the program does not answer")
        time.sleep(0.01)


def processor(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
