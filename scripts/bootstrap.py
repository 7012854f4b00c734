"""Make `.venv` from a hashed lock, with nothing but Python's standard library: `python3 scripts/bootstrap.py [dev]`.

Uses uv where it is installed, pip otherwise. Does nothing when `.venv` was made from the same lock.
This file must run, and explain itself, on any Python 3.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
NEEDED = (3, 11)


def main():
    lock = os.path.join(ROOT, "requirements-dev.lock" if "dev" in sys.argv[1:] else "requirements.lock")
    wanted = stamp_of(lock)
    if wanted in made_from():
        return
    check_python()
    began = time.time()
    say("Installing what Fortnight needs into .venv (once; a minute or two) ...")
    uv = shutil.which("uv")
    make_venv(uv)
    install(uv, lock)
    say("Installed in %d seconds." % (time.time() - began))
    with open(os.path.join(VENV, "stamp"), "w") as file:
        # the development lock holds everything that the other one does
        file.write(wanted + "\n" + (stamp_of(os.path.join(ROOT, "requirements.lock")) if "dev" in sys.argv[1:] else ""))


def stamp_of(lock):
    with open(lock, "rb") as file:
        return "%s %s %d.%d" % (os.path.basename(lock), hashlib.sha256(file.read()).hexdigest(), *sys.version_info[:2])


def made_from():
    try:
        with open(os.path.join(VENV, "stamp")) as file:
            return file.read().splitlines()
    except OSError:
        return []


def check_python():
    if sys.version_info < NEEDED:
        fail(
            "Fortnight needs Python 3.11 or newer; this is Python %d.%d (%s)."
            % (*sys.version_info[:2], sys.executable),
            "Install a newer one and name it: make run PYTHON=python3.12",
            "With uv it is one command: uv python install 3.12 && make run PYTHON=$(uv python find 3.12)",
        )


def make_venv(uv):
    if os.path.exists(python()) and not made_from():
        shutil.rmtree(VENV)  # begun once and never finished
    if os.path.exists(python()) and works(
        python(), "-c", "import sys; sys.exit(sys.version_info[:2] != %r)" % (sys.version_info[:2],)
    ):
        return
    if uv:
        run(uv, "venv", "--quiet", "--clear", "--no-python-downloads", "--python", sys.executable, VENV)
    elif not works(sys.executable, "-c", "import ensurepip, venv"):
        fail(
            "This Python cannot make virtual environments: its venv package is missing.",
            "On Debian or Ubuntu: sudo apt install python3-venv",
            "Then run the same command again.",
        )
    else:
        run(sys.executable, "-m", "venv", "--clear", VENV)


def install(uv, lock):
    if uv:
        run(uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python(), "--require-hashes", "-r", lock)
    else:
        calm = ["--disable-pip-version-check", "--no-input", "--no-color", "--progress-bar", "off"]
        follow(packages_in(lock), python(), "-m", "pip", "install", *calm, "--require-hashes", "-r", lock)


def packages_in(lock):
    with open(lock) as file:
        return sum("==" in line and not line.startswith("#") for line in file)


def follow(packages, *command):
    """Run pip, and say in a few lines how far it is; everything it said is shown only if it failed."""
    found, said, asked = 0, [], 0
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "universal_newlines": True}
    with subprocess.Popen(command, cwd=ROOT, **both) as pip:
        for line in pip.stdout:
            said.append(line)
            found += line.startswith("Collecting ")
            if found * 4 // packages > asked:
                asked = found * 4 // packages
                say("  %d of %d packages fetched" % (found, packages))
            if line.startswith("Installing collected"):
                say("  all fetched; putting them in their places ...")
    if pip.returncode != 0:
        sys.stderr.write("".join(said[-40:]))
        give_up()


def python():
    return os.path.join(VENV, "bin", "python")


def works(*command):
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def run(*command):
    if subprocess.call(command, cwd=ROOT) != 0:
        give_up()


def give_up():
    fail(
        "Installing did not work; the lines above say why.",
        "Usually the network was away or the package index could not be reached. Run the same command again.",
    )


def say(line):
    print(line, file=sys.stderr, flush=True)


def fail(*lines):
    for line in lines:
        say(line)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("Stopped. The same command goes on from here.")
