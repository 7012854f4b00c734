"""Fan-out beside node's `ws`, in the same run on the same cores:  python bench/fanout/run.py

Server on core 0, readers on core 1 (where there are two). 1,000 readers, 200-byte messages; rounds alternate between
the servers and the median of `--times` (3) counts. Needs node and npm; `ws` is installed into a temporary folder.
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CORES = sorted(os.sched_getaffinity(0))


def pinned(core: int) -> list[str]:
    return ["taskset", "-c", str(CORES[core % len(CORES)])] if shutil.which("taskset") else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        assert process.poll() is None, "the server did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.025)
    raise SystemExit("the server did not open its port")


def measure(command: list[str], shape: str, *, deflate: bool, env: dict[str, str], cwd: Path) -> dict[str, list[float]]:
    port, extra = free_port(), ["--deflate"] if deflate else []
    server = subprocess.Popen([*pinned(0), *command, str(port), *extra], cwd=cwd, env=env)
    try:
        wait_for(port, server)
        load = [*pinned(1), sys.executable, str(HERE / "load.py"), str(port), shape, *extra]
        return dict(json.loads(subprocess.run(load, check=True, capture_output=True, timeout=300).stdout))
    finally:
        server.terminate()
        server.wait(10)


def main(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        node = Path(folder)
        shutil.copy(HERE / "server.mjs", node)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "ws@8"], cwd=node, check=True)
        version = json.loads((node / "node_modules/ws/package.json").read_text())["version"]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        servers = {
            f"node ws {version}": (["node", "server.mjs"], node),
            "fortnight": ([sys.executable, str(HERE / "server.py")], ROOT),
        }
        print("| shape | server | 1 per turn, /s | p99 ms | 8 per turn, /s | p99 ms | 50 rounds/s: p50 ms | p99 ms |")
        print("|---|---|---|---|---|---|---|---|")
        for shape, deflate in (("rooms", False), ("plenary", False), ("rooms", True), ("plenary", True)):
            results: dict[str, list[dict[str, list[float]]]] = {name: [] for name in servers}
            for _ in range(times):
                for name, (command, cwd) in servers.items():
                    results[name].append(measure(command, shape, deflate=deflate, env=env, cwd=cwd))
            for name, runs in results.items():
                row(("100 × 10" if shape == "rooms" else "1 × 1000") + (", deflated" if deflate else ""), name, runs)


def row(shape: str, name: str, runs: list[dict[str, list[float]]]) -> None:
    def middle(kind: str, at: int) -> float:
        return statistics.median(run[kind][at] for run in runs)

    one, eight = middle("one", 0), middle("eight", 0)
    print(
        f"| {shape} | {name} | {one:,.0f} | {middle('one', 2):.1f} | {eight:,.0f} | {middle('eight', 2):.1f}"
        f" | {middle('steady', 1):.1f} | {middle('steady', 2):.1f} |",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[sys.argv.index("--times") + 1]) if "--times" in sys.argv else 3)
