"""Have a Chromium for the browser tests: Debian's, by apt, where we are root and it is missing. Standard library only."""

import glob
import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def main():
    if any(shutil.which(name) for name in NAMES):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium for the browser tests ...", file=sys.stderr, flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        if not glob.glob("/var/lib/apt/lists/*_Packages*"):
            subprocess.call(["apt-get", "update", "-qq"], **quiet)
        if subprocess.call(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"], **quiet) != 0:
            subprocess.call(["apt-get", "update", "-qq"], **quiet)
            subprocess.call(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"], **quiet)
    if not any(shutil.which(name) for name in NAMES):
        print("!!! There is no Chromium: THE BROWSER TESTS WILL NOT RUN.", file=sys.stderr)
        print("!!! Install it (Debian: sudo apt install chromium) and run the tests again.", file=sys.stderr)
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            sys.exit(1)


if __name__ == "__main__":
    main()
