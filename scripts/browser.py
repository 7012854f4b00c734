"""Have a Chromium for the browser tests: Debian's, by apt, where we are root and it is missing. Standard library only.

Its windowless build is asked for first, because it costs an eighth less processor; any other Chromium does as well."""

import glob
import os
import shutil
import subprocess
import sys

BEST = "chromium-headless-shell"
NAMES = (BEST, "chromium", "chromium-browser", "google-chrome")


def install(*packages):
    """Whether one of the packages is there now: the first that can be had."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    quiet["env"] = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    get = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "--no-remove"]
    return any(subprocess.call([*get, package], **quiet) == 0 for package in packages)


def main():
    if shutil.which(BEST):
        return
    missing = not any(shutil.which(name) for name in NAMES)
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium for the browser tests ...", file=sys.stderr, flush=True)
        wanted = (BEST, "chromium") if missing else (BEST,)
        lists = glob.glob("/var/lib/apt/lists/*_Packages*")
        if not (lists and install(*wanted)):
            subprocess.call(["apt-get", "update", "-qq"], stdout=subprocess.DEVNULL)
            install(*wanted)
    if not any(shutil.which(name) for name in NAMES):
        print("!!! There is no Chromium: THE BROWSER TESTS WILL NOT RUN.", file=sys.stderr)
        print("!!! Install it (Debian: sudo apt install chromium) and run the tests again.", file=sys.stderr)
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            sys.exit(1)


if __name__ == "__main__":
    main()
